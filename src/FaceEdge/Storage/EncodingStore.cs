using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>A stored face with its picture, to be encoded by another encoder.</summary>
/// <param name="FaceId">Id of the face.</param>
/// <param name="Image">The picture kept of it, as a file.</param>
public sealed record FacePicture(long FaceId, byte[] Image);

/// <summary>How far the encodings of an encoder are.</summary>
/// <param name="People">People stored.</param>
/// <param name="Faces">Faces stored.</param>
/// <param name="Ready">Faces that have an encoding of it.</param>
/// <param name="ToDo">Faces that have none yet, but a picture to make one of.</param>
/// <param name="Unreadable">Faces on whose picture it found no face.</param>
/// <param name="WithoutPicture">Faces that have neither.</param>
public sealed record EncodingProgress(long People, long Faces, long Ready, long ToDo, long Unreadable, long WithoutPicture);

/// <summary>
/// The encodings of further encoders in <c>Image.db</c>, beside the daemon or without it: a connection of its own that holds a transaction for
/// milliseconds only, so that neither waits for the other. What was written stays when the process is killed.
/// </summary>
public sealed class EncodingStore : IDisposable
{
    /// <summary>Key in <c>meta</c>: the encoder that is ready and that the daemon is asked to change to.</summary>
    internal const string WantedKey = "encoder_wanted";

    /// <summary>Pictures read at once: originals may have 20 MB each.</summary>
    private const long MaxPictureBytes = 16 * 1024 * 1024;

    private const string RefusedKey = "encoder_refused";

    /// <summary>Faces that lack an encoding of $encoder, not even found impossible.</summary>
    private const string Missing =
        "encoder <> $encoder AND NOT EXISTS (SELECT 1 FROM face_encoding e WHERE e.face_id = face.id AND e.encoder = $encoder)";

    private const string HasPicture = "EXISTS (SELECT 1 FROM face_image i WHERE i.face_id = face.id)";

    private readonly SqliteConnection _connection;
    private readonly string _path;

    private EncodingStore(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>The encoder in force; null as long as there is no face.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public string? InForce => Sqlite.Run(_path, () => Sqlite.Texts(_connection, FaceReader.EncoderInForce).FirstOrDefault());

    /// <summary>Why the daemon did not take the encoder that it was asked for; null when it did, or has not answered yet.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public string? Refusal => Sqlite.Run(_path, () => Meta(RefusedKey));

    /// <summary>Opens the database of a folder, which must be there and of this version's schema.</summary>
    /// <exception cref="StorageException">It is not.</exception>
    public static EncodingStore Open(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        string path = files.Database;
        if (File.Exists(files.Ready))
        {
            throw new StorageException(StorageProblem.Other, $"A replacement of {path} was cut off. Start the daemon once, which finishes it.");
        }

        SqliteConnection? connection = null;
        try
        {
            connection = Sqlite.Connect(path, SqliteOpenMode.ReadWrite);
            Sqlite.ConfigureWriter(connection);
            return new EncodingStore(connection, path);
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw StorageException.From(e, path);
        }
    }

    /// <summary>How far the encodings of an encoder are.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public EncodingProgress Progress(string encoder) => Sqlite.Run(_path, () =>
    {
        long people = Number("SELECT count(*) FROM person", encoder);
        long faces = Number("SELECT count(*) FROM face", encoder);
        long toDo = Number($"SELECT count(*) FROM face WHERE {Missing} AND {HasPicture}", encoder);
        long without = Number($"SELECT count(*) FROM face WHERE {Missing} AND NOT {HasPicture}", encoder);
        long unreadable = Number("SELECT count(*) FROM face_encoding WHERE encoder = $encoder AND encoding IS NULL", encoder);
        return new EncodingProgress(people, faces, faces - toDo - without - unreadable, toDo, unreadable, without);
    });

    /// <summary>
    /// People who would match nothing under an encoder, in the order of their ids: none of their faces has an encoding of it, nor a
    /// picture that one could still be made of.
    /// </summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public List<long> LeftBehind(string encoder) => Sqlite.Run(_path, () =>
    {
        using var command = Prepare(
            $"""
            SELECT id FROM person WHERE EXISTS (SELECT 1 FROM face WHERE person_id = person.id) AND NOT EXISTS (
                SELECT 1 FROM face WHERE person_id = person.id AND (encoder = $encoder OR ({Missing} AND {HasPicture})
                    OR EXISTS (SELECT 1 FROM face_encoding e WHERE e.face_id = face.id AND e.encoder = $encoder AND e.encoding IS NOT NULL)))
            ORDER BY id
            """, encoder);
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read())
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    });

    /// <summary>The next faces to encode, in the order of their ids; empty when none is left.</summary>
    /// <param name="encoder">Which encodings they lack.</param>
    /// <param name="count">How many at most; fewer when their pictures are large.</param>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public List<FacePicture> Next(string encoder, int count) => Sqlite.Run(_path, () =>
    {
        using var command = Prepare(
            $"SELECT id, image FROM face JOIN face_image ON face_id = id WHERE {Missing} ORDER BY id LIMIT $count", encoder);
        command.Parameters.AddWithValue("$count", count);
        using var reader = command.ExecuteReader();
        var pictures = new List<FacePicture>();
        long bytes = 0;
        while (bytes < MaxPictureBytes && reader.Read())
        {
            var picture = new FacePicture(reader.GetInt64(0), (byte[])reader[1]);
            bytes += picture.Image.Length;
            pictures.Add(picture);
        }

        return pictures;
    });

    /// <summary>Keeps encodings; durable when it returns. Those of faces deleted meanwhile are dropped.</summary>
    /// <param name="encoder">Who made them.</param>
    /// <param name="encodings">Face and encoding; null when no face was found on its picture.</param>
    /// <exception cref="StorageException">None of them was kept.</exception>
    public void Add(string encoder, IEnumerable<(long FaceId, float[]? Encoding)> encodings) => InTransaction(() =>
    {
        using var command = Prepare(
            """
            INSERT OR REPLACE INTO face_encoding(face_id, encoder, encoding, checksum)
            SELECT $face, $encoder, $encoding, $checksum WHERE EXISTS (SELECT 1 FROM face WHERE id = $face AND encoder <> $encoder)
            """, encoder);
        SqliteParameter face = command.Parameters.AddWithValue("$face", 0L);
        SqliteParameter value = command.Parameters.AddWithValue("$encoding", DBNull.Value);
        SqliteParameter checksum = command.Parameters.AddWithValue("$checksum", 0L);
        foreach ((long faceId, float[]? encoding) in encodings)
        {
            face.Value = faceId;
            byte[]? bytes = encoding is null ? null : EncodingBlob.ToBytes(encoding);
            value.Value = bytes is null ? DBNull.Value : bytes;
            checksum.Value = EncodingChecksum.OfSecond(faceId, encoder, bytes);
            command.ExecuteNonQuery();
        }
    });

    /// <summary>Lets pictures without a face be tried again: the models may have become better at it.</summary>
    /// <exception cref="StorageException">Nothing was changed.</exception>
    public void RetryUnreadable(string encoder) =>
        InTransaction(() => Run("DELETE FROM face_encoding WHERE encoder = $encoder AND encoding IS NULL", encoder));

    /// <summary>Asks the daemon to change to an encoder.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void Want(string encoder) => InTransaction(() =>
    {
        Sqlite.Run(_connection, $"DELETE FROM meta WHERE key = '{RefusedKey}'");
        Run($"INSERT OR REPLACE INTO meta(key, value) VALUES('{WantedKey}', $encoder)", encoder);
    });

    /// <summary>Whether the daemon has still to answer what it was asked.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public bool IsWaiting => Sqlite.Run(_path, () => Meta(WantedKey)) is not null;

    /// <summary>Puts an encoder in force without a daemon, whose lock the caller holds.</summary>
    /// <exception cref="StorageException">Nothing was changed.</exception>
    public void PutInForce(string encoder) => InTransaction(() => PutInForce(_connection, encoder));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>Names the encoder in force and forgets what was wanted; inside a transaction.</summary>
    internal static bool PutInForce(SqliteConnection connection, string encoder)
    {
        Sqlite.Run(connection, $"DELETE FROM meta WHERE key IN ('{WantedKey}', '{RefusedKey}')");
        return Sqlite.Number(connection, "INSERT OR REPLACE INTO meta(key, value) VALUES('encoder', $encoder) RETURNING 1", ("$encoder", encoder)) == 1;
    }

    /// <summary>Says why the wanted encoder is not taken; inside a transaction.</summary>
    internal static bool Refuse(SqliteConnection connection, string reason)
    {
        Sqlite.Run(connection, $"DELETE FROM meta WHERE key = '{WantedKey}'");
        return Sqlite.Number(connection, $"INSERT OR REPLACE INTO meta(key, value) VALUES('{RefusedKey}', $reason) RETURNING 1", ("$reason", reason)) == 1;
    }

    private string? Meta(string key) => Sqlite.Texts(_connection, $"SELECT value FROM meta WHERE key = '{key}'").FirstOrDefault();

    private long Number(string sql, string encoder) => Sqlite.Number(_connection, sql, ("$encoder", encoder));

    private void Run(string sql, string encoder)
    {
        using var command = Prepare(sql, encoder);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, string encoder)
    {
        var command = Sqlite.Prepare(_connection, sql);
        command.Parameters.AddWithValue("$encoder", encoder);
        return command;
    }

    private void InTransaction(Action work) => Sqlite.Run(_path, () =>
    {
        Sqlite.Run(_connection, "BEGIN IMMEDIATE");
        try
        {
            work();
            Sqlite.Run(_connection, "COMMIT");
            return true;
        }
        catch
        {
            if (Sqlite.InTransaction(_connection))
            {
                Sqlite.Run(_connection, "ROLLBACK");
            }

            throw;
        }
    });
}
