namespace FaceEdge.Vision;

/// <summary>
/// Grades a face: size from its box, <see cref="Sharpness"/> and <see cref="Exposure"/> from its aligned pixels, <see cref="HeadPose"/> from its
/// points, the detector's and the encoder's own sureness.
/// </summary>
public static class QualityGrader
{
    // models.md: TPR is .448 at 24 pixels of height and false matches appear at 16; from 112 on the encoder gets all it can see.
    private const float UselessHeight = 16;
    private const float FullHeight = 112;

    // The detector gives 1.0000 to nearly every good face; what it is half sure of is nobody's.
    private const float UselessScore = 0.5f;

    // How much each part counts: fitted to what it tells of the likeness to other photos of the person (docs/decisions/0015).
    private const float SizeWeight = 0.05f;
    private const float SharpnessWeight = 0.15f;
    private const float PoseWeight = 0.05f;
    private const float ExposureWeight = 0.1f;
    private const float DetectorWeight = 0.1f;
    private const float EvidenceWeight = 0.55f;

    // A part at 0 takes its share of the whole, not all of it: a face that one part gives up on may still be known.
    private const float Floor = 0.02f;

    /// <summary>Grades one face.</summary>
    /// <param name="box">Its box in pixels.</param>
    /// <param name="fivePoints">Its five points in pixels.</param>
    /// <param name="aligned">The aligned face, 112x112 RGB.</param>
    /// <param name="evidence">How much of a face the encoder saw, 0..1; null when the encoder does not tell.</param>
    public static FaceQuality Grade(in FaceBox box, ReadOnlySpan<float> fivePoints, ReadOnlySpan<byte> aligned, float? evidence)
    {
        // Logarithmic: from 20 to 40 pixels as much is gained as from 40 to 80.
        var size = Math.Clamp(MathF.Log(box.Height / UselessHeight) / MathF.Log(FullHeight / UselessHeight), 0, 1);
        var sharpness = Sharpness.Grade(aligned);
        var pose = HeadPose.From(fivePoints).Frontal;
        var exposure = Exposure.Grade(aligned);
        var detector = Math.Clamp((box.Score - UselessScore) / (1 - UselessScore), 0, 1);
        var sum = (SizeWeight * Log(size)) + (SharpnessWeight * Log(sharpness)) + (PoseWeight * Log(pose))
            + (ExposureWeight * Log(exposure)) + (DetectorWeight * Log(detector));
        var weights = SizeWeight + SharpnessWeight + PoseWeight + ExposureWeight + DetectorWeight;
        if (evidence is { } seen)
        {
            sum += EvidenceWeight * Log(seen);
            weights += EvidenceWeight;
        }
        return new FaceQuality(MathF.Exp(sum / weights), box.Height, sharpness, pose, exposure, box.Score, evidence);
    }

    private static float Log(float part) => MathF.Log(MathF.Max(part, Floor));
}
