using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>
/// Scales a rectangle of an image, row by output row, without an intermediate image: the source rows under an output row are
/// summed first (64 bytes at a time, 8-bit weights in 16-bit sums), then the columns. Used by one thread at a time.
/// </summary>
public sealed class RowResampler
{
    /// <summary>Bytes that are summed at once.</summary>
    private const int Line = 64;

    private readonly AxisTaps _x = new();
    private readonly AxisTaps _y = new();
    private ushort[] _columns = [];
    private ushort[] _rowWeights = [];

    /// <summary>
    /// Chooses the rectangle (x, y, width, height in source pixels; may reach outside, where the edge repeats) and the output size.
    /// The source must have the size given here on every call of <see cref="Row"/>.
    /// </summary>
    public void Begin(in RgbView source, double x, double y, double width, double height, int outputWidth, int outputHeight)
    {
        _x.Build(x, width, source.Width, outputWidth);
        _y.Build(y, height, source.Height, outputHeight);
        // Four more, because a pixel is loaded as four numbers of which the last is the next pixel's.
        var needed = (3 * (_x.Highest - _x.Lowest + 1)) + 4;
        if (_columns.Length < needed)
        {
            _columns = new ushort[needed];
        }
    }

    /// <summary>Computes output row <paramref name="row"/>: R, G, B in 0..255 and a meaningless fourth number for each pixel.</summary>
    public void Row(in RgbView source, int row, Span<Vector128<float>> pixels)
    {
        SumRows(source, row);
        for (var i = 0; i < pixels.Length; i++)
        {
            var weights = _x.Weights(i);
            // One check for the pixel instead of one for each number: Begin left room behind the last one.
            ref var from = ref MemoryMarshal.GetReference(
                MemoryMarshal.AsBytes(_columns.AsSpan(3 * (_x.First(i) - _x.Lowest), (3 * weights.Length) + 1)));
            // All between the first and the last are covered whole and weigh the same, so they are added up as they are.
            var last = weights.Length - 1;
            var inner = Vector128<int>.Zero;
            for (var t = 1; t < last; t++)
            {
                inner += Pixel(ref from, t);
            }
            var sum = Vector128.ConvertToSingle(Pixel(ref from, 0)) * weights[0];
            if (last > 0)
            {
                sum += (Vector128.ConvertToSingle(inner) * weights[1]) + (Vector128.ConvertToSingle(Pixel(ref from, last)) * weights[last]);
            }
            pixels[i] = sum * (1f / 256);
        }
    }

    /// <summary>Pixel <paramref name="t"/> of summed columns, and the first number of the next one.</summary>
    private static Vector128<int> Pixel(ref byte from, int t)
    {
        var four = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref from, 6 * t))).AsUInt16();
        return Vector128.WidenLower(four).AsInt32();
    }

    private void SumRows(in RgbView source, int row)
    {
        var weights = Quantise(_y.Weights(row));
        var stride = 3 * source.Width;
        var length = 3 * (_x.Highest - _x.Lowest + 1);
        var start = (_y.First(row) * stride) + (3 * _x.Lowest);
        var rows = source.Pixels.Slice(start, ((weights.Length - 1) * stride) + length);
        ref var from = ref MemoryMarshal.GetReference(rows);
        ref var to = ref MemoryMarshal.GetArrayDataReference(_columns);
        // A cache line at a time, so that a weight is spread over a vector once for 64 bytes. Not wider vectors: the portable binary has no AVX2
        // (docs/decisions/0016).
        if (length >= Line)
        {
            for (var i = 0; i < length; i += Line)
            {
                // The last line overlaps the one before it.
                var at = Math.Min(i, length - Line);
                SumLine(ref Unsafe.AddByteOffset(ref from, at), stride, weights, ref Unsafe.Add(ref to, at));
            }
            return;
        }
        for (var i = 0; i < length; i++)
        {
            var sum = 0;
            for (var t = 0; t < weights.Length; t++)
            {
                sum += rows[(t * stride) + i] * weights[t];
            }
            _columns[i] = (ushort)sum;
        }
    }

    /// <summary>Adds up 64 bytes of each row, times its weight.</summary>
    private static void SumLine(ref byte from, int stride, ReadOnlySpan<ushort> weights, ref ushort to)
    {
        Vector128<ushort> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        foreach (var weight in weights)
        {
            var times = Vector128.Create(weight);
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from));
            a += low * times;
            b += high * times;
            (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, 16));
            c += low * times;
            d += high * times;
            (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, 32));
            e += low * times;
            f += high * times;
            (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, 48));
            g += low * times;
            h += high * times;
            from = ref Unsafe.AddByteOffset(ref from, stride);
        }
        a.StoreUnsafe(ref to);
        b.StoreUnsafe(ref to, 8);
        c.StoreUnsafe(ref to, 16);
        d.StoreUnsafe(ref to, 24);
        e.StoreUnsafe(ref to, 32);
        f.StoreUnsafe(ref to, 40);
        g.StoreUnsafe(ref to, 48);
        h.StoreUnsafe(ref to, 56);
    }

    /// <summary>Weights in 1/256 whose sum is exactly 256, so that 255 * 256 still fits 16 bits and white stays white.</summary>
    private ReadOnlySpan<ushort> Quantise(ReadOnlySpan<float> weights)
    {
        if (_rowWeights.Length < weights.Length)
        {
            _rowWeights = new ushort[weights.Length];
        }
        var sum = 0f;
        var given = 0;
        for (var t = 0; t < weights.Length; t++)
        {
            // Each weight is the difference of two rounded running sums, so the errors never add up.
            sum += weights[t];
            var upTo = t == weights.Length - 1 ? 256 : Math.Clamp((int)MathF.Round(sum * 256), given, 256);
            _rowWeights[t] = (ushort)(upTo - given);
            given = upTo;
        }
        return _rowWeights.AsSpan(0, weights.Length);
    }
}
