using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaceEdge.Imaging;

/// <summary>
/// Runs over the blocks of a JPEG's entropy-coded data (ITU-T T.81, F.2.2 and G.2) and says whether they can be what an encoder wrote: every
/// code exists, no block has more than 64 coefficients, none is larger than a picture can give. libjpeg looks at the first of these only.
/// </summary>
internal static unsafe class JpegBlocks
{
    /// <summary>The first coefficient, or its upper bits.</summary>
    /// <param name="bits">The data.</param>
    /// <param name="component">Whose.</param>
    /// <param name="table">Its codes.</param>
    /// <param name="low">The lower bits that come later.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool RunDc(ref JpegBits bits, ref JpegComponent component, ref HuffmanTable table, int low)
    {
        bits.Fill();
        uint entry = table.Look[bits.Next >> (64 - HuffmanTable.LookBits)];
        if (entry == 0 && (entry = table.FindLong(bits.Next)) == HuffmanTable.NoCode)
        {
            return false;
        }

        component.Dc += HuffmanTable.Value(bits.Next, entry);
        bits.Skip((int)entry & 31);
        return Math.Abs(component.Dc << low) <= component.DcLimit;
    }

    /// <summary>The upper bits of some coefficients of a progressive picture.</summary>
    /// <param name="bits">The data.</param>
    /// <param name="component">Whose.</param>
    /// <param name="ac">Its codes.</param>
    /// <param name="scan">Which.</param>
    /// <param name="nonZero">The block's coefficients that are not zero.</param>
    /// <param name="empty">Blocks from this one on that have no more.</param>
    internal static bool RunAc(ref JpegBits bits, ref JpegComponent component, ref HuffmanTable ac, in JpegScan scan, ref ulong nonZero, ref int empty)
    {
        if (empty > 0)
        {
            empty--;
            return true;
        }

        for (int k = scan.First; k <= scan.Last; k++)
        {
            bits.Fill();
            uint entry = ac.Look[bits.Next >> (64 - HuffmanTable.LookBits)];
            if (entry == 0 && (entry = ac.FindLong(bits.Next)) == HuffmanTable.NoCode)
            {
                return false;
            }

            bits.Skip((int)entry & 31);
            int size = (int)(entry >> 5) & 15, zeros = (int)(entry >> 9);
            if (size == 0)
            {
                if (zeros != 15)
                {
                    empty = (1 << zeros) - 1 + (zeros > 0 ? bits.Take(zeros) : 0);
                    break;
                }
            }
            else if (k + zeros > scan.Last || component.Energy[(16 * (k + zeros)) + Math.Min(15, size + scan.Low)] > JpegComponent.MostEnergy)
            {
                return false;
            }
            else
            {
                nonZero |= 1UL << (k + zeros);
            }

            k += zeros;
        }

        return true;
    }

    /// <summary>One more bit of some coefficients of a progressive picture (G.1.2.3).</summary>
    /// <param name="bits">The data.</param>
    /// <param name="ac">Its codes.</param>
    /// <param name="scan">Which.</param>
    /// <param name="nonZero">The block's coefficients that are not zero.</param>
    /// <param name="empty">Blocks from this one on that have no more.</param>
    internal static bool RunAcRefinement(ref JpegBits bits, ref HuffmanTable ac, in JpegScan scan, ref ulong nonZero, ref int empty)
    {
        int k = scan.First;
        while (empty == 0 && k <= scan.Last)
        {
            bits.Fill();
            uint entry = ac.Look[bits.Next >> (64 - HuffmanTable.LookBits)];
            if (entry == 0 && (entry = ac.FindLong(bits.Next)) == HuffmanTable.NoCode)
            {
                return false;
            }

            bits.Skip((int)entry & 31);
            int size = (int)(entry >> 5) & 15, zeros = (int)(entry >> 9);
            if (size > 1)
            {
                return false; // only a one can be new
            }

            if (size == 0 && zeros != 15)
            {
                empty = (1 << zeros) + (zeros > 0 ? bits.Take(zeros) : 0);
                break;
            }

            // Over so many that are still zero; those that are not have a bit each.
            for (; k <= scan.Last; k++)
            {
                if ((nonZero >> k & 1) != 0)
                {
                    bits.Take(1);
                }
                else if (--zeros < 0)
                {
                    break;
                }
            }

            if (size == 1)
            {
                if (k > scan.Last)
                {
                    return false;
                }

                nonZero |= 1UL << k;
            }

            k++;
        }

        if (empty > 0)
        {
            empty--;
            ulong rest = k <= scan.Last ? nonZero >> k << k & (ulong.MaxValue >> (63 - scan.Last)) : 0;
            for (int count = BitOperations.PopCount(rest); count > 0; count -= 16)
            {
                bits.Take(Math.Min(count, 16));
            }
        }

        return true;
    }
}
