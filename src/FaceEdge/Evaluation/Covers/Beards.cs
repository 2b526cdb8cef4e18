using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>Draws beards, which are part of a face: they must pass.</summary>
internal static class Beards
{
    /// <summary>From stubble to a full beard with a moustache, around the lips.</summary>
    public static void Draw(FaceCanvas face, SeededNumbers numbers)
    {
        Vector2[] p = face.Points;
        Vector2[] cheeks = Shapes.Smooth(
        [
            p[3], Vector2.Lerp(p[4], p[48], 0.5f), p[48] + new Vector2(-3, -5), p[33] + new Vector2(-5, 2), p[33] + new Vector2(0, 3), p[33] + new Vector2(5, 2),
            p[54] + new Vector2(3, -5), Vector2.Lerp(p[12], p[54], 0.5f), p[13], p[11] + new Vector2(1, 2), p[8] + new Vector2(0, 4), p[5] + new Vector2(-1, 2), p[3],
        ], between: 3);
        Vector2[] lips = [.. p[48..60]];
        Vector3 hair = numbers.Pick(new Vector3(28, 22, 20), new Vector3(75, 50, 32), new Vector3(125, 122, 118), new Vector3(110, 75, 45));
        float thick = numbers.Between(0.3f, 0.85f);
        var texture = new Texture(numbers);
        face.Paint(at =>
        {
            float ragged = 2 * texture.Noise(at.X / 2, at.Y / 2);
            float inside = MathF.Max(Shapes.Polygon(at, cheeks) + ragged, 1 - Shapes.Polygon(at, lips));
            float cover = Math.Clamp(0.5f - (inside / 4), 0, 1);
            float strand = texture.Noise(at.X * 0.9f, at.Y * 0.45f);
            return cover <= 0 ? Ink.None : new Ink(cover * Math.Clamp(thick + (0.3f * strand), 0, 0.97f), texture.Lit(hair * (1 + (0.3f * strand)), at, 0.05f, 0.2f));
        });
    }
}
