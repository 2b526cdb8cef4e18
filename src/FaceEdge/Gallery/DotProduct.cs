using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace FaceEdge.Gallery;

/// <summary>
/// The two inner loops of a search. Vectors of 128 bits everywhere: Native AOT fixes anything wider for the whole program when it is
/// compiled (Avx.IsSupported is false in a binary that also runs on processors without), and on 4 bits a number these loops are about
/// as fast as memory. SSSE3 and Neon belong to the processors we build for; the dot product of ARMv8.2 is asked for when it runs.
/// </summary>
internal static unsafe class DotProduct
{
    /// <summary>Vectors that 16-bit sums hold: each adds at most 4 * 15 * 127 = 7,620 to a lane.</summary>
    private const int VectorsInShorts = 4;

    /// <summary>The sums of 4-bit levels (<see cref="NibbleCode"/>) times the probe's levels, of four rows one after another.</summary>
    /// <param name="rows">Four rows of <paramref name="vectors"/> * 16 bytes.</param>
    /// <param name="probe">32 levels a vector.</param>
    /// <param name="vectors">Vectors in a row.</param>
    public static Vector128<int> OfFour(byte* rows, sbyte* probe, int vectors)
    {
        nint stride = (nint)vectors * 16;
        Vector128<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        if (Dp.IsSupported)
        {
            for (int vector = 0; vector < vectors; vector++, rows += 16, probe += 32)
            {
                Vector128<sbyte> low = Vector128.Load(probe);
                Vector128<sbyte> high = Vector128.Load(probe + 16);
                sum0 = AddProducts(sum0, rows, low, high);
                sum1 = AddProducts(sum1, rows + stride, low, high);
                sum2 = AddProducts(sum2, rows + (2 * stride), low, high);
                sum3 = AddProducts(sum3, rows + (3 * stride), low, high);
            }
        }
        else
        {
            for (int left = vectors; left > 0; left -= VectorsInShorts)
            {
                Vector128<short> part0 = default, part1 = default, part2 = default, part3 = default;
                for (int vector = Math.Min(left, VectorsInShorts); vector > 0; vector--, rows += 16, probe += 32)
                {
                    Vector128<sbyte> low = Vector128.Load(probe);
                    Vector128<sbyte> high = Vector128.Load(probe + 16);
                    part0 += Products(rows, low, high);
                    part1 += Products(rows + stride, low, high);
                    part2 += Products(rows + (2 * stride), low, high);
                    part3 += Products(rows + (3 * stride), low, high);
                }

                sum0 += AddPairs(part0);
                sum1 += AddPairs(part1);
                sum2 += AddPairs(part2);
                sum3 += AddPairs(part3);
            }
        }

        return AddPairs(AddPairs(sum0, sum1), AddPairs(sum2, sum3));
    }

    /// <summary>The dot product of two float vectors, computed in doubles: off by less than length * 2^-52 of the product of their lengths.</summary>
    public static double OfFloats(float* a, float* b, int length)
    {
        Vector128<double> even = default, odd = default, even2 = default, odd2 = default;
        int i = 0;
        for (; i + 8 <= length; i += 8)
        {
            (Vector128<double> a0, Vector128<double> a1) = Vector128.Widen(Vector128.Load(a + i));
            (Vector128<double> b0, Vector128<double> b1) = Vector128.Widen(Vector128.Load(b + i));
            even += a0 * b0;
            odd += a1 * b1;
            (a0, a1) = Vector128.Widen(Vector128.Load(a + i + 4));
            (b0, b1) = Vector128.Widen(Vector128.Load(b + i + 4));
            even2 += a0 * b0;
            odd2 += a1 * b1;
        }

        double sum = Vector128.Sum(even + odd + (even2 + odd2));
        for (; i < length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Low(Vector128<byte> codes) => codes & Vector128.Create((byte)15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> High(Vector128<byte> codes) => Low(Vector128.ShiftRightLogical(codes.AsUInt16(), 4).AsByte());

    /// <summary>Adds the products of 32 levels to four sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddProducts(Vector128<int> sum, byte* row, Vector128<sbyte> low, Vector128<sbyte> high)
    {
        Vector128<byte> codes = Vector128.Load(row);
        return Dp.DotProduct(Dp.DotProduct(sum, Low(codes).AsSByte(), low), Vector128.ShiftRightLogical(codes, 4).AsSByte(), high);
    }

    /// <summary>The products of 32 levels in eight sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Products(byte* row, Vector128<sbyte> low, Vector128<sbyte> high)
    {
        Vector128<byte> codes = Vector128.Load(row);
        if (Ssse3.IsSupported)
        {
            return Ssse3.MultiplyAddAdjacent(Low(codes), low) + Ssse3.MultiplyAddAdjacent(High(codes), high);
        }

        Vector128<sbyte> first = Low(codes).AsSByte();
        Vector128<sbyte> second = High(codes).AsSByte();
        if (AdvSimd.IsSupported)
        {
            Vector128<short> sum = AdvSimd.MultiplyWideningLower(first.GetLower(), low.GetLower());
            sum = AdvSimd.MultiplyWideningUpperAndAdd(sum, first, low);
            sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, second.GetLower(), high.GetLower());
            return AdvSimd.MultiplyWideningUpperAndAdd(sum, second, high);
        }

        return (Vector128.WidenLower(first) * Vector128.WidenLower(low)) + (Vector128.WidenUpper(first) * Vector128.WidenUpper(low))
            + (Vector128.WidenLower(second) * Vector128.WidenLower(high)) + (Vector128.WidenUpper(second) * Vector128.WidenUpper(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddPairs(Vector128<short> sums) =>
        Sse2.IsSupported ? Sse2.MultiplyAddAdjacent(sums, Vector128<short>.One)
        : AdvSimd.IsSupported ? AdvSimd.AddPairwiseWidening(sums)
        : Vector128.WidenLower(sums) + Vector128.WidenUpper(sums);

    /// <summary>Sums of neighbours, those of <paramref name="a"/> first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddPairs(Vector128<int> a, Vector128<int> b) =>
        Ssse3.IsSupported ? Ssse3.HorizontalAdd(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.AddPairwise(a, b)
        : Vector128.Create(a[0] + a[1], a[2] + a[3], b[0] + b[1], b[2] + b[3]);
}
