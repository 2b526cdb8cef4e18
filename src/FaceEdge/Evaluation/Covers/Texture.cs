using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>How the surface of something drawn varies: cloth, hair and skin are not of one colour, nor lit evenly.</summary>
/// <param name="numbers">What is drawn now differs from what is drawn next.</param>
internal sealed class Texture(SeededNumbers numbers)
{
    private readonly uint _seed = (uint)(numbers.Next() * uint.MaxValue);
    private readonly Vector2 _light = new(numbers.Between(-0.004f, 0.004f), numbers.Between(-0.004f, 0.002f));
    private readonly float _brightness = numbers.Between(0.75f, 1.1f);

    /// <summary>Smooth noise, -1..1, that varies over about one unit.</summary>
    public float Noise(float x, float y)
    {
        (float left, float top) = (MathF.Floor(x), MathF.Floor(y));
        (float fx, float fy) = (Ease(x - left), Ease(y - top));
        (int i, int j) = ((int)left, (int)top);
        float upper = float.Lerp(At(i, j), At(i + 1, j), fx);
        float lower = float.Lerp(At(i, j + 1), At(i + 1, j + 1), fx);
        return float.Lerp(upper, lower, fy);
    }

    /// <summary>A colour as it looks there: in uneven light, on a surface with folds and grain.</summary>
    /// <param name="colour">In full light.</param>
    /// <param name="at">Where on the face.</param>
    /// <param name="folds">How much lighter or darker its folds are, 0..1.</param>
    /// <param name="grain">The same of its grain.</param>
    public Vector3 Lit(Vector3 colour, Vector2 at, float folds, float grain)
    {
        Vector2 fromMiddle = at - new Vector2(56, 70);
        float light = _brightness + Vector2.Dot(fromMiddle, _light);
        float round = 1 - (0.25f * MathF.Min(1, fromMiddle.X * fromMiddle.X / (45 * 45)));
        float surface = 1 + (folds * Noise(at.X / 14, at.Y / 9)) + (grain * Noise(at.X * 1.3f, at.Y * 1.3f));
        return Vector3.Clamp((colour * MathF.Max(0.1f, light * round) * surface) + new Vector3(8), Vector3.Zero, new Vector3(255));
    }

    private static float Ease(float t) => t * t * (3 - (2 * t));

    private float At(int i, int j)
    {
        unchecked
        {
            uint hash = ((uint)i * 0x9E3779B1) ^ ((uint)j * 0x85EBCA77) ^ _seed;
            hash = (hash ^ (hash >> 15)) * 0x2C1B3C6D;
            hash = (hash ^ (hash >> 12)) * 0x297A2D39;
            return ((hash ^ (hash >> 15)) / 2147483648f) - 1;
        }
    }
}
