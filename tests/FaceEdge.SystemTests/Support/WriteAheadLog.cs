using System.Buffers.Binary;

namespace FaceEdge.SystemTests.Support;

/// <summary>Where the transactions in an <c>Image.db-wal</c> end ("Database File Format", section 4: https://www.sqlite.org/fileformat2.html#walformat).</summary>
internal static class WriteAheadLog
{
    private const int HeaderLength = 32, FrameHeaderLength = 24;

    /// <summary>Offsets behind each committed transaction of the log's current generation, in their order.</summary>
    public static List<long> CommitEnds(byte[] log)
    {
        int page = BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(8));
        ReadOnlySpan<byte> salt = log.AsSpan(16, 8);
        var ends = new List<long>();
        for (int at = HeaderLength; at + FrameHeaderLength + page <= log.Length; at += FrameHeaderLength + page)
        {
            if (!log.AsSpan(at + 8, 8).SequenceEqual(salt))
            {
                break; // Left from an earlier generation.
            }

            // The size of the database in pages, written only in a transaction's last frame.
            if (BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(at + 4)) != 0)
            {
                ends.Add(at + FrameHeaderLength + page);
            }
        }

        return ends;
    }
}
