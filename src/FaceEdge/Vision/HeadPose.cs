namespace FaceEdge.Vision;

/// <summary>
/// How a head is turned, read off its five points: proxies, not angles. Measured in the face's own axes (along and across
/// the line between the eyes) and in units of the face, so that size and place do not matter.
/// </summary>
/// <param name="Yaw">How far the nose tip is beside the middle of the eyes, in eye distances: 0 frontal, beyond 0.6 nearly a profile.</param>
/// <param name="Pitch">How far the nose tip is down from the eyes to the mouth, less the aligned template's 0.49: 0 level, below 0 looking up, above 0 down.</param>
/// <param name="Roll">Turn of the line between the eyes in radians, -pi..pi: 0 upright.</param>
public readonly record struct HeadPose(float Yaw, float Pitch, float Roll)
{
    private const float LevelNose = 0.49f;

    /// <summary>The pose of a face with those five points (10 numbers).</summary>
    public static HeadPose From(ReadOnlySpan<float> five)
    {
        var eyesX = five[2] - five[0];
        var eyesY = five[3] - five[1];
        var distance = MathF.Max(MathF.Sqrt((eyesX * eyesX) + (eyesY * eyesY)), 1e-3f);
        var (alongX, alongY) = (eyesX / distance, eyesY / distance);
        var (noseX, noseY) = (five[4] - ((five[0] + five[2]) / 2), five[5] - ((five[1] + five[3]) / 2));
        var (mouthX, mouthY) = (((five[6] + five[8]) / 2) - ((five[0] + five[2]) / 2), ((five[7] + five[9]) / 2) - ((five[1] + five[3]) / 2));
        var noseDown = (noseY * alongX) - (noseX * alongY);
        var mouthDown = MathF.Max((mouthY * alongX) - (mouthX * alongY), 1e-3f);
        return new HeadPose(
            ((noseX * alongX) + (noseY * alongY)) / distance,
            Math.Clamp((noseDown / mouthDown) - LevelNose, -1, 1),
            MathF.Atan2(eyesY, eyesX));
    }

    /// <summary>
    /// 1 for a face that looks into the camera, 0 for one too far turned: the product of three slopes. LFW, whose faces are all
    /// recognisable, spans 0.4 of yaw and -0.3..0.35 of pitch (99 %), so the slopes end beyond that. Alignment takes a roll back,
    /// so roll only counts from about 30 degrees on.
    /// </summary>
    public float Frontal =>
        Slope(MathF.Abs(Yaw), 0.1f, 0.8f) * Slope(MathF.Abs(Pitch), 0.15f, 0.6f) * Slope(MathF.Abs(Roll), 0.5f, 1.5f);

    private static float Slope(float value, float good, float useless) => 1 - Math.Clamp((value - good) / (useless - good), 0, 1);
}
