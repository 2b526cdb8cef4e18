using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FaceEdge.Storage.Salvage;

/// <summary>
/// What stands in a database's log of recent writes (<c>Image.db-wal</c>), read by ourselves: SQLite stops without a word at the first frame
/// that is not whole, and forgets every commit behind it. A torn end is no damage: it was never acknowledged.
/// Format: https://www.sqlite.org/fileformat2.html#walformat.
/// </summary>
internal sealed class LogFrames
{
    private const int HeaderLength = 32, FrameHeaderLength = 24, ChecksumAt = 16, SaltLength = 8;
    private const uint Magic = 0x377f0682; // the last bit tells the byte order of the checksums

    private LogFrames()
    {
    }

    /// <summary>Where the newest state of a page begins that SQLite sees.</summary>
    public Dictionary<long, long> Pages { get; } = [];

    /// <summary>The same for what was committed behind a damaged place, which SQLite does not see.</summary>
    public Dictionary<long, long> PagesBehindDamage { get; } = [];

    /// <summary>Commits behind a damaged place.</summary>
    public int CommitsBehindDamage { get; private set; }

    /// <summary>Bytes of a page; 0 when the log is empty.</summary>
    public int PageSize { get; private set; }

    /// <summary>Pages of the database after the last commit; 0 when there is none.</summary>
    public long PageCount { get; private set; }

    /// <summary>Reads a log. Reads it whole: it is cut at 16 MB.</summary>
    /// <param name="log">Open.</param>
    /// <param name="pageSize">What the pages are likely to have, for a log without a header.</param>
    public static LogFrames Read(SafeFileHandle log, int pageSize)
    {
        var frames = new LogFrames();
        Span<byte> header = stackalloc byte[HeaderLength];
        if (RandomAccess.Read(log, header, 0) < HeaderLength)
        {
            return frames;
        }

        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        bool bigEndian = (magic & 1) != 0;
        (uint, uint) sum = Add((0, 0), header[..24], bigEndian);
        bool whole = (magic & ~1u) == Magic && sum == ReadSum(header[24..]);
        if (!whole)
        {
            bigEndian = false;
        }

        int stored = BinaryPrimitives.ReadInt32BigEndian(header[8..]);
        frames.PageSize = whole && stored is >= 512 and <= 65536 && int.IsPow2(stored) ? stored : pageSize;
        frames.ReadFrames(log, header.Slice(ChecksumAt, SaltLength), sum, whole, bigEndian);
        return frames;
    }

    private void ReadFrames(SafeFileHandle log, ReadOnlySpan<byte> headerSalt, (uint, uint) sum, bool headerIsWhole, bool bigEndian)
    {
        byte[] frame = new byte[FrameHeaderLength + PageSize];
        Span<byte> salt = stackalloc byte[SaltLength];
        headerSalt.CopyTo(salt);
        var uncommitted = new List<(long Page, long At)>();
        bool damaged = !headerIsWhole, saltIsKnown = headerIsWhole;
        for (long at = HeaderLength; RandomAccess.Read(log, frame, at) == frame.Length; at += frame.Length)
        {
            if (!saltIsKnown)
            {
                frame.AsSpan(8, SaltLength).CopyTo(salt); // the header is gone: the first frame is of the same generation
                saltIsKnown = true;
            }

            if (!frame.AsSpan(8, SaltLength).SequenceEqual(salt))
            {
                if (damaged)
                {
                    continue; // the damaged frame itself; or left from an earlier generation
                }

                // Either the end (what follows is of an earlier generation) or a frame whose first bytes are damaged.
                damaged = true;
                uncommitted.Clear();
                sum = ReadSum(frame.AsSpan(ChecksumAt));
                continue;
            }

            (uint, uint) computed = Add(Add(sum, frame.AsSpan(0, 8), bigEndian), frame.AsSpan(FrameHeaderLength), bigEndian);
            sum = ReadSum(frame.AsSpan(ChecksumAt));
            if (computed != sum)
            {
                damaged = true;
                uncommitted.Clear();
                continue; // the next one's checksum goes on from what is written here
            }

            long page = BinaryPrimitives.ReadUInt32BigEndian(frame);
            uncommitted.Add((page, at + FrameHeaderLength));
            if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) is > 0 and var pages)
            {
                Commit(uncommitted, damaged, pages);
            }
        }
    }

    private void Commit(List<(long Page, long At)> uncommitted, bool behindDamage, long pages)
    {
        foreach ((long page, long at) in uncommitted)
        {
            (behindDamage ? PagesBehindDamage : Pages)[page] = at;
        }

        uncommitted.Clear();
        PageCount = Math.Max(PageCount, pages);
        CommitsBehindDamage += behindDamage ? 1 : 0;
    }

    private static (uint, uint) ReadSum(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));

    private static (uint A, uint B) Add((uint A, uint B) sum, ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        (uint a, uint b) = sum;
        for (int i = 0; i + 8 <= bytes.Length; i += 8)
        {
            uint first = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[i..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]);
            uint second = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(i + 4)..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i + 4)..]);
            a += first + b;
            b += second + a;
        }

        return (a, b);
    }
}
