using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>A stored face, whole.</summary>
/// <param name="FaceId">Id of the face.</param>
/// <param name="PersonId">Id of the person.</param>
/// <param name="Encoder">The encoder that it was stored with.</param>
/// <param name="Encoding">Its encoding.</param>
/// <param name="Dlib">Its encoding by <c>dlib128</c>; null when there is none.</param>
/// <param name="Image">Its picture as a file; null when none is kept.</param>
/// <param name="Name">What the person is called; null when that is not known.</param>
public sealed record ExportedFace(long FaceId, long PersonId, string Encoder, float[] Encoding, float[]? Dlib, byte[]? Image, string? Name = null);

/// <summary>Everybody in a gallery as they are at one moment, also beside a running daemon, whose writes do not wait.</summary>
public sealed class ExportSource : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _path;

    private ExportSource(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>Opens the gallery of a folder.</summary>
    /// <exception cref="StorageException">There is none, or it can not be read.</exception>
    public static ExportSource Open(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        if (!files.HasDatabase)
        {
            throw new StorageException(StorageProblem.Other, $"There is no {files.Database} to export.");
        }

        SqliteConnection? connection = null;
        try
        {
            DatabaseInspection.RefuseForeign(files.Seen);
            connection = Sqlite.Connect(files.Seen, SqliteOpenMode.ReadOnly);
            Sqlite.CheckpointOnClose(connection, on: false);
            Sqlite.Run(connection, "BEGIN");
            return new ExportSource(connection, files.Database);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw StorageException.From(e, files.Database);
        }
    }

    /// <summary>Faces in all.</summary>
    /// <exception cref="StorageException">It can not be read.</exception>
    public long Count() => Sqlite.Run(_path, () => Sqlite.Number(_connection, "SELECT count(*) FROM face"));

    /// <summary>The highest id ever given; 0 for none.</summary>
    /// <exception cref="StorageException">It can not be read.</exception>
    public long HighestId() => Sqlite.Run(_path, () => Schema.HighestPersonId(_connection));

    /// <summary>Every face, by person.</summary>
    /// <exception cref="StorageException">While enumerating: it can not be read.</exception>
    public IEnumerable<ExportedFace> Read()
    {
        // The first schema knew no second encodings.
        bool more = Sqlite.Run(_path, () => Schema.ReadVersion(_connection)) > 1;
        using SqliteCommand command = Sqlite.Prepare(_connection,
            "SELECT id, person_id, encoder, encoding, image, "
            + (more ? "(SELECT e.encoding FROM face_encoding e WHERE e.face_id = face.id AND e.encoder = 'dlib128')" : "NULL")
            + ", (SELECT name FROM person WHERE person.id = person_id) FROM face LEFT JOIN face_image ON face_id = id ORDER BY person_id, id");
        using SqliteDataReader reader = Sqlite.Run(_path, command.ExecuteReader);
        Func<bool> next = reader.Read;
        while (Sqlite.Run(_path, next))
        {
            string encoder = reader.GetString(2);
            float[] encoding = Floats(reader, 3) ?? [];
            yield return new ExportedFace(
                reader.GetInt64(0), reader.GetInt64(1), encoder, encoding, encoder == "dlib128" ? encoding : Floats(reader, 5),
                reader.IsDBNull(4) ? null : (byte[])reader[4], reader.IsDBNull(6) ? null : reader.GetString(6));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static float[]? Floats(SqliteDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : (byte[])reader[column] is var blob ? EncodingBlob.TryRead(blob, blob.Length / sizeof(float)) : null;
}
