using System.Numerics;
using System.Runtime.Intrinsics;

namespace FaceEdge.Gallery;

/// <summary>A row and its exact score: the best known so far.</summary>
/// <param name="Row">The row, or -1 for none.</param>
/// <param name="Score">Its dot product with the probe in doubles.</param>
internal readonly record struct Candidate(int Row, double Score)
{
    /// <summary>No row.</summary>
    public static Candidate None => new(-1, double.NegativeInfinity);

    /// <summary>Of equal scores the lower row is the better.</summary>
    public bool IsBetterThan(Candidate other) => Score > other.Score || (Score == other.Score && Row < other.Row);
}

/// <summary>A probe made ready for a scan. It points into its caller's memory.</summary>
internal readonly unsafe struct ScanProbe
{
    private readonly float* _floats;
    private readonly sbyte* _levels;
    private readonly RowLayout _layout;
    private readonly int _sumOfLevels;
    private readonly float _halfScale;
    private readonly float _norm;
    private readonly float _residual;
    private readonly float _tail;

    /// <summary>Encodes a probe.</summary>
    /// <param name="layout">How the rows lie.</param>
    /// <param name="floats">The probe.</param>
    /// <param name="levels">Room for 32 levels a vector of a row's code.</param>
    public ScanProbe(RowLayout layout, float* floats, sbyte* levels)
    {
        _layout = layout;
        _floats = floats;
        _levels = levels;
        int padded = layout.Vectors * NibbleCode.VectorLength;
        _halfScale = NibbleCode.EncodeProbe(new(floats, layout.Dimensions), new(levels, padded), out _norm, out _residual) / 2;
        _tail = layout.Coded < layout.Dimensions ? floats[layout.Coded] : 0;
        for (int i = 0; i < padded; i++)
        {
            _sumOfLevels += levels[i];
        }
    }

    /// <summary>The better of what is known and what a chunk has.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="firstRow">Number of its first row.</param>
    /// <param name="rows">Rows of it to look at.</param>
    /// <param name="known">A candidate from elsewhere.</param>
    public Candidate Scan(MatrixChunk chunk, int firstRow, int rows, Candidate known)
    {
        for (int first = 0; first < rows; first += MatrixChunk.BlockRows)
        {
            known = ScanBlock(chunk, firstRow, first, Math.Min(rows, first + MatrixChunk.BlockRows), known);
        }

        return known;
    }

    /// <summary>The exact score of one row.</summary>
    public static double Score(MatrixChunk chunk, int row, RowLayout layout, float* probe)
    {
        ref int sequence = ref chunk.Sequences[row / MatrixChunk.BlockRows];
        var spin = new SpinWait();
        while (true)
        {
            int before = Volatile.Read(ref sequence);
            double score = DotProduct.OfFloats(chunk.Floats + ((nint)row * layout.Stride), probe, layout.Dimensions);
            Interlocked.MemoryBarrier();
            if ((before & 1) == 0 && Volatile.Read(ref sequence) == before)
            {
                return score;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private Candidate ScanBlock(MatrixChunk chunk, int firstRow, int first, int end, Candidate known)
    {
        ref int sequence = ref chunk.Sequences[first / MatrixChunk.BlockRows];
        var spin = new SpinWait();
        while (true)
        {
            int before = Volatile.Read(ref sequence);
            if ((before & 1) == 0)
            {
                Candidate best = ScanRows(chunk, firstRow, first, end, known);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref sequence) == before)
                {
                    return best;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Bounds four rows at a time from their codes and computes only those that may reach the best known.</summary>
    private Candidate ScanRows(MatrixChunk chunk, int firstRow, int first, int end, Candidate best)
    {
        Vector128<float> floor = Vector128.Create(RoundDown(best.Score));
        byte* codes = chunk.Codes + ((nint)first * _layout.CodeBytes);
        for (int row = first; row < end; row += 4, codes += 4 * (nint)_layout.CodeBytes)
        {
            Vector128<int> sums = DotProduct.OfFour(codes, _levels, _layout.Vectors);

            // u - 7.5 is half an odd number: twice the sum is whole.
            sums = (sums + sums) - Vector128.Create(15 * _sumOfLevels);
            Vector128<float> bound = (Vector128.ConvertToSingle(sums) * (Vector128.Load(chunk.Scales + row) * _halfScale))
                + (Vector128.Load(chunk.Tails + row) * _tail)
                + (Vector128.Load(chunk.Residuals + row) * _norm)
                + (Vector128.Load(chunk.Norms + row) * _residual);

            // Not "at least": what is no number must be computed, too.
            uint promising = ~Vector128.LessThan(bound, floor).ExtractMostSignificantBits() & 15;
            for (; promising != 0; promising &= promising - 1)
            {
                int promisingRow = row + BitOperations.TrailingZeroCount(promising);
                if (promisingRow >= end)
                {
                    break;
                }

                var candidate = new Candidate(firstRow + promisingRow, Exact(chunk, promisingRow));
                if (candidate.IsBetterThan(best))
                {
                    best = candidate;
                    floor = Vector128.Create(RoundDown(best.Score));
                }
            }
        }

        return best;
    }

    private double Exact(MatrixChunk chunk, int row) =>
        DotProduct.OfFloats(chunk.Floats + ((nint)row * _layout.Stride), _floats, _layout.Dimensions);

    private static float RoundDown(double score)
    {
        float rounded = (float)score;
        return rounded > score ? float.BitDecrement(rounded) : rounded;
    }
}
