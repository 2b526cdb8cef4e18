namespace FaceEdge.Evaluation;

/// <summary>One working point of a verification (1:1), in the terms of ISO/IEC 19795-1.</summary>
/// <param name="Fmr">Asked: false match rate, the share of pairs of two people that score at least the threshold (also called FAR).</param>
/// <param name="Threshold">The lowest threshold that keeps it.</param>
/// <param name="Fnmr">False non-match rate there: the share of pairs of one person that score less.</param>
/// <param name="Impostors">Pairs of two people at or above the threshold: the fewer, the less sure the figure.</param>
internal sealed record WorkingPoint(double Fmr, double Threshold, double Fnmr, long Impostors)
{
    /// <summary>True positive rate (1 - FNMR), as the face recognition literature gives it.</summary>
    public double Tpr => 1 - Fnmr;
}

/// <summary>Genuine and impostor scores of a set of photos.</summary>
/// <param name="Genuine">Of pairs of one person.</param>
/// <param name="Impostor">Of pairs of two people.</param>
internal sealed record Verification(ScoreHistogram Genuine, ScoreHistogram Impostor)
{
    private const int PointsPerDecade = 10;

    /// <summary>The working point at a false match rate; null when there are too few pairs for even one to be falsely matched.</summary>
    public WorkingPoint? At(double fmr)
    {
        if (Genuine.Total == 0 || fmr * Impostor.Total * (1 + 1e-12) < 1)
        {
            return null;
        }

        double threshold = Impostor.ThresholdFor(fmr);
        return new WorkingPoint(fmr, threshold, 1 - Genuine.RateFrom(threshold), Impostor.CountFrom(threshold));
    }

    /// <summary>The working points for a plot, ten a decade, from the lowest false match rate that can be measured to 1.</summary>
    public IEnumerable<WorkingPoint> Roc()
    {
        int decades = Impostor.Total > 0 ? (int)Math.Floor(Math.Log10(Impostor.Total)) : 0;
        for (int i = -decades * PointsPerDecade; i <= 0; i++)
        {
            if (At(Math.Pow(10, (double)i / PointsPerDecade)) is { } point)
            {
                yield return point;
            }
        }
    }
}
