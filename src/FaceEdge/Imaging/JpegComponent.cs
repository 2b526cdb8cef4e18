namespace FaceEdge.Imaging;

/// <summary>One component (Y, Cb, Cr, ...) of a JPEG while <see cref="JpegPictureData"/> runs over its data.</summary>
internal unsafe struct JpegComponent
{
    /// <summary>
    /// The most that the squares of a block's coefficients can add up to, in units of <see cref="Unit"/>: as much as those of its 64 samples of
    /// -128 to 127, scaled by 8 as coefficients are (Parseval), and a quarter of that again for who sharpened it after the fact.
    /// </summary>
    internal const int MostEnergy = 1024 * 1024 / Unit * 5 / 4;

    /// <summary>The same for the first coefficient alone: 1024, and an eighth of that.</summary>
    private const int LargestDc = 1152;

    /// <summary>Makes energies fit into 16 bits.</summary>
    private const int Unit = 64;

    /// <summary>Its name in the scans' headers.</summary>
    internal byte Id;

    /// <summary>Blocks a MCU, side by side.</summary>
    internal int Across;

    /// <summary>Blocks a MCU, one below the other.</summary>
    internal int Down;

    /// <summary>Its table of quantisers.</summary>
    internal byte Quantiser;

    /// <summary>Blocks that it has: those of a scan of its own.</summary>
    internal int BlocksAcross, BlocksDown;

    /// <summary>Blocks from one row to the next in <see cref="NonZero"/>: with those that only fill up the last MCU.</summary>
    internal int Stride;

    /// <summary>The tables of the scan.</summary>
    internal int DcTable, AcTable;

    /// <summary>The last block's first coefficient.</summary>
    internal int Dc;

    /// <summary>How far the first coefficient may go either way, before it is multiplied by its quantiser.</summary>
    internal int DcLimit;

    /// <summary>By place in zigzag order and bits of a coefficient (16 for each place): the square of the smallest that it can stand for.</summary>
    internal fixed ushort Energy[64 * 16];

    /// <summary>By place: the bits that are still to come (Al); <see cref="Unseen"/> where none came.</summary>
    internal fixed byte Missing[64];

    /// <summary>Of a progressive picture, by block: a bit for each coefficient that is not zero.</summary>
    internal ulong* NonZero;

    /// <summary>No scan of that coefficient came yet.</summary>
    internal const byte Unseen = 255;

    /// <summary>Whether every bit of every coefficient came.</summary>
    internal readonly bool IsComplete
    {
        get
        {
            for (int i = 0; i < 64; i++)
            {
                if (Missing[i] != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Sets the limits from a table of quantisers, in zigzag order; 0 is a table that never came.</summary>
    internal void Limit(ReadOnlySpan<ushort> quantisers)
    {
        for (int i = 0; i < 64; i++)
        {
            Energy[16 * i] = 0;
            for (int bits = 1; bits < 16; bits++)
            {
                // The smallest number of so many bits, less the half that it may have been rounded up by.
                float least = ((1 << (bits - 1)) - 0.5f) * quantisers[i];
                Energy[(16 * i) + bits] = (ushort)Math.Min(least * least / Unit, ushort.MaxValue);
            }
        }

        DcLimit = quantisers[0] == 0 ? int.MaxValue : (LargestDc / quantisers[0]) + 1;
    }
}
