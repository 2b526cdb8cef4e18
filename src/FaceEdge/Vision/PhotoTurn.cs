using FaceEdge.Imaging;

namespace FaceEdge.Vision;

/// <summary>
/// Which way a photo without EXIF may lie. The detector finds turned faces, too, and the encoder makes something of them that
/// resembles other turned faces more than the person; but it is surer of upright ones, if only by and large: of 2,000 upright LFW photos
/// 11 % rate higher in another turn. So this only names a candidate; the encoder's evidence decides (docs/decisions/0007).
/// </summary>
internal static class PhotoTurn
{
    /// <summary>Longer side of the copy that is turned and looked at: what the detector sees of a photo anyway.</summary>
    public const int CopySide = FaceDetector.CanvasWidth;

    /// <summary>Score from which a box counts, the detector authors' working point.</summary>
    private const double Threshold = 0.65;

    /// <summary>How much less sure the detector may be of the best other turn for it still to be a candidate, in powers of ten.</summary>
    private const float Slack = 1;

    /// <summary>
    /// A box this much wider than high is a face on its side: upright ones are 0.6 to 1.0. It then counts as a hundred times less sure.
    /// </summary>
    private const float LyingAspect = 1.2f;

    private const float LyingPenalty = 2;

    /// <summary>EXIF's numbers of the turns: clockwise, half, anticlockwise.</summary>
    private static ReadOnlySpan<int> OtherOrientations => [6, 3, 8];

    /// <summary>
    /// The EXIF orientation, other than as posted, whose correction makes the detector surest; 1 when it is clearly surer of the
    /// photo as posted, or sees no face any other way.
    /// </summary>
    /// <param name="image">The photo.</param>
    /// <param name="detector">Used for four detections.</param>
    public static int FindCandidate(RgbImage image, FaceDetector detector)
    {
        float shrink = Math.Min(1, (float)CopySide / Math.Max(image.Width, image.Height));
        using var copy = RgbImage.Rent(Math.Max(1, (int)(image.Width * shrink)), Math.Max(1, (int)(image.Height * shrink)));
        Resampler.Resize(image.Pixels, image.Width, image.Height, copy.Pixels, copy.Width, copy.Height);
        float surest = Sureness(detector, copy) - Slack;
        int best = 1;
        foreach (int orientation in OtherOrientations)
        {
            using RgbImage turned = Upright.Turned(copy, orientation);
            float sureness = Sureness(detector, turned);
            if (sureness > surest)
            {
                (best, surest) = (orientation, sureness);
            }
        }

        return best;
    }

    /// <summary>How sure the detector is of its best upright face, in powers of ten of the doubt; negative infinity without a face.</summary>
    private static float Sureness(FaceDetector detector, RgbImage image)
    {
        var view = RgbView.Of(image);
        float best = float.NegativeInfinity;
        foreach (FaceBox found in detector.Detect(view, Look.Whole(view), Threshold))
        {
            FaceBox box = found.Inside(image.Width, image.Height);
            float doubt = MathF.Max(1 - box.Score, 1e-7f); // The resolution of a float near 1.
            float sureness = -MathF.Log10(doubt) - (box.Width > LyingAspect * box.Height ? LyingPenalty : 0);
            best = MathF.Max(best, sureness);
        }

        GC.KeepAlive(image);
        return best;
    }
}
