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

    /// <summary>
    /// Every face that has an encoding of an encoder, its own or one made later, ordered by person, then face; streamed, without the
    /// pictures. A face whose encoding has another length or a value that is not finite, or that lacks a number (a damage that SQLite does not
    /// see), is left out and logged.
    /// </summary>
    /// <param name="encoder">The encoder, for example <c>fr512</c>.</param>
    /// <param name="dimensions">Length of its encodings, at least 1.</param>
    /// <param name="reuse">Every face comes with the same array, which the next one overwrites: 100,000 fresh ones are 200 MB of garbage at a start.</param>
    /// <exception cref="StorageException">While enumerating: the file can not be read.</exception>
    public IEnumerable<StoredFace> Read(string encoder, int dimensions, bool reuse = false)
    {
        var encoding = new float[dimensions];
        using var command = Sqlite.Prepare(_connection,
            """
            SELECT id, person_id, quality, CASE WHEN encoder = $encoder THEN encoding
                ELSE (SELECT e.encoding FROM face_encoding e WHERE e.face_id = face.id AND e.encoder = $encoder) END,
                CASE WHEN encoder = $encoder THEN evidence ELSE 0 END
            FROM face INDEXED BY face_person ORDER BY person_id, id
            """);
        command.Parameters.AddWithValue("$encoder", encoder);
        using var reader = Sqlite.Run(_path, command.ExecuteReader);
        Func<bool> next = reader.Read;
        long unusable = 0;
        while (Sqlite.Run(_path, next))
        {
            if (reader.IsDBNull(3))
            {
                continue; // none of this encoder
            }

            // Straight from SQLite's page: GetFieldValue<byte[]> would copy every encoding once more.
            bool whole = !reader.IsDBNull(1) && !reader.IsDBNull(2) && !reader.IsDBNull(4);
            if (whole && EncodingBlob.TryRead(raw.sqlite3_column_blob(reader.Handle!, 3), encoding))
            {
                yield return new StoredFace(reader.GetInt64(0), reader.GetInt64(1), (float)reader.GetDouble(2), encoding, (float)reader.GetDouble(4));
                encoding = reuse ? encoding : new float[dimensions];
            }
            else if (++unusable == 1)
            {
                _logger.LogWarning("Face {Face} of person {Person} is left out: its encoding is not {Dimensions} finite numbers, or its quality or evidence is missing.",
                    reader.GetInt64(0), reader.GetValue(1), dimensions);
            }
        }

        if (unusable > 1)
        {
            _logger.LogWarning("{Count} faces in all are left out for that reason.", unusable);
        }
    }
}
