using FaceEdge.Gallery;

namespace FaceEdge.Evaluation;

/// <summary>Makes a <see cref="Calibration"/> of scores.</summary>
/// <param name="scores">Everybody against everybody.</param>
internal sealed class Calibrator(TemplateScores scores)
{
    /// <summary>Parts that people are dealt into to see how a calibration holds on people it was not made of.</summary>
    public const int Folds = 5;

    private static readonly double[] Slopes = [0, 0.0025, 0.005, 0.0075, 0.010, 0.0125, 0.015, 0.0175, 0.020, 0.0225, 0.025];

    private readonly int[] _fold = Deal(scores.People.Length);

    /// <summary>The part of a person.</summary>
    public int FoldOf(int person) => _fold[person];

    /// <summary>
    /// The calibration of all people but those of one part, with the slope that misses the fewest known people at a false positive rate, if that
    /// is clearly less than without.
    /// </summary>
    /// <param name="falsePositiveRate">The rate that the slope is chosen for.</param>
    /// <param name="without">A part to leave out; -1 for none.</param>
    public Calibration Fit(double falsePositiveRate, int without = -1)
    {
        Calibration[] candidates = [.. Slopes.Select(slope => FitTail(slope, without))];
        double[] missed = [.. candidates.Select(candidate => Missed(candidate, falsePositiveRate, without))];
        // Missing one known photo in 2,000 more is within chance: the smallest slope that is as good.
        double best = missed.Min() + 0.0005;
        return candidates[Array.FindIndex(missed, rate => rate <= best)];
    }

    /// <summary>The calibration with a given slope.</summary>
    public Calibration FitTail(double slope, int without = -1)
    {
        ScoredProbe[] probes = [.. scores.Probes.Where(probe => _fold[probe.Person] != without)];
        double mean = probes.Average(static probe => (double)probe.Evidence);
        double deviation = Math.Sqrt(probes.Average(probe => Math.Pow(probe.Evidence - mean, 2)));
        var unfitted = new Calibration(0, 0, 0, Round(mean), Round(deviation), slope);
        long total = 0;
        var adjusted = new List<float>();
        int left = _fold.Count(fold => fold == without);
        foreach (ScoredProbe probe in probes)
        {
            total += scores.People.Length - 1 - left;
            float offset = unfitted.Offset(probe.Evidence);
            adjusted.AddRange(probe.Impostors
                .Where(impostor => _fold[impostor.Person] != without)
                .Select(impostor => impostor.Similarity - offset - unfitted.Offset(scores.TemplateEvidence[impostor.Person])));
        }

        float[] falling = [.. adjusted];
        Array.Sort(falling);
        Array.Reverse(falling);
        (double body, double shape, double scale) = TailFit.Of(falling, total);
        return unfitted with { Body = Round(body), Shape = Round(shape), Scale = Round(scale) };
    }

    /// <summary>Share of known people missed at the threshold for a gallery of everybody.</summary>
    public double Missed(Calibration calibration, double falsePositiveRate, int without = -1) =>
        new IdentificationRates(scores, calibration).Fnmr(
            calibration.ThresholdFor(scores.People.Length, falsePositiveRate), probe => _fold[probe.Person] != without);

    private static double Round(double value) => Math.Round(value, 4);

    private static int[] Deal(int people)
    {
        int[] order = SeededOrder.Shuffle([.. Enumerable.Range(0, people)], 1);
        var fold = new int[people];
        for (int i = 0; i < people; i++)
        {
            fold[order[i]] = i % Folds;
        }

        return fold;
    }
}
