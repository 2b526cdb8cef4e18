namespace FaceEdge.Vision;

/// <summary>Grades a face: size from its box, <see cref="Sharpness"/> from its aligned pixels, <see cref="HeadPose"/> from its points.</summary>
public static class QualityGrader
{
    // models.md: TPR is .448 at 24 pixels of height and false matches appear at 16; from 112 on the encoder gets all it can see.
    private const float UselessHeight = 16;
    private const float FullHeight = 112;

    /// <summary>Grades one face.</summary>
    /// <param name="box">Its box in pixels.</param>
    /// <param name="fivePoints">Its five points in pixels.</param>
    /// <param name="aligned">The aligned face, 112x112 RGB.</param>
    public static FaceQuality Grade(in FaceBox box, ReadOnlySpan<float> fivePoints, ReadOnlySpan<byte> aligned)
    {
        // Logarithmic: from 20 to 40 pixels as much is gained as from 40 to 80.
        var size = Math.Clamp(MathF.Log(box.Height / UselessHeight) / MathF.Log(FullHeight / UselessHeight), 0, 1);
        var sharpness = Sharpness.Grade(aligned);
        var pose = HeadPose.From(fivePoints).Frontal;
        // Geometric: one useless part makes the face useless, however good the rest.
        var overall = MathF.Sqrt(MathF.Sqrt(size * sharpness * pose * box.Score));
        return new FaceQuality(overall, box.Height, sharpness, pose, box.Score);
    }
}
