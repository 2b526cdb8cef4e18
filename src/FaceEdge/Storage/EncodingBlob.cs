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
        if (blob.Length != dimensions * sizeof(float))
        {
            return null;
        }

        var encoding = new float[dimensions];
        blob.CopyTo(MemoryMarshal.AsBytes(encoding.AsSpan()));
        return IsFinite(encoding) ? encoding : null;
    }

    public static bool IsFinite(ReadOnlySpan<float> encoding)
    {
        foreach (float value in encoding)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
