namespace FaceEdge.Vision;

/// <summary>What to look for in photos.</summary>
/// <param name="Threshold">Lowest detector score of what may be a face, 0..1.</param>
/// <param name="SmallestFace">Height in image pixels of the smallest face that is looked for where none is found otherwise.</param>
/// <param name="MaxLooks">Most tiles of one closer look; one that would need more is not taken.</param>
/// <param name="Quick">Whether a <see cref="QuickLook"/> may settle who the subject is.</param>
internal sealed record FaceSearch(double Threshold, double SmallestFace, int MaxLooks, bool Quick)
{
    /// <summary>What the settings say.</summary>
    public static FaceSearch From(VisionOptions options) => new(options.DetectorThreshold, options.SmallestFace, options.MaxLooks, options.QuickLook);
}
