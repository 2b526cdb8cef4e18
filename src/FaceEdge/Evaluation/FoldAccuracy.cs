namespace FaceEdge.Evaluation;

/// <summary>A pair that was compared.</summary>
/// <param name="Fold">Its part of the data.</param>
/// <param name="Score">The higher, the more alike.</param>
/// <param name="Same">Whether it is one person.</param>
internal readonly record struct ScoredPair(int Fold, float Score, bool Same);

/// <summary>
/// Accuracy by cross-validation, as LFW's protocol asks (Huang et al. 2007): each fold is judged by the threshold that was best on all
/// the others.
/// </summary>
/// <param name="Folds">Accuracy of each fold, 0..1, in the order of their numbers.</param>
/// <param name="Thresholds">The threshold each was judged by.</param>
internal sealed record FoldAccuracy(double[] Folds, double[] Thresholds)
{
    /// <summary>Mean over the folds.</summary>
    public double Mean => Folds.Average();

    /// <summary>Sample standard deviation (n - 1) over the folds; 0 for one fold.</summary>
    public double StandardDeviation =>
        Folds.Length > 1 ? Math.Sqrt(Folds.Sum(fold => (fold - Mean) * (fold - Mean)) / (Folds.Length - 1)) : 0;

    /// <summary>Standard error of the mean.</summary>
    public double StandardError => StandardDeviation / Math.Sqrt(Folds.Length);

    /// <summary>Judges pairs.</summary>
    /// <param name="pairs">Of at least two folds.</param>
    /// <exception cref="EvaluationException">There are fewer than two folds.</exception>
    public static FoldAccuracy Of(IReadOnlyList<ScoredPair> pairs)
    {
        int[] numbers = [.. pairs.Select(static pair => pair.Fold).Distinct().Order()];
        if (numbers.Length < 2)
        {
            throw new EvaluationException("cross-validation needs pairs of at least two folds that could be compared");
        }

        double[] thresholds = [.. numbers.Select(number => BestThreshold(pairs.Where(pair => pair.Fold != number)))];
        double[] folds = [.. numbers.Select((number, i) => pairs.Where(pair => pair.Fold == number)
            .Average(pair => (pair.Score >= thresholds[i]) == pair.Same ? 1.0 : 0.0))];
        return new FoldAccuracy(folds, thresholds);
    }

    /// <summary>
    /// The threshold with the most pairs right: half-way between two neighbouring scores; of several equally good ones the middle one.
    /// </summary>
    public static double BestThreshold(IEnumerable<ScoredPair> pairs)
    {
        ScoredPair[] ordered = [.. pairs.OrderBy(static pair => pair.Score)];
        // Below all scores every pair is "the same"; each score passed turns its pair into "different".
        int right = ordered.Count(static pair => pair.Same);
        int best = right;
        List<double> thresholds = [ordered[0].Score - 1e-3];
        for (int i = 0; i < ordered.Length; i++)
        {
            right += ordered[i].Same ? -1 : 1;
            bool last = i == ordered.Length - 1;
            if (!last && ordered[i + 1].Score == ordered[i].Score)
            {
                continue; // No threshold tells equal scores apart.
            }

            if (right > best)
            {
                best = right;
                thresholds.Clear();
            }

            if (right == best)
            {
                thresholds.Add(last ? ordered[i].Score + 1e-3 : ((double)ordered[i].Score + ordered[i + 1].Score) / 2);
            }
        }

        return thresholds[thresholds.Count / 2];
    }
}
