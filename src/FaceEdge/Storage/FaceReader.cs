using FaceEdge.Storage.Salvage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>Reads who is stored, on one connection. One thread at a time.</summary>
public sealed class FaceReader
{
    /// <summary>One row, or none as long as there is no face.</summary>
    internal const string EncoderInForce =
        """
        SELECT coalesce(
            (SELECT value FROM meta WHERE key = 'encoder'),
            (SELECT encoder FROM face GROUP BY encoder ORDER BY count(*) DESC LIMIT 1))
        WHERE EXISTS (SELECT 1 FROM face)
        """;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly ILogger _logger;

    internal FaceReader(SqliteConnection connection, string path, ILogger logger) => (_connection, _path, _logger) = (connection, path, logger);

    /// <summary>
    /// The encoder in force: that of the last change of the model, else the one that most faces were stored with. Null as long as there is
    /// no face, so that the settings may choose.
    /// </summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public string? Encoder => Sqlite.Run(_path, () => Sqlite.Texts(_connection, EncoderInForce).FirstOrDefault());

    /// <summary>People stored, with faces or without.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public long People => Sqlite.Run(_path, () => Sqlite.Number(_connection, "SELECT count(*) FROM person"));

    /// <summary>Faces stored, of whatever encoder.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public long Faces => Sqlite.Run(_path, () => Sqlite.Number(_connection, "SELECT count(*) FROM face"));

    /// <summary>Faces that the last reading left out because they are damaged, with whose they are.</summary>
    internal List<(long Face, long Person)> Damaged { get; } = [];

    /// <summary>
    /// Every face that has an encoding of an encoder, its own or one made later, ordered by person, then face; streamed, without the
    /// pictures. A face whose checksum is wrong, whose encoding has another length or a value that is not finite, or that lacks a number (a damage
    /// that SQLite does not see) is left out and logged.
    /// </summary>
    /// <param name="encoder">The encoder, for example <c>fr512</c>.</param>
    /// <param name="dimensions">Length of its encodings, at least 1.</param>
    /// <param name="reuse">Every face comes with the same array, which the next one overwrites: 100,000 fresh ones are 200 MB of garbage at a start.</param>
    /// <exception cref="StorageException">While enumerating: the file can not be read.</exception>
    public IEnumerable<StoredFace> Read(string encoder, int dimensions, bool reuse = false)
    {
        Damaged.Clear();
        var encoding = new float[dimensions];
        using var command = Sqlite.Prepare(_connection,
            """
            SELECT id, person_id, quality,
                CASE WHEN encoder = $encoder THEN encoding ELSE (SELECT e.encoding FROM face_encoding e WHERE e.face_id = face.id AND e.encoder = $encoder) END,
                evidence,
                CASE WHEN encoder = $encoder THEN checksum ELSE (SELECT e.checksum FROM face_encoding e WHERE e.face_id = face.id AND e.encoder = $encoder) END,
                encoder = $encoder
            FROM face INDEXED BY face_person ORDER BY person_id, id
            """);
        command.Parameters.AddWithValue("$encoder", encoder);
        using var reader = Sqlite.Run(_path, command.ExecuteReader);
        Func<bool> next = reader.Read;
        while (Sqlite.Run(_path, next))
        {
            if (reader.IsDBNull(3))
            {
                continue; // none of this encoder
            }

            if (IsWhole(reader, encoder, encoding))
            {
                float evidence = reader.GetInt64(6) != 0 ? (float)reader.GetDouble(4) : 0;
                yield return new StoredFace(reader.GetInt64(0), reader.GetInt64(1), (float)reader.GetDouble(2), encoding, evidence);
                encoding = reuse ? encoding : new float[dimensions];
            }
            else
            {
                Damaged.Add((reader.GetInt64(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1)));
            }
        }

        if (Damaged.Count > 0)
        {
            (long face, long person) = Damaged[0];
            _logger.LogWarning(
                "Face {Face} of person {Person} is left out: what is stored of it is damaged. {Count} faces in all are left out for that reason, of the people {People}. See faceedge verify.",
                face, person, Damaged.Count, SalvageReport.Names([.. Damaged.Select(static damaged => damaged.Person).Distinct()]));
        }
    }

    /// <summary>Copies the encoding of a row; false when the row is damaged.</summary>
    private static bool IsWhole(SqliteDataReader reader, string encoder, float[] encoding)
    {
        if (reader.IsDBNull(1) || reader.IsDBNull(2) || reader.IsDBNull(4) || reader.IsDBNull(5))
        {
            return false;
        }

        // Straight from SQLite's page: GetFieldValue<byte[]> would copy every encoding once more.
        ReadOnlySpan<byte> blob = raw.sqlite3_column_blob(reader.Handle!, 3);
        long checksum = reader.GetInt64(6) != 0
            ? EncodingChecksum.OfFace(reader.GetInt64(1), encoder, reader.GetDouble(2), reader.GetDouble(4), blob)
            : EncodingChecksum.OfSecond(reader.GetInt64(0), encoder, blob);
        return checksum == reader.GetInt64(5) && EncodingBlob.TryRead(blob, encoding);
    }
}
