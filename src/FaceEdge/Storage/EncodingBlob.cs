using System.Runtime.InteropServices;

namespace FaceEdge.Storage;

/// <summary>
/// An encoding as it lies in the file: little-endian float32, D x 4 bytes. Every processor we build for (x64, arm64) is
/// little-endian, so the bytes are those in memory.
/// </summary>
internal static class EncodingBlob
{
    public static byte[] ToBytes(ReadOnlySpan<float> encoding) => MemoryMarshal.AsBytes(encoding).ToArray();

    /// <summary>The encoding in a blob; null when it has another length or holds a NaN or an infinity.</summary>
    public static float[]? TryRead(ReadOnlySpan<byte> blob, int dimensions)
    {
        var encoding = new float[dimensions];
        return TryRead(blob, encoding) ? encoding : null;
    }

    /// <summary>Copies the encoding in a blob; false when it has another length or holds a NaN or an infinity.</summary>
    public static bool TryRead(ReadOnlySpan<byte> blob, Span<float> encoding)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(encoding);
        if (blob.Length != bytes.Length)
        {
            return false;
        }

        blob.CopyTo(bytes);
        return IsFinite(encoding);
    }

    /// <summary>Whether no number is a NaN or an infinity: the largest magnitude is one if any is.</summary>
    public static bool IsFinite(ReadOnlySpan<float> encoding) => float.IsFinite(Magnitude.Largest(encoding));
}
