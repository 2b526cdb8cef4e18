namespace FaceEdge.Evaluation;

/// <summary>
/// Scores (-1..1) counted in bins of 2^-17, so that any number of pairs fits in 2 MB, sums up in any order to the same, and is exact to
/// a hundred-thousandth. A bin's lower edge stands for its scores.
/// </summary>
internal sealed class ScoreHistogram
{
    private const int BinsPerUnit = 1 << 17;

    private readonly long[] _counts = new long[(2 * BinsPerUnit) + 1];

    /// <summary>Scores counted.</summary>
    public long Total { get; private set; }

    /// <summary>Counts one score; one outside -1..1, as rounding makes them, counts as the nearest.</summary>
    public void Add(float score)
    {
        _counts[Math.Clamp((int)Math.Floor((score + 1.0) * BinsPerUnit), 0, _counts.Length - 1)]++;
        Total++;
    }

    /// <summary>Counts all scores of another.</summary>
    public void Add(ScoreHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Total += other.Total;
    }

    /// <summary>Scores of at least a threshold that lies on a bin's edge, as those of <see cref="ThresholdFor"/> do.</summary>
    public long CountFrom(double threshold)
    {
        int first = Math.Clamp((int)Math.Ceiling((threshold + 1) * BinsPerUnit), 0, _counts.Length);
        long count = 0;
        for (int i = first; i < _counts.Length; i++)
        {
            count += _counts[i];
        }

        return count;
    }

    /// <summary>Share of the scores of at least a threshold, 0..1; 0 of none.</summary>
    public double RateFrom(double threshold) => Total > 0 ? (double)CountFrom(threshold) / Total : 0;

    /// <summary>The lowest bin's edge from which on at most that share of the scores lies.</summary>
    /// <param name="rate">0..1.</param>
    public double ThresholdFor(double rate)
    {
        long allowed = (long)Math.Floor(rate * Total * (1 + 1e-12));
        long count = 0;
        for (int i = _counts.Length - 1; i >= 0; i--)
        {
            count += _counts[i];
            if (count > allowed)
            {
                return EdgeOf(i + 1);
            }
        }

        return -1;
    }

    private static double EdgeOf(int bin) => ((double)bin / BinsPerUnit) - 1;
}
