using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceEdge.Imaging;

/// <summary>
/// Scales RGB pictures to any size. An axis that shrinks is averaged over the area each new pixel covers (as OpenCV's INTER_AREA), one
/// that grows is interpolated linearly between pixel centres (as INTER_LINEAR).
/// </summary>
public static class Resampler
{
    /// <summary>Scales a packed 8-bit RGB picture (stride = 3 * width).</summary>
    /// <param name="source">3 * <paramref name="sw"/> * <paramref name="sh"/> bytes.</param>
    /// <param name="sw">Width of the source, at least 1.</param>
    /// <param name="sh">Height of the source, at least 1.</param>
    /// <param name="destination">3 * <paramref name="dw"/> * <paramref name="dh"/> bytes; not overlapping the source.</param>
    /// <param name="dw">Width of the destination, at least 1.</param>
    /// <param name="dh">Height of the destination, at least 1.</param>
    /// <exception cref="ArgumentException">A size under 1, or a span too short.</exception>
    public static void Resize(ReadOnlySpan<byte> source, int sw, int sh, Span<byte> destination, int dw, int dh) =>
        Resize(source, 3 * sw, sw, sh, destination, dw, dh);

    /// <summary>As the other, for a rectangle of a larger picture whose rows lie <paramref name="stride"/> bytes apart.</summary>
    /// <inheritdoc cref="Resize(ReadOnlySpan{byte}, int, int, Span{byte}, int, int)"/>
    public static void Resize(ReadOnlySpan<byte> source, int stride, int sw, int sh, Span<byte> destination, int dw, int dh)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(sw, sh), 1, nameof(sw));
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(dw, dh), 1, nameof(dw));
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 3 * sw);
        if (source.Length < (long)stride * (sh - 1) + 3 * sw || destination.Length < 3L * dw * dh)
        {
            throw new ArgumentException("The pixels are fewer than the size says.");
        }
        // Vertical first: that pass touches every source byte and runs along rows, so it is the one worth vector instructions.
        using var columns = new Taps(sw, dw);
        using var rows = new Taps(sh, dh);
        var line = ArrayPool<float>.Shared.Rent(3 * sw);
        var sums = line.AsSpan(0, 3 * sw);
        for (var y = 0; y < dh; y++)
        {
            sums.Clear();
            var first = rows.First(y);
            var weights = rows.Weights(y);
            for (var k = 0; k < weights.Length; k++)
            {
                Accumulate(source.Slice((first + k) * stride, 3 * sw), weights[k], sums);
            }
            for (var x = 0; x < dw; x++)
            {
                first = columns.First(x);
                weights = columns.Weights(x);
                var pixels = sums.Slice(3 * first, 3 * weights.Length);
                float r = 0.5f, g = 0.5f, b = 0.5f;
                for (var k = 0; k < weights.Length; k++)
                {
                    r += weights[k] * pixels[3 * k];
                    g += weights[k] * pixels[3 * k + 1];
                    b += weights[k] * pixels[3 * k + 2];
                }
                var to = destination.Slice(3 * (y * dw + x), 3);
                (to[0], to[1], to[2]) = ((byte)r, (byte)g, (byte)b); // weights sum to 1, so 0.5 <= r < 256
            }
        }
        ArrayPool<float>.Shared.Return(line);
    }

    /// <summary>sums += weight * row.</summary>
    private static void Accumulate(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        var weights = Vector128.Create(weight);
        var i = 0;
        for (; i <= row.Length - 16; i += 16)
        {
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, (nuint)i));
            var (a, b) = Vector128.Widen(low);
            var (c, d) = Vector128.Widen(high);
            Add(ref to, i, a, weights);
            Add(ref to, i + 4, b, weights);
            Add(ref to, i + 8, c, weights);
            Add(ref to, i + 12, d, weights);
        }
        for (; i < row.Length; i++)
        {
            sums[i] += weight * row[i];
        }
    }

    private static void Add(ref float sums, int index, Vector128<uint> values, Vector128<float> weights) =>
        (Vector128.LoadUnsafe(ref sums, (nuint)index) + Vector128.ConvertToSingle(values.AsInt32()) * weights)
            .StoreUnsafe(ref sums, (nuint)index);

    /// <summary>For every new pixel along one axis: the first old pixel it takes from, and the weights of that one and those after it.</summary>
    private readonly ref struct Taps : IDisposable
    {
        private readonly int _most;
        private readonly int[] _first;
        private readonly int[] _count;
        private readonly float[] _weights;

        internal Taps(int from, int to)
        {
            var scale = (double)from / to;
            _most = (int)Math.Ceiling(Math.Max(scale, 1)) + 1;
            _first = ArrayPool<int>.Shared.Rent(to);
            _count = ArrayPool<int>.Shared.Rent(to);
            _weights = ArrayPool<float>.Shared.Rent(to * _most);
            for (var i = 0; i < to; i++)
            {
                var weights = _weights.AsSpan(i * _most, _most);
                (_first[i], _count[i]) = scale > 1 ? Area(i, from, to, weights) : Linear(i, from, scale, weights);
            }
        }

        internal int First(int i) => _first[i];

        internal ReadOnlySpan<float> Weights(int i) => _weights.AsSpan(i * _most, _count[i]);

        public void Dispose()
        {
            ArrayPool<int>.Shared.Return(_first);
            ArrayPool<int>.Shared.Return(_count);
            ArrayPool<float>.Shared.Return(_weights);
        }

        /// <summary>New pixel i covers [i, i + 1) * from / to of the old ones; in whole numbers, so that no sliver comes from rounding.</summary>
        private static (int First, int Count) Area(int i, int from, int to, Span<float> weights)
        {
            // In units of 1 / to of an old pixel: old pixel k is [k * to, (k + 1) * to), new pixel i is [i * from, (i + 1) * from).
            long low = (long)i * from, high = low + from;
            int first = (int)(low / to), last = (int)((high - 1) / to);
            for (var k = first; k <= last; k++)
            {
                var overlap = Math.Min((k + 1L) * to, high) - Math.Max((long)k * to, low);
                weights[k - first] = (float)((double)overlap / from);
            }
            return (first, last - first + 1);
        }

        /// <summary>Between the two old pixels whose centres lie around the new one's; beyond the outermost centres their value stays.</summary>
        private static (int First, int Count) Linear(int i, int from, double scale, Span<float> weights)
        {
            var at = Math.Clamp((i + 0.5) * scale - 0.5, 0, from - 1);
            var first = Math.Min((int)at, Math.Max(from - 2, 0));
            weights[1] = (float)(at - first);
            weights[0] = 1 - weights[1];
            return (first, Math.Min(2, from));
        }
    }
}
