using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>The chunks of a PNG: signature, then length (4), name (4), data, checksum (4) each (PNG specification, section 5).</summary>
internal static class PngChunks
{
    private const int Signature = 8;

    /// <summary>Length, name and checksum of a chunk.</summary>
    private const int Frame = 12;

    /// <summary>
    /// Copies only the chunks that make the picture. Texts and profiles are left out: libpng inflates them before any limit of ours
    /// applies, and a few megabytes of them become gigabytes.
    /// </summary>
    /// <param name="file">The file; what follows its last whole chunk is copied as it is, for libpng to judge.</param>
    /// <param name="picture">Receives the copy; at least as long as the file.</param>
    /// <returns>The length of the copy.</returns>
    internal static int CopyPicture(ReadOnlySpan<byte> file, Span<byte> picture)
    {
        file[..Signature].CopyTo(picture);
        var length = Signature;
        var rest = file[Signature..];
        while (TryNext(rest, out var name, out _, out var size))
        {
            if (IsOfThePicture(name))
            {
                rest[..size].CopyTo(picture[length..]);
                length += size;
            }
            rest = rest[size..];
        }
        rest.CopyTo(picture[length..]);
        return length + rest.Length;
    }

    /// <summary>The TIFF block of the eXIf chunk, empty if there is none; it may stand behind the picture data.</summary>
    internal static ReadOnlySpan<byte> Exif(ReadOnlySpan<byte> file)
    {
        var rest = file[Signature..];
        while (TryNext(rest, out var name, out var data, out var size))
        {
            if (name.SequenceEqual("eXIf"u8))
            {
                return data;
            }
            rest = rest[size..];
        }
        return [];
    }

    private static bool TryNext(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> data, out int size)
    {
        if (rest.Length >= Frame && BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length <= rest.Length - Frame)
        {
            name = rest[4..8];
            data = rest.Slice(8, (int)length);
            size = (int)length + Frame;
            return true;
        }
        name = data = [];
        size = 0;
        return false;
    }

    private static bool IsOfThePicture(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("IHDR"u8) || name.SequenceEqual("PLTE"u8) || name.SequenceEqual("IDAT"u8) || name.SequenceEqual("IEND"u8)
        || name.SequenceEqual("tRNS"u8) || name.SequenceEqual("gAMA"u8) || name.SequenceEqual("cHRM"u8) || name.SequenceEqual("sRGB"u8)
        || name.SequenceEqual("sBIT"u8);
}
