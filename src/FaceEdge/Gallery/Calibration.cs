namespace FaceEdge.Gallery;

/// <summary>
/// What was measured of an encoder's impostors (probes against templates of other people), so that a threshold can be computed for any
/// gallery and any false positive rate: docs/decisions/0011 tells how; <c>faceedge evaluate calibrate</c> makes it anew.
/// </summary>
/// <param name="Body">Similarity that one impostor in a hundred reaches (<see cref="TailRate"/>).</param>
/// <param name="Shape">Shape (xi) of the generalised Pareto distribution of what exceeds it; negative: the tail ends somewhere.</param>
/// <param name="Scale">Its scale (sigma), in units of similarity.</param>
/// <param name="EvidenceMean">Mean of the faces' evidence (<c>Face.Evidence</c>).</param>
/// <param name="EvidenceDeviation">Standard deviation of the same.</param>
/// <param name="EvidenceSlope">
/// How much more similar an impostor is for each standard deviation of evidence, of the probe and of the template alike; 0 for an encoder
/// whose evidence tells nothing about that.
/// </param>
public sealed record Calibration(
    double Body, double Shape, double Scale, double EvidenceMean, double EvidenceDeviation, double EvidenceSlope)
{
    /// <summary>
    /// How far above the threshold the encoder's first look alone must be for the second to be left out; infinite for an encoder of which that
    /// was not measured. See docs/decisions/0021.
    /// </summary>
    public double ClearMargin { get; init; } = double.PositiveInfinity;

    /// <summary>Share of the impostors that exceed <see cref="Body"/>.</summary>
    public const double TailRate = 0.01;

    /// <summary>
    /// Evidence further than this many standard deviations from the mean counts as that far. One face in twenty is lower; those of blurred, dark
    /// and small faces are lower still, and the threshold must not follow them down (docs/decisions/0011).
    /// </summary>
    public const double MostDeviations = 1.6;

    /// <summary>The similarity that an impostor reaches with that probability against one template: the quantile of the fitted tail.</summary>
    /// <param name="falseMatchRate">Above 0; more than <see cref="TailRate"/> counts as that.</param>
    public double ThresholdFor(double falseMatchRate)
    {
        double rate = Math.Min(1, falseMatchRate / TailRate);
        return Body + (Math.Abs(Shape) < 1e-9 ? -Scale * Math.Log(rate) : Scale / Shape * (Math.Pow(rate, -Shape) - 1));
    }

    /// <summary>
    /// The similarity from which a stranger is taken for one of so many people with that probability at most: their templates are taken for
    /// independent, which errs on the safe side.
    /// </summary>
    /// <param name="people">1 or more.</param>
    /// <param name="falsePositiveRate">False positive identification rate, 0..1 exclusive.</param>
    public double ThresholdFor(int people, double falsePositiveRate) =>
        ThresholdFor(1 - Math.Pow(1 - falsePositiveRate, 1.0 / people));

    /// <summary>
    /// What a face's evidence adds to the threshold when it is a probe, or when it is (on average) in the template: faces of which the encoder
    /// saw less resemble everybody less, their own person included.
    /// </summary>
    /// <param name="evidence">0 when it is not known, which adds nothing.</param>
    public float Offset(float evidence) => evidence > 0
        ? (float)(EvidenceSlope * Math.Clamp((evidence - EvidenceMean) / EvidenceDeviation, -MostDeviations, MostDeviations))
        : 0;
}
