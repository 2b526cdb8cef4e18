using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaceEdge.Gallery;

/// <summary>
/// A row in an eighth of its size, with what is needed to bound its dot product with any probe. A number x becomes 4 bits u = 0..15
/// that stand for x' = scale * (u - 7.5), a probe p becomes 8 bits v = -127..127 that stand for p' = probeScale * v. By
/// Cauchy-Schwarz, x.p = x'.p' + (x - x').p' + x.(p - p') is at most
/// <code>scale * probeScale * sum((u - 7.5) * v) + |x - x'| * |p'| + |x| * |p - p'|</code>
/// for whatever x and p are, so a row whose bound is under a score already found is not the best and its floats need not be read.
/// </summary>
/// <remarks>
/// What is computed in floats is rounded, so the norms are made larger by more than rounding can take away. A sum of d squares is
/// off by less than (d + 1) * 2^-24 of itself in whatever order it is added, its root by half of that (N. Higham, "Accuracy and
/// Stability of Numerical Algorithms", section 3.1); one number's loss by less than 2^-23 of the number; the eight products and sums
/// of the bound by less than 2^-21 of the product of the lengths. Outside of <see cref="SmallestNorm"/>..<see cref="LargestNorm"/>
/// squares may underflow or overflow: there the bound is infinite.
/// When the length is one more than a multiple of 32, the last number stays a float (<see cref="CodedLength"/>): it would take 16
/// bytes otherwise, and it is where a Euclidean gallery has the square of the norm, far larger than the rest.
/// </remarks>
internal static class NibbleCode
{
    /// <summary>Numbers in a vector of 16 bytes: 16 in the low halves of the bytes, the next 16 in the high halves.</summary>
    public const int VectorLength = 32;

    private const float SmallestNorm = 1e-9f;
    private const float LargestNorm = 1e9f;
    private const float SmallestStep = 1e-12f;

    /// <summary>Step between two of 16 levels with the least mean square error for normally distributed numbers of variance 1.</summary>
    /// <remarks>J. Max, "Quantizing for minimum distortion", IRE Transactions on Information Theory 6(1), 1960, table II.</remarks>
    private const float NormalStep = 0.3352f;

    private const float Middle = 7.5f;
    private const float MaxProbeLevel = 127;
    private const float Slack = 1f / (1 << 19);
    private const float NumberRounding = 1f / (1 << 22);

    /// <summary>How many of an encoding's numbers become 4 bits: all, or all but the last.</summary>
    public static int CodedLength(int dimensions) => dimensions > 1 && dimensions % VectorLength == 1 ? dimensions - 1 : dimensions;

    /// <summary>Vectors of 16 bytes that so many numbers take.</summary>
    public static int Vectors(int codedLength) => (codedLength + VectorLength - 1) / VectorLength;

    /// <summary>Encodes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="code">Gets <see cref="Vectors"/> times 16 bytes.</param>
    /// <param name="norm">The row's length or more.</param>
    /// <param name="residual">The length of what the code loses, or more; infinite when no bound can be given.</param>
    /// <returns>The scale.</returns>
    public static float Encode(ReadOnlySpan<float> row, Span<byte> code, out float norm, out float residual)
    {
        code.Clear();
        float length = TensorPrimitives.Norm(row);
        float largest = Magnitude.Largest(row);
        norm = length * Rounding(row.Length);
        residual = 0;
        if (largest == 0)
        {
            return 0;
        }

        if (!(norm is >= SmallestNorm and <= LargestNorm))
        {
            residual = float.PositiveInfinity;
            return 0;
        }

        // Normal numbers lose least with their own step, lopsided ones (a few large, the rest small) with the step that holds the largest.
        if (CodedLength(row.Length) < row.Length)
        {
            row = row[..CodedLength(row.Length)];
            (length, largest) = (TensorPrimitives.Norm(row), Magnitude.Largest(row));
        }

        float normal = NormalStep * length / MathF.Sqrt(row.Length);
        float wide = largest / Middle;
        if (wide > 0 && !(normal >= SmallestStep))
        {
            residual = float.PositiveInfinity; // Lost beside the last number.
            return 0;
        }

        float scale = 0;
        if (wide > 0)
        {
            float normalLoss = Loss(row, normal);
            float wideLoss = Loss(row, wide);
            (scale, residual) = normalLoss <= wideLoss ? (normal, MathF.Sqrt(normalLoss)) : (wide, MathF.Sqrt(wideLoss));
            Pack(row, scale, code);
        }

        residual = ((residual * Rounding(row.Length)) + (norm * NumberRounding)) * Rounding(0);
        return scale;
    }

    /// <summary>Encodes a probe.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="code">Gets <see cref="Vectors"/> times 32 numbers -127..127.</param>
    /// <param name="norm">The length of what the code stands for, or more.</param>
    /// <param name="residual">
    /// The length of what the code loses, and what the bound's own rounding comes to in a row of length 1, or more; infinite when no
    /// bound can be given.
    /// </param>
    /// <returns>The scale.</returns>
    public static float EncodeProbe(ReadOnlySpan<float> probe, Span<sbyte> code, out float norm, out float residual)
    {
        code.Clear();
        float length = TensorPrimitives.Norm(probe) * Rounding(probe.Length);
        (norm, residual) = (0, 0);
        if (Magnitude.Largest(probe) == 0)
        {
            return 0;
        }

        probe = probe[..CodedLength(probe.Length)];
        float scale = Magnitude.Largest(probe) / MaxProbeLevel;
        if (!(length is >= SmallestNorm and <= LargestNorm) || scale is not (0 or >= SmallestStep))
        {
            residual = float.PositiveInfinity;
            return 0;
        }

        double squares = 0;
        double loss = 0;
        for (int i = 0; i < probe.Length && scale > 0; i++)
        {
            double level = Math.Clamp(Math.Round((double)probe[i] / scale), -MaxProbeLevel, MaxProbeLevel);
            code[i] = (sbyte)level;
            squares += level * scale * level * scale;
            loss += (probe[i] - (level * scale)) * (probe[i] - (level * scale));
        }

        norm = (float)Math.Sqrt(squares) * Rounding(0);
        residual = (((float)Math.Sqrt(loss) * Rounding(0)) + (length * Slack)) * Rounding(0);
        return scale;
    }

    /// <summary>A factor above what rounding takes away from the length of a vector computed in floats, in whatever order.</summary>
    private static float Rounding(int length) => 1 + Slack + (length / (float)(1 << 25));

    /// <summary>The sum of the squares of what the code with this scale loses.</summary>
    private static float Loss(ReadOnlySpan<float> row, float scale)
    {
        float inverse = 1 / scale;
        Vector128<float> sum = default;
        int i = 0;
        for (; i + Vector128<float>.Count <= row.Length; i += Vector128<float>.Count)
        {
            Vector128<float> x = Vector128.Create(row[i..]);
            Vector128<float> lost = x - ((Vector128.ConvertToSingle(Level(x, inverse)) - Vector128.Create(Middle)) * scale);
            sum += lost * lost;
        }

        float total = Vector128.Sum(sum);
        for (; i < row.Length; i++)
        {
            float lost = row[i] - ((Level(Vector128.CreateScalar(row[i]), inverse)[0] - Middle) * scale);
            total += lost * lost;
        }

        return total;
    }

    private static void Pack(ReadOnlySpan<float> row, float scale, Span<byte> code)
    {
        float inverse = 1 / scale;
        Span<byte> levels = stackalloc byte[code.Length * 2];
        levels.Clear();
        int i = 0;
        for (; i + 16 <= row.Length; i += 16)
        {
            Vector128<short> low = Vector128.Narrow(Level(Vector128.Create(row[i..]), inverse), Level(Vector128.Create(row[(i + 4)..]), inverse));
            Vector128<short> high = Vector128.Narrow(Level(Vector128.Create(row[(i + 8)..]), inverse), Level(Vector128.Create(row[(i + 12)..]), inverse));
            Vector128.Narrow(low.AsUInt16(), high.AsUInt16()).CopyTo(levels[i..]);
        }

        for (; i < row.Length; i++)
        {
            levels[i] = (byte)Level(Vector128.CreateScalar(row[i]), inverse)[0];
        }

        for (i = 0; i < code.Length; i += 16)
        {
            Vector128<byte> low = Vector128.Create<byte>(levels[(2 * i)..]);
            Vector128<byte> high = Vector128.Create<byte>(levels[((2 * i) + 16)..]);
            (low | Vector128.ShiftLeft(high.AsUInt16(), 4).AsByte()).CopyTo(code[i..]);
        }
    }

    /// <summary>0..15, the level nearest to x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Level(Vector128<float> x, float inverseScale)
    {
        Vector128<float> level = (x * inverseScale) + Vector128.Create(Middle + 0.5f);
        return Vector128.ConvertToInt32Native(Vector128.MinNative(Vector128.MaxNative(level, default), Vector128.Create(15f)));
    }
}
