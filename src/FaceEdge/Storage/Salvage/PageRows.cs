using System.Buffers.Binary;
using System.Text;

namespace FaceEdge.Storage.Salvage;

/// <summary>A row found in a page.</summary>
/// <param name="RowId">Its rowid; 0 in a tree without.</param>
/// <param name="Values">Its columns as stored: long, double, string, byte[] or null.</param>
internal sealed record FoundRow(long RowId, object?[] Values);

/// <summary>
/// Reads rows out of single pages of a SQLite file, whatever became of the others. Nothing in a page is believed: what does not fit is left
/// out. Format: https://www.sqlite.org/fileformat2.html#b_tree_pages.
/// </summary>
internal static class PageRows
{
    /// <summary>Kinds of pages: inner and leaf pages of trees with rowids and without.</summary>
    public const byte InnerIndex = 2, InnerTable = 5, LeafIndex = 10, LeafTable = 13;

    /// <summary>A row is not longer than this; SQLite's own limit.</summary>
    private const long MaxRow = 1_000_000_000;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The kind of a page; 0 for none of those.</summary>
    public static byte KindOf(long number, ReadOnlySpan<byte> page) =>
        page.Length > 512 && page[HeaderAt(number)] is InnerIndex or InnerTable or LeafIndex or LeafTable ? page[HeaderAt(number)] : (byte)0;

    /// <summary>The pages below an inner page, those that can be.</summary>
    public static List<long> Children(long number, byte[] page, long count)
    {
        var children = new List<long>();
        byte kind = KindOf(number, page);
        if (kind is InnerIndex or InnerTable)
        {
            foreach (int cell in Cells(number, page, kind))
            {
                children.Add(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(cell)));
            }

            children.Add(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(HeaderAt(number) + 8)));
        }

        children.RemoveAll(child => child < 2 || child > count);
        return children;
    }

    /// <summary>The rows of a page that can be read.</summary>
    /// <param name="file">For the pages on which long rows go on.</param>
    /// <param name="number">The page's number, from 1.</param>
    /// <param name="page">Its bytes.</param>
    public static IEnumerable<FoundRow> Read(PageFile file, long number, byte[] page)
    {
        byte kind = KindOf(number, page);
        if (kind is 0 or InnerTable)
        {
            yield break;
        }

        foreach (int cell in Cells(number, page, kind))
        {
            if (ReadCell(file, page, cell, kind) is { } row)
            {
                yield return row;
            }
        }
    }

    private static int HeaderAt(long number) => number == 1 ? 100 : 0;

    private static List<int> Cells(long number, byte[] page, byte kind)
    {
        int header = HeaderAt(number);
        int count = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(header + 3));
        int pointers = header + (kind is InnerIndex or InnerTable ? 12 : 8);
        var cells = new List<int>();
        for (int i = 0; i < count && pointers + (2 * i) + 2 <= page.Length; i++)
        {
            int at = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(pointers + (2 * i)));
            if (at >= pointers && at + 4 <= page.Length)
            {
                cells.Add(at);
            }
        }

        return cells;
    }

    private static FoundRow? ReadCell(PageFile file, byte[] page, int at, byte kind)
    {
        int next = at + (kind == InnerIndex ? 4 : 0);
        long rowId = 0;
        if (!TryVarint(page, ref next, out long length) || length is < 1 or > MaxRow || (kind == LeafTable && !TryVarint(page, ref next, out rowId)))
        {
            return null;
        }

        byte[]? payload = ReadPayload(file, page, next, length, kind == LeafTable);
        return payload is not null && Decode(payload) is { } values ? new FoundRow(rowId, values) : null;
    }

    private static byte[]? ReadPayload(PageFile file, byte[] page, int at, long length, bool isTable)
    {
        int usable = page.Length;
        long most = isTable ? usable - 35 : ((usable - 12) * 64 / 255) - 23;
        long least = ((usable - 12) * 32 / 255) - 23;
        long local = least + ((length - least) % (usable - 4));
        local = length <= most ? length : local <= most ? local : least;
        if (at + local + (local < length ? 4 : 0) > page.Length || length - local > file.Count * usable)
        {
            return null;
        }

        byte[] payload = new byte[length];
        page.AsSpan(at, (int)local).CopyTo(payload);
        uint overflow = local < length ? BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(at + (int)local)) : 0;
        for (long done = local; done < length;)
        {
            byte[] more = overflow >= 2 && overflow <= file.Count ? file.Read(overflow) : [];
            if (more.Length == 0)
            {
                return null;
            }

            int part = (int)Math.Min(length - done, usable - 4);
            more.AsSpan(4, part).CopyTo(payload.AsSpan((int)done));
            overflow = BinaryPrimitives.ReadUInt32BigEndian(more);
            done += part;
        }

        return payload;
    }

    private static object?[]? Decode(byte[] payload)
    {
        int at = 0;
        if (!TryVarint(payload, ref at, out long headerLength) || headerLength > payload.Length || headerLength < 1)
        {
            return null;
        }

        var types = new List<long>();
        while (at < headerLength)
        {
            if (!TryVarint(payload, ref at, out long type) || type is < 0 or 10 or 11)
            {
                return null;
            }

            types.Add(type);
        }

        var values = new object?[types.Count];
        long next = headerLength;
        for (int i = 0; i < values.Length; i++)
        {
            long size = SizeOf(types[i]);
            if (next + size > payload.Length || !TryDecode(payload.AsSpan((int)next, (int)size), types[i], out values[i]))
            {
                return null;
            }

            next += size;
        }

        return next == payload.Length ? values : null;
    }

    private static long SizeOf(long type) => type switch
    {
        <= 4 => type,
        5 => 6,
        6 or 7 => 8,
        8 or 9 => 0,
        _ => (type - 12) / 2,
    };

    private static bool TryDecode(ReadOnlySpan<byte> bytes, long type, out object? value)
    {
        value = null;
        switch (type)
        {
            case 0:
                return true;
            case 7:
                value = BinaryPrimitives.ReadDoubleBigEndian(bytes);
                return true;
            case 8 or 9:
                value = type - 8;
                return true;
            case < 7:
                long number = (sbyte)bytes[0];
                foreach (byte one in bytes[1..])
                {
                    number = (number << 8) | one;
                }

                value = number;
                return true;
            default:
                try
                {
                    value = (type & 1) == 0 ? bytes.ToArray() : Strict.GetString(bytes);
                    return true;
                }
                catch (DecoderFallbackException)
                {
                    return false;
                }
        }
    }

    private static bool TryVarint(byte[] bytes, ref int at, out long value)
    {
        value = 0;
        for (int i = 0; i < 9 && at < bytes.Length; i++)
        {
            byte next = bytes[at++];
            if (i == 8)
            {
                value = (value << 8) | next;
                return true;
            }

            value = (value << 7) | (next & 0x7FL);
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
