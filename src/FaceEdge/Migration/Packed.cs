using System.IO.Compression;

namespace FaceEdge.Migration;

/// <summary>What is packed into bytes: zlib, gzip, NumPy's <c>.npz</c>. What comes out is bounded, however well it was packed.</summary>
internal static class Packed
{
    /// <summary>As for a cell itself: the longest encoding as text has 13 KB.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Arrays of one .npz that are looked at; <c>numpy.savez</c> of an encoding writes one.</summary>
    private const int MaxArrays = 16;

    /// <summary>The content of zlib or gzip data; null when it begins like neither, or is neither after all.</summary>
    /// <exception cref="CellException">It unpacks to more than any encoding has.</exception>
    public static (byte[] Content, string Name)? Unpack(ReadOnlySpan<byte> bytes)
    {
        // RFC 1950: method 8, a window of at most 32 KB, no dictionary, and the two bytes are a multiple of 31. RFC 1952: magic and method.
        bool zlib = bytes.Length > 6 && (bytes[0] & 0x8f) == 8 && (bytes[1] & 0x20) == 0 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;
        bool gzip = bytes is [0x1f, 0x8b, 8, ..];
        if (!zlib && !gzip)
        {
            return null;
        }

        using var packed = new MemoryStream(bytes.ToArray(), writable: false);
        try
        {
            using Stream stream = gzip ? new GZipStream(packed, CompressionMode.Decompress) : new ZLibStream(packed, CompressionMode.Decompress);
            byte[] content = ReadBounded(stream);
            return content.Length == 0 ? null : (content, gzip ? "gzip" : "zlib");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null; // floats may begin like that
        }
    }

    /// <summary>The arrays in a .npz, each as a .npy file, by name.</summary>
    /// <exception cref="CellException">Damaged, or it unpacks to more than any encoding has.</exception>
    public static Dictionary<string, object?> Arrays(ReadOnlySpan<byte> npz)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(npz.ToArray(), writable: false), ZipArchiveMode.Read);
            var arrays = new Dictionary<string, object?>();
            foreach (ZipArchiveEntry entry in zip.Entries.Where(static entry => entry.Name.EndsWith(".npy", StringComparison.Ordinal)).Take(MaxArrays))
            {
                using Stream stream = entry.Open();
                arrays[Path.GetFileNameWithoutExtension(entry.Name)] = ReadBounded(stream);
            }

            return arrays.Count > 0 ? arrays : throw new CellException("a zip file without an array (.npy) in it");
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException)
        {
            throw new CellException("a .npz file that is damaged or cut off");
        }
    }

    /// <summary>What can be told of packings that are not read; null for none.</summary>
    public static string? Unread(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "xz",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        _ => null,
    };

    private static byte[] ReadBounded(Stream stream)
    {
        var content = new byte[MaxBytes + 1];
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length <= MaxBytes ? content[..length] : throw new CellException($"packed data that unpacks to more than {MaxBytes} bytes; no encoding has that many");
    }
}
