using System.Buffers.Binary;

namespace FaceEdge.Tests.Imaging;

/// <summary>Puts JPEG files together marker by marker.</summary>
internal static class JpegParts
{
    /// <summary>A file with segments put in right behind SOI.</summary>
    internal static byte[] WithSegments(byte[] jpeg, params byte[][] segments) => [.. jpeg[..2], .. segments.SelectMany(s => s), .. jpeg[2..]];

    internal static byte[] Segment(byte marker, params byte[] content)
    {
        var segment = new byte[content.Length + 4];
        (segment[0], segment[1]) = (0xFF, marker);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(content.Length + 2));
        content.CopyTo(segment, 4);
        return segment;
    }

    /// <summary>An APP1 with EXIF.</summary>
    internal static byte[] Exif(byte[] tiff) => Segment(0xE1, [.. "Exif\0\0"u8, .. tiff]);

    /// <summary>A TIFF block with one directory of three entries, the orientation in the middle.</summary>
    internal static byte[] Tiff(ushort orientation, bool little = true, uint next = 0, ushort type = 3)
    {
        var tiff = new byte[8 + 2 + 3 * 12 + 4];
        (little ? "II*\0"u8 : "MM\0*"u8).CopyTo(tiff);
        Put32(tiff, 4, 8, little);
        Put16(tiff, 8, 3, little);
        foreach (var (i, tag) in new (int, ushort)[] { (0, 0x0100), (1, 0x0112), (2, 0x0213) })
        {
            var at = 10 + 12 * i;
            Put16(tiff, at, tag, little);
            Put16(tiff, at + 2, type, little);
            Put32(tiff, at + 4, 1, little);
            Put16(tiff, at + 8, i == 1 ? orientation : (ushort)1, little);
        }
        Put32(tiff, 46, next, little);
        return tiff;
    }

    /// <summary>EXIF with a thumbnail: IFD0 with one orientation, IFD1 with another and a whole JPEG behind it.</summary>
    internal static byte[] TiffWithThumbnail(ushort orientation, ushort thumbnailOrientation, byte[] thumbnail)
    {
        var first = Tiff(orientation, next: 50);
        var second = new byte[2 + 3 * 12 + 4];
        Put16(second, 0, 3, true);
        foreach (var (i, tag, value) in new (int, ushort, uint)[] { (0, 0x0112, thumbnailOrientation), (1, 0x0201, 92), (2, 0x0202, (uint)thumbnail.Length) })
        {
            var at = 2 + 12 * i;
            Put16(second, at, tag, true);
            Put16(second, at + 2, (ushort)(i == 0 ? 3 : 4), true);
            Put32(second, at + 4, 1, true);
            Put32(second, at + 8, value, true);
        }
        return [.. first, .. second, .. thumbnail];
    }

    /// <summary>Where the first scan's entropy-coded data begins.</summary>
    internal static int DataStart(byte[] jpeg)
    {
        var scan = 2;
        while (jpeg[scan + 1] != 0xDA)
        {
            scan += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(scan + 2));
        }
        return scan + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(scan + 2));
    }

    /// <summary>A file without the segments of one kind that stand before its picture data.</summary>
    internal static byte[] Without(byte[] jpeg, byte marker)
    {
        var kept = new List<byte>(jpeg[..2]);
        var at = 2;
        for (var last = false; !last;)
        {
            var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
            last = jpeg[at + 1] == 0xDA;
            if (jpeg[at + 1] != marker)
            {
                kept.AddRange(jpeg[at..(at + length)]);
            }
            at += length;
        }
        return [.. kept, .. jpeg[at..]];
    }

    /// <summary>Where a marker stands: the offset of its FF.</summary>
    internal static int Find(byte[] jpeg, byte marker)
    {
        var at = jpeg.AsSpan().IndexOf([(byte)0xFF, marker]);
        Assert.True(at >= 0, $"no marker FF {marker:X2}");
        return at;
    }

    private static void Put16(byte[] to, int at, ushort value, bool little)
    {
        if (little)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(to.AsSpan(at), value);
        }
    }

    private static void Put32(byte[] to, int at, uint value, bool little)
    {
        if (little)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(to.AsSpan(at), value);
        }
    }
}
