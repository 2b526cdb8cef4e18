using System.Runtime.InteropServices;
using System.Text;

namespace FaceEdge.Migration;

/// <summary>The column Person_Img: a photo as it is, in base64, or the name of a file in a folder that the user named.</summary>
/// <param name="folder">That folder; null when none was named. It must exist.</param>
/// <param name="maxBytes">Largest photo.</param>
internal sealed partial class PictureCell(string? folder, long maxBytes)
{
    private readonly string? _root = folder is null ? null
        : RealPath(folder) ?? throw new DirectoryNotFoundException($"There is no folder {folder} (--images).");

    /// <summary>The bytes of the photo; whether they are one, the decoder says. Null when there is none.</summary>
    /// <param name="cell">As SQLite gives it; null for NULL.</param>
    /// <exception cref="CellException">There ought to be a photo, but it can not be had.</exception>
    public byte[]? Read(object? cell)
    {
        switch (cell)
        {
            case null or "" or byte[] { Length: 0 }:
                return null;
            case byte[] bytes when !IsText(bytes):
                return bytes;
            case byte[] bytes:
                return FromText(Encoding.UTF8.GetString(bytes));
            case string text:
                return FromText(text);
            default:
                throw new CellException("the picture is a number");
        }
    }

    private byte[] FromText(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            int comma = trimmed.IndexOf(',');
            return comma > 0 && trimmed[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase) && FromBase64(trimmed[(comma + 1)..]) is { } bytes
                ? bytes
                : throw new CellException("the picture is a data: URI without whole base64");
        }

        // The shortest JPEG is longer than any name of a file; and base64 has no dot.
        const int LongestName = 1024;
        if (trimmed.Length > LongestName || !trimmed.Contains('.'))
        {
            return FromBase64(trimmed)
                ?? throw new CellException("the picture is text, but neither base64 nor the name of a file");
        }

        return FromFile(trimmed.ToString());
    }

    private byte[] FromFile(string name)
    {
        if (_root is null)
        {
            throw new CellException($"the picture is in a file '{Short(name)}': name its folder with --images");
        }

        if (name.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
        {
            name = name["file://".Length..];
        }

        // Absolute names are taken too: they may lie in the folder.
        string path = Path.Combine(_root, name);
        string? real = name.Contains('\0') ? null : RealPath(path);
        if (real is null)
        {
            throw new CellException($"the picture's file '{Short(name)}' is not there");
        }

        // After every link and '..' is resolved: nothing outside of the folder is read, whatever the database says.
        if (!real.StartsWith(_root.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            throw new CellException($"the picture's file '{Short(name)}' lies outside of the --images folder: refused");
        }

        try
        {
            var file = new FileInfo(real);
            return (file.Attributes & (FileAttributes.Directory | FileAttributes.Device)) != 0 ? throw new CellException($"the picture's file '{Short(name)}' is not a file")
                : file.Length == 0 ? throw new CellException($"the picture's file '{Short(name)}' is empty, or not a file") // pipes and devices: reading one may never end
                : file.Length > maxBytes ? throw new CellException($"the picture's file '{Short(name)}' has {file.Length} bytes, more than Limits:MaxUploadBytes")
                : File.ReadAllBytes(real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CellException($"the picture's file '{Short(name)}' can not be read: {e.Message}");
        }
    }

    private static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        var bytes = new byte[((text.Length + 3) / 4) * 3];
        return Convert.TryFromBase64Chars(text, bytes, out int written) && written > 0 ? bytes[..written] : null;
    }

    /// <summary>The beginning of it: photos begin with bytes that are none of text.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes) => !bytes[..Math.Min(bytes.Length, 64)].ContainsAnyExceptInRange((byte)'\t', (byte)'~');

    private static string Short(string name) => new([.. name.Take(80).Select(static c => char.IsControl(c) ? '?' : c)]);

    /// <summary>The path with every link, '.' and '..' resolved; null when there is no such file. .NET resolves the last link only.</summary>
    private static string? RealPath(string path)
    {
        nint resolved = RealPath(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            Marshal.FreeHGlobal(resolved); // free(3), as realpath(3) asks for
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);
}
