using System.Buffers;

namespace FaceEdge.Vision;

/// <summary>
/// One step of dlib's image pyramid (<c>pyramid_down&lt;2&gt;</c>): a 5x5 binomial filter (1 4 6 4 1), every other row and column kept, without
/// rounding, the border cut off.
/// </summary>
internal static class DlibPyramid
{
    /// <summary>The least side that is halved.</summary>
    private const int LeastSide = 9;

    /// <summary>Side after one step; 0 or less when the image is too small for one.</summary>
    public static int Down(int side) => side < LeastSide ? 0 : (side - 3) / 2;

    /// <summary>Writes an image halved.</summary>
    /// <param name="rgb">From the first pixel of the part to halve.</param>
    /// <param name="stride">Bytes from a row to the next.</param>
    /// <param name="width">Of the part.</param>
    /// <param name="height">Of the part.</param>
    /// <param name="half">Receives <see cref="Down"/>(width) x <see cref="Down"/>(height) pixels, rows packed.</param>
    public static void Halve(ReadOnlySpan<byte> rgb, int stride, int width, int height, Span<byte> half)
    {
        (int halfWidth, int halfHeight) = (Down(width), Down(height));
        if (halfWidth < 1 || halfHeight < 1)
        {
            return;
        }

        // Five rows filtered across are in use at a time, each two source rows after the other.
        int length = 3 * halfWidth;
        ushort[] rows = ArrayPool<ushort>.Shared.Rent(5 * length);
        int done = 0;
        for (int y = 0; y < halfHeight; y++)
        {
            for (; done < (2 * y) + 5; done++)
            {
                Across(rgb.Slice(done * stride, 3 * width), rows.AsSpan(done % 5 * length, length));
            }

            ReadOnlySpan<ushort> a = Row(2 * y), b = Row((2 * y) + 1), c = Row((2 * y) + 2), d = Row((2 * y) + 3), e = Row((2 * y) + 4);
            Span<byte> to = half.Slice(y * length, length);
            for (int i = 0; i < length; i++)
            {
                to[i] = (byte)((a[i] + e[i] + (4 * (b[i] + d[i])) + (6 * c[i])) >> 8);
            }
        }

        ArrayPool<ushort>.Shared.Return(rows);

        ReadOnlySpan<ushort> Row(int y) => rows.AsSpan(y % 5 * length, length);
    }

    private static void Across(ReadOnlySpan<byte> row, Span<ushort> to)
    {
        for (int x = 0; x < to.Length; x += 3)
        {
            ReadOnlySpan<byte> five = row.Slice(2 * x, 15);
            for (int c = 0; c < 3; c++)
            {
                to[x + c] = (ushort)(five[c] + five[c + 12] + (4 * (five[c + 3] + five[c + 9])) + (6 * five[c + 6]));
            }
        }
    }
}
