using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>
/// The one EXIF tag that matters here: which way up the camera was held. Skia reads it from a JPEG, but from no PNG, and from a WebP only
/// where no prefix stands before it. Only the first directory (IFD0) of the block is looked at and no link is followed, so the thumbnail's
/// directory is ignored and no file can lead in circles.
/// </summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 0x0112;
    private const ushort TypeShort = 3;
    private const int EntrySize = 12;

    /// <summary>What stands before the TIFF block in a JPEG's APP1 segment, and by some writers in WebP.</summary>
    private static ReadOnlySpan<byte> Prefix => "Exif\0\0"u8;

    /// <summary>The orientation that the eXIf chunk of a PNG tells; it may stand behind the picture data.</summary>
    /// <remarks>Chunks (PNG specification, section 5), behind a signature of 8: length 4, name 4, content, checksum 4.</remarks>
    internal static int OfPng(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> rest = file[8..];
        while (rest.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(rest) is uint length && length <= rest.Length - 12)
        {
            if (rest[4..8].SequenceEqual("eXIf"u8))
            {
                return Read(rest.Slice(8, (int)length));
            }

            rest = rest[((int)length + 12)..];
        }

        return 1;
    }

    /// <summary>The orientation that the EXIF chunk of a WebP tells.</summary>
    /// <remarks>Chunks (RIFF), behind a header of 12: name 4, length 4, content, padded to even length.</remarks>
    internal static int OfWebP(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> rest = file[12..];
        while (rest.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) is uint length && length <= rest.Length - 8)
        {
            if (rest[..4].SequenceEqual("EXIF"u8))
            {
                ReadOnlySpan<byte> content = rest.Slice(8, (int)length);
                return Read(content.StartsWith(Prefix) ? content[Prefix.Length..] : content);
            }

            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
        }

        return 1;
    }

    /// <summary>Reads the orientation from a TIFF block (EXIF 2.3, section 4.6) of either byte order.</summary>
    /// <param name="tiff">The EXIF block, beginning with "II" or "MM" (in a JPEG: what follows "Exif\0\0").</param>
    /// <returns>1 (upright) to 8; 1 also for whatever is missing, broken or out of range, because a bad tag is no reason to refuse a photo.</returns>
    internal static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
        {
            return 1;
        }
        var little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8))
        {
            return 1;
        }
        var start = ReadUInt32(tiff[4..], little);
        if (start > tiff.Length - 2)
        {
            return 1;
        }
        var directory = tiff[(int)start..];
        int count = ReadUInt16(directory, little);
        directory = directory[2..];
        for (; count > 0 && directory.Length >= EntrySize; count--, directory = directory[EntrySize..])
        {
            if (ReadUInt16(directory, little) == OrientationTag)
            {
                // tag 2, type 2, count 4, value 4 (a SHORT stands in its first half)
                int value = ReadUInt16(directory[8..], little);
                return ReadUInt16(directory[2..], little) == TypeShort && value is >= 1 and <= 8 ? value : 1;
            }
        }
        return 1;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> from, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(from) : BinaryPrimitives.ReadUInt16BigEndian(from);

    private static uint ReadUInt32(ReadOnlySpan<byte> from, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(from) : BinaryPrimitives.ReadUInt32BigEndian(from);
}
