using System.Numerics.Tensors;

namespace FaceEdge.Vision;

/// <summary>
/// How upright a face looks in dlib's encoding. Its length does not tell: it is the longer one for the upright of two turns in 80 to 90 % of
/// photos only. But turned faces lie apart, in one direction: the mean encoding of 476 upright LFW faces less that of the same turned by 90,
/// 180 and 270 degrees (a linear discriminant). On photos it was not made of, it is larger for the upright one in 98.2 to 98.7 %.
/// </summary>
internal static class DlibUprightness
{
    /// <summary>The direction, in signed bytes.</summary>
    private static readonly float[] Direction = Array.ConvertAll(
        Convert.FromBase64String(
            "+Rzf3AM898ZL7kL8rA3yD9EHEy8PmAgPz90G7dTz8Nzqs+gl3iP9EhxK0+INNS2+ON0tuhC/Pv/rJ6cKHRX6MvMwEUFpQhXgKOvG7ibJFfkqAAfZC9kLFuAu/wgJ8FBD19Ot7d0x7c8C"
            + "2uzNxbP/Q/um5eHr7+SBKfDH2P7+KwQ="),
        static value => (float)(sbyte)value);

    /// <summary>Larger is more upright: about 130 for upright faces (of 100, one is below 43), 28 for others.</summary>
    public static float Of(ReadOnlySpan<float> encoding) => TensorPrimitives.Dot(encoding, Direction);
}
