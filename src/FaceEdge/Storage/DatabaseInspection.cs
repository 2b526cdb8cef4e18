using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>Looks at a file before and after SQLite opens it: is it ours, and is it whole?</summary>
internal static class DatabaseInspection
{
    /// <summary>
    /// Up to this size every page is checked at start (about 0.1 s from a warm cache). Above it (some thousand kept pictures) the
    /// check covers what start-up needs anyway: schema, people, the index and every encoding, but not the pictures. Whoever reads every
    /// face right afterwards has checked index and encodings by that.
    /// </summary>
    public const long FullCheckBytes = 64 * 1024 * 1024;

    // Offsets and magic from "Database File Format", section 1.3: https://www.sqlite.org/fileformat2.html
    private const int HeaderLength = 100, ApplicationIdOffset = 68;

    /// <summary>Refuses another program's database without changing a byte of it or laying a file beside it.</summary>
    /// <exception cref="StorageException"><see cref="StorageProblem.Foreign"/>.</exception>
    public static void RefuseForeign(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
        {
            if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header.StartsWith("SQLite format 3\0"u8))
            {
                return; // no database at all: that is for SQLite to say, which also looks into the log
            }
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) == Schema.ApplicationId)
        {
            return;
        }

        throw new StorageException(StorageProblem.Foreign,
            $"{path} is a database of another program ({DescribeTables(path)}); it was left as it is. Move it away, or choose another "
            + "DataDirectory. If it comes from the original face recognition application, move it elsewhere and take its people over: faceedge import FILE.");
    }

    /// <summary>Refuses the first part of a file: its header says how long the whole is.</summary>
    /// <exception cref="StorageException"><see cref="StorageProblem.Corrupt"/>.</exception>
    public static void RefuseHalf(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (LengthOf(header) is var whole && file.Length < whole)
        {
            throw new StorageException(StorageProblem.Corrupt, $"{path} is half a copy: it has {file.Length} bytes of {whole}. Copy it again.");
        }
    }

    /// <summary>How long a database is that begins with this header; 0 when it does not say.</summary>
    public static long LengthOf(ReadOnlySpan<byte> header)
    {
        // The number of pages counts only when it was written by the last change.
        long page = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var stored && stored == 1 ? 65536 : stored;
        return header[24..28].SequenceEqual(header[92..96]) ? page * BinaryPrimitives.ReadUInt32BigEndian(header[28..]) : 0;
    }

    /// <summary>What is wrong with our file; null when nothing was found. Other failures (a disk that does not read) are thrown.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="path">The file.</param>
    /// <param name="schemaReadNext">The caller reads every face next when the file has this schema: a large file's need not be read for the check, too.</param>
    public static string? FindDamage(SqliteConnection connection, string path, int? schemaReadNext)
    {
        try
        {
            if (Sqlite.Number(connection, "PRAGMA application_id") != Schema.ApplicationId)
            {
                return "its header is not ours";
            }

            int schema = Schema.ReadVersion(connection);
            if (schema < 1)
            {
                return "it holds no schema version";
            }

            if (new FileInfo(path).Length <= FullCheckBytes)
            {
                string verdict = Sqlite.Texts(connection, "PRAGMA quick_check(1)").FirstOrDefault("no answer");
                return verdict == "ok" ? null : verdict;
            }

            Sqlite.Number(connection, "SELECT count(created_at) FROM person");
            if (schema != schemaReadNext)
            {
                ReadEncodings(connection, "SELECT id, person_id, encoding FROM face INDEXED BY face_person ORDER BY person_id, id");
            }

            if (schema > 1)
            {
                ReadEncodings(connection, "SELECT face_id, encoder, encoding FROM face_encoding ORDER BY face_id, encoder");
            }

            return null;
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            return e.Message;
        }
    }

    /// <summary>Whether it is the file that fails. SQLITE_ERROR: a table of ours is missing.</summary>
    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR;

    /// <summary>The highest person id in a damaged file, as far as it can be read; 0 when it can not.</summary>
    public static long SalvageHighestPersonId(string path)
    {
        long highest = 0;
        // One by one: each may fail where another does not.
        foreach (string sql in (ReadOnlySpan<string>)
            [
                "SELECT seq FROM sqlite_sequence WHERE name = 'person'",
                "SELECT max(id) FROM person",
                "SELECT max(person_id) FROM face",
            ])
        {
            try
            {
                using var connection = Sqlite.Connect(path, SqliteOpenMode.ReadOnly);
                Sqlite.CheckpointOnClose(connection, on: false);
                highest = Math.Max(highest, Sqlite.Number(connection, sql));
            }
            catch (Exception e) when (e is SqliteException or InvalidCastException)
            {
                // Damaged there: the next statement, or the mark, knows.
            }
        }

        return highest;
    }

    private static void ReadEncodings(SqliteConnection connection, string encodings)
    {
        using var command = Sqlite.Prepare(connection, encodings);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            _ = raw.sqlite3_column_blob(reader.Handle!, 2);
        }
    }

    private static string DescribeTables(string path)
    {
        try
        {
            // immutable: SQLite takes no lock and lays no -shm beside the file.
            using var connection = Sqlite.Connect(new Uri(path).AbsoluteUri + "?immutable=1", SqliteOpenMode.ReadOnly);
            var tables = Sqlite.Texts(connection,
                "SELECT m.name || '(' || (SELECT group_concat(name, ', ') FROM pragma_table_info(m.name)) || ')' "
                + "FROM sqlite_master m WHERE type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name LIMIT 20");
            return tables.Count == 0 ? "without tables" : "tables: " + string.Join(", ", tables);
        }
        catch (SqliteException e)
        {
            return "its tables can not be read: " + e.Message;
        }
    }
}
