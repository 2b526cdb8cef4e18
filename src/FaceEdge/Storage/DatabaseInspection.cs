using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>Looks at a file before SQLite opens it: is it ours, and is it all there?</summary>
internal static class DatabaseInspection
{
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

        if (DescribeTables(path) is { } others)
        {
            throw new StorageException(StorageProblem.Foreign,
                $"{path} is a database of another program ({others}); it was left as it is. Move it away, or choose another "
                + "DataDirectory. If it comes from the original face recognition application, move it elsewhere and take its people over: faceedge import FILE.");
        }
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

    /// <summary>Another program's tables; null when they are ours, and only the header is damaged.</summary>
    private static string? DescribeTables(string path)
    {
        try
        {
            // immutable: SQLite takes no lock and lays no -shm beside the file.
            using SqliteConnection connection = Sqlite.Connect(Sqlite.UriOf(path) + "?immutable=1", SqliteOpenMode.ReadOnly);
            if (Sqlite.Number(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'person', 'face', 'face_image')") == 4)
            {
                return null;
            }

            List<string> tables = Sqlite.Texts(connection,
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
