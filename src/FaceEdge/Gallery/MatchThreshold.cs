namespace FaceEdge.Gallery;

/// <summary>
/// The similarity from which two faces are one person. It follows from the share of strangers that may be taken for someone known and from
/// the number of people: among more people the most similar stranger is more similar, so the bar must rise or strangers are merged.
/// </summary>
public static class MatchThreshold
{
    // Printed by `faceedge evaluate calibrate` on the development half of LFW (docs/decisions/0011).
    private static readonly Calibration Fr512 = new(0.2475, -0.075, 0.0444, 3.6849, 0.4283, 0.0125) { ClearMargin = 0.05 };
    private static readonly Calibration Mfn192 = new(0.3527, -0.125, 0.0528, 70.4144, 8.2162, 0.0125);
    private static readonly Calibration Dlib128 = new(0.4044, -0.055, 0.0327, 128.2742, 33.4945, 0);

    /// <summary>What was measured of an encoder; one that was not measured gets the figures of fr512, without its evidence.</summary>
    /// <param name="encoder">Its name.</param>
    public static Calibration Of(string encoder) => encoder switch
    {
        "fr512" => Fr512,
        "mfn192" => Mfn192,
        "dlib128" => Dlib128,
        _ => Fr512 with { EvidenceSlope = 0, ClearMargin = double.PositiveInfinity },
    };

    /// <summary>The threshold in force for faces of average evidence.</summary>
    /// <param name="encoder">Whose encodings are compared.</param>
    /// <param name="people">People in the gallery, 0 or more.</param>
    /// <param name="options">A fixed threshold, or the rate and the least number of people it must hold for.</param>
    /// <returns>A cosine; for dlib128 1 less a distance.</returns>
    public static float For(string encoder, int people, GalleryOptions options) => options.Threshold > 0
        ? (float)options.Threshold
        : (float)Of(encoder).ThresholdFor(Math.Max(people, options.ExpectedPeople), options.FalsePositiveRate);
}
