using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>
/// A checksum (CRC-32C, which processors have an instruction for) over an encoding and what gives it its meaning: whose it is, who made it
/// and what it weighs. SQLite checks how a file hangs together, not what stands in it: one changed byte would make a person unknown, or
/// somebody else, without a word. Whoever gives a face to another person must write it anew.
/// </summary>
internal static class EncodingChecksum
{
    /// <summary>Rows of an older schema that get their checksums by one statement.</summary>
    private const int Batch = 1000;

    /// <summary>The checksum of a row of <c>face</c>.</summary>
    public static long OfFace(long person, string encoder, double quality, double evidence, ReadOnlySpan<byte> encoding)
    {
        Span<byte> numbers = stackalloc byte[3 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, person);
        BinaryPrimitives.WriteDoubleLittleEndian(numbers[8..], quality);
        BinaryPrimitives.WriteDoubleLittleEndian(numbers[16..], evidence);
        return Of(numbers, encoder, encoding);
    }

    /// <summary>The checksum of a row of <c>face_encoding</c>; an encoding that could not be made is empty.</summary>
    public static long OfSecond(long face, string encoder, ReadOnlySpan<byte> encoding)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, face);
        return Of(number, encoder, encoding);
    }

    /// <summary>Gives the rows of an older schema their checksums.</summary>
    public static void Fill(SqliteConnection connection)
    {
        Fill(connection, "SELECT id, person_id, encoder, encoding, quality, evidence FROM face WHERE checksum IS NULL AND id > $after ORDER BY id LIMIT $count",
            "UPDATE face SET checksum = $checksum WHERE id = $row",
            static reader => OfFace(reader.GetInt64(1), reader.GetString(2), reader.GetDouble(4), reader.GetDouble(5), Blob(reader)));
        Fill(connection, "SELECT rowid, face_id, encoder, encoding FROM face_encoding WHERE checksum IS NULL AND rowid > $after ORDER BY rowid LIMIT $count",
            "UPDATE face_encoding SET checksum = $checksum WHERE rowid = $row",
            static reader => OfSecond(reader.GetInt64(1), reader.GetString(2), Blob(reader)));
    }

    private static void Fill(SqliteConnection connection, string select, string update, Func<SqliteDataReader, long> compute)
    {
        using SqliteCommand read = Sqlite.Prepare(connection, select);
        SqliteParameter after = read.Parameters.AddWithValue("$after", long.MinValue);
        read.Parameters.AddWithValue("$count", Batch);
        using SqliteCommand write = Sqlite.Prepare(connection, update);
        SqliteParameter row = write.Parameters.AddWithValue("$row", 0L);
        SqliteParameter checksum = write.Parameters.AddWithValue("$checksum", 0L);
        var found = new List<(long Row, long Checksum)>(Batch);
        do
        {
            found.Clear();
            using (SqliteDataReader reader = read.ExecuteReader())
            {
                while (reader.Read())
                {
                    found.Add((reader.GetInt64(0), compute(reader)));
                }
            }

            foreach ((long at, long value) in found)
            {
                (row.Value, checksum.Value) = (at, value);
                write.ExecuteNonQuery();
                after.Value = at;
            }
        }
        while (found.Count == Batch);
    }

    private static ReadOnlySpan<byte> Blob(SqliteDataReader reader) => raw.sqlite3_column_blob(reader.Handle!, 3);

    private static long Of(ReadOnlySpan<byte> numbers, string encoder, ReadOnlySpan<byte> encoding)
    {
        Span<byte> name = stackalloc byte[256];
        int length = Encoding.UTF8.TryGetBytes(encoder, name, out int written) ? written : 0;
        return Add(Add(Add(uint.MaxValue, numbers), name[..length]), encoding) ^ uint.MaxValue;
    }

    private static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        foreach (byte one in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return sum;
    }
}
