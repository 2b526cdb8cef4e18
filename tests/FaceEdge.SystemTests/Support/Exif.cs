using System.Buffers.Binary;

namespace FaceEdge.SystemTests.Support;

/// <summary>Writes the EXIF data of a camera into a JPEG that has none.</summary>
internal static class Exif
{
    /// <summary>The photo with an orientation and, if given, a thumbnail of its own (EXIF 2.3, sections 4.5 and 4.6: IFD0, IFD1).</summary>
    public static byte[] Into(byte[] jpeg, int orientation, byte[]? thumbnail)
    {
        // Big-endian TIFF: header 8, IFD0 with one entry 2 + 12 + 4, IFD1 with three entries 2 + 36 + 4, then the thumbnail.
        const int FirstDirectory = 8, SecondDirectory = FirstDirectory + 18, Thumbnail = SecondDirectory + 42;
        byte[] tiff = new byte[thumbnail is null ? SecondDirectory : Thumbnail + thumbnail.Length];
        "MM\0*"u8.CopyTo(tiff);
        Put32(tiff, 4, FirstDirectory);
        Put16(tiff, FirstDirectory, 1);
        Entry(tiff, FirstDirectory + 2, tag: 0x112, type: 3, (uint)orientation << 16);
        Put32(tiff, FirstDirectory + 14, thumbnail is null ? 0 : (uint)SecondDirectory);
        if (thumbnail is not null)
        {
            Put16(tiff, SecondDirectory, 3);
            Entry(tiff, SecondDirectory + 2, tag: 0x103, type: 3, 6u << 16); // JPEG
            Entry(tiff, SecondDirectory + 14, tag: 0x201, type: 4, Thumbnail);
            Entry(tiff, SecondDirectory + 26, tag: 0x202, type: 4, (uint)thumbnail.Length);
            thumbnail.CopyTo(tiff, Thumbnail);
        }

        byte[] segment = new byte[4 + 6 + tiff.Length];
        Put16(segment, 0, 0xFFE1);
        Put16(segment, 2, (ushort)(segment.Length - 2));
        "Exif\0\0"u8.CopyTo(segment.AsSpan(4));
        tiff.CopyTo(segment, 10);
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }

    private static void Entry(byte[] tiff, int at, ushort tag, ushort type, uint value)
    {
        Put16(tiff, at, tag);
        Put16(tiff, at + 2, type);
        Put32(tiff, at + 4, 1);
        Put32(tiff, at + 8, value);
    }

    private static void Put16(byte[] bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), value);

    private static void Put32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
}
