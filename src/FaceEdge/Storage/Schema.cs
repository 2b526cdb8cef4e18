using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// The tables, as an ordered list of steps: step n brings version n to n + 1. A step that was released is never changed.
/// </summary>
internal static class Schema
{
    /// <summary>"FaEd" in the file's header tells our files from others' (<c>PRAGMA application_id</c>).</summary>
    public const int ApplicationId = 0x46614564;

    /// <summary>
    /// 8 KiB pages hold three encodings of 512; the default of 4 KiB holds one and wastes the rest.
    /// </summary>
    public const int PageSize = 8192;

    /// <summary>
    /// Step 1. Pictures have a table of their own: reading the encodings of 20,000 faces with 25 KB pictures from a cold disk
    /// took 0.6 s so, and 3.1 s with the picture as the last column of <c>face</c> (8 KiB pages; 5.4 s with 4 KiB): start-up reads
    /// every encoding and no picture. AUTOINCREMENT: an id is never given twice, also after deletion.
    /// Version 2. A face may have encodings of further encoders than the one it was stored with: a change of the model prepares them beside
    /// the old ones and then names the new encoder in <c>meta</c>, which is one small write whatever the size of the gallery
    /// (docs/decisions/0018). A face keeps its evidence, which moves the threshold (docs/decisions/0012).
    /// </summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        PRAGMA application_id = 0x46614564;
        CREATE TABLE meta(
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE person(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT,
            external_ref TEXT UNIQUE,
            created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
        ) STRICT;
        CREATE TABLE face(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
            encoder TEXT NOT NULL,
            quality REAL NOT NULL,
            created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
            encoding BLOB NOT NULL -- little-endian float32
        ) STRICT;
        CREATE INDEX face_person ON face(person_id);
        CREATE TABLE face_image(
            face_id INTEGER PRIMARY KEY REFERENCES face(id) ON DELETE CASCADE,
            image BLOB NOT NULL
        ) STRICT;
        -- What users of the original application knew.
        CREATE VIEW Image AS
            SELECT face.person_id AS Person, face_image.image AS Person_Img, face.encoding AS Face_Encoding
            FROM face LEFT JOIN face_image ON face_image.face_id = face.id;
        """,
        """
        CREATE TABLE face_encoding(
            face_id INTEGER NOT NULL REFERENCES face(id) ON DELETE CASCADE,
            encoder TEXT NOT NULL, -- another than the face's own
            encoding BLOB, -- little-endian float32; NULL: this encoder finds no face on the picture
            PRIMARY KEY(face_id, encoder)
        ) STRICT;
        ALTER TABLE face ADD COLUMN evidence REAL NOT NULL DEFAULT 0; -- how much of a face its own encoder saw; 0: not known
        -- meta.encoder names the encoder in force.
        DROP VIEW Image;
        CREATE VIEW Image AS
            SELECT face.person_id AS Person, face_image.image AS Person_Img, coalesce(
                (SELECT e.encoding FROM face_encoding e
                    WHERE e.face_id = face.id AND e.encoder = (SELECT value FROM meta WHERE key = 'encoder')),
                face.encoding) AS Face_Encoding
            FROM face LEFT JOIN face_image ON face_image.face_id = face.id;
        """,

        // What an import remembers, so that it can be repeated and resumed: which rows it took (a hash; nothing of a face), whose, and
        // whether their picture was encoded; and which ids it kept free for people of the source, so that nobody else gets them.
        """
        CREATE TABLE import_row(
            hash BLOB PRIMARY KEY,
            person_id INTEGER NOT NULL,
            pictured INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX import_person ON import_row(person_id);
        CREATE TABLE import_range(
            low INTEGER NOT NULL,
            high INTEGER NOT NULL
        ) STRICT;
        """,

        // Rows that are there get theirs by EncodingChecksum.Fill, in the same transaction.
        """
        ALTER TABLE face ADD COLUMN checksum INTEGER; -- see EncodingChecksum; NULL is no checksum, and so damage
        ALTER TABLE face_encoding ADD COLUMN checksum INTEGER;
        """,

        OriginalView.Create,
    ];

    /// <summary>The first version whose encodings have checksums.</summary>
    public const int WithChecksums = 4;

    /// <summary>The version in the file.</summary>
    /// <exception cref="SqliteException">There is no such table: the file is not whole.</exception>
    public static int ReadVersion(SqliteConnection connection) =>
        (int)Sqlite.Number(connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema_version'");

    /// <summary>Brings the file from a version to the newest in one transaction: all of it or nothing.</summary>
    public static void Migrate(SqliteConnection connection, int fromVersion, IReadOnlyList<string> steps)
    {
        Sqlite.Run(connection, "PRAGMA foreign_keys=OFF"); // a step may rebuild a table; the check below stands in
        Sqlite.Run(connection, "BEGIN IMMEDIATE");
        try
        {
            for (int version = fromVersion; version < steps.Count; version++)
            {
                Sqlite.Run(connection, steps[version]);
            }

            if (fromVersion is > 0 and < WithChecksums && steps.Count >= WithChecksums)
            {
                EncodingChecksum.Fill(connection);
            }

            Sqlite.Run(connection, $"INSERT OR REPLACE INTO meta(key, value) VALUES('schema_version', '{steps.Count}')");
            if (FileMark(connection) == 0)
            {
                DrawFileMark(connection);
            }

            if (Sqlite.Texts(connection, "PRAGMA foreign_key_check").Count > 0)
            {
                throw new InvalidOperationException("A migration left a row that refers to nothing.");
            }

            Sqlite.Run(connection, "COMMIT");
        }
        catch
        {
            if (Sqlite.InTransaction(connection))
            {
                Sqlite.Run(connection, "ROLLBACK");
            }

            throw;
        }
    }

    /// <summary>
    /// A number drawn by lot that stands in the file's header (<c>PRAGMA user_version</c>) and tells it from other databases of ours, also when one is
    /// copied over another in place. A backup gets a new one.
    /// </summary>
    public static long FileMark(SqliteConnection connection) => Sqlite.Number(connection, "PRAGMA user_version");

    /// <summary>Draws the number. It is no secret, it only has to differ; and RandomNumberGenerator would need OpenSSL (decision 6).</summary>
    public static void DrawFileMark(SqliteConnection connection) =>
        Sqlite.Run(connection, $"PRAGMA user_version={Random.Shared.Next(1, int.MaxValue)}");

    /// <summary>
    /// What stands in the schema of a database, each object in a line with what makes it ours: tables with their columns, indexes with theirs,
    /// views by name. The same lines come of the same version, whoever made the file.
    /// </summary>
    public static List<string> Describe(SqliteConnection connection) => Sqlite.Texts(connection,
        """
        SELECT type || ' ' || name || CASE type
            WHEN 'table' THEN '(' || (SELECT coalesce(group_concat(c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '') || iif(c.pk, ' KEY', ''), ', '), '') FROM pragma_table_info(m.name) c) || ')'
            WHEN 'index' THEN '(' || m.tbl_name || ': ' || (SELECT coalesce(group_concat(c.name, ', '), '') FROM pragma_index_info(m.name) c) || ')'
            ELSE '' END
        FROM sqlite_master m ORDER BY 1
        """);

    /// <summary>What <see cref="Describe"/> says of a new database of a version.</summary>
    public static List<string> Expected(IReadOnlyList<string> steps, int version)
    {
        using SqliteConnection empty = Sqlite.Connect(":memory:", SqliteOpenMode.Memory);
        Migrate(empty, 0, [.. steps.Take(version)]);
        return Describe(empty);
    }

    /// <summary>The highest person id the file ever gave, also to somebody since forgotten; 0 for none.</summary>
    public static long HighestPersonId(SqliteConnection connection) => Math.Max(
        Sqlite.Number(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'person'"),
        Sqlite.Number(connection, "SELECT max(id) FROM person"));

    /// <summary>Lets the next person's id be above <paramref name="highestGiven"/>.</summary>
    public static void ContinueAbove(SqliteConnection connection, long highestGiven)
    {
        Sqlite.Run(connection, "BEGIN IMMEDIATE");
        Sqlite.Run(connection, "DELETE FROM sqlite_sequence WHERE name = 'person'");
        Sqlite.Run(connection, $"INSERT INTO sqlite_sequence(name, seq) VALUES('person', {highestGiven})");
        Sqlite.Run(connection, "COMMIT");
    }
}
