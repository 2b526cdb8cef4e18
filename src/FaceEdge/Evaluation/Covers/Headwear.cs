using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>Draws what comes down from above: hats and hair.</summary>
internal static class Headwear
{
    /// <summary>A hat down to the brows or over them, some with a peak that throws a shadow on the eyes.</summary>
    public static void Hat(FaceCanvas face, SeededNumbers numbers)
    {
        Vector2[] p = face.Points;
        float brows = MathF.Min(p[19].Y, p[24].Y);
        float hem = MathF.Max(brows, MathF.Min(face.LeftEye.Y, face.RightEye.Y) - 14) + numbers.Between(0, 8);
        bool peak = numbers.Happens(0.5);
        float left = p[0].X - numbers.Between(2, 8), right = p[16].X + numbers.Between(2, 8), bend = numbers.Between(-3, 4);
        float shadow = peak ? numbers.Between(0.3f, 0.7f) : 0;
        Vector3 cloth = Masks.Any(numbers);
        var texture = new Texture(numbers);
        face.Paint(at =>
        {
            float middle = (at.X - ((left + right) / 2)) / ((right - left) / 2);
            float edge = at.Y - (hem + (bend * middle * middle));
            float inside = MathF.Max(MathF.Max(edge, -40 - at.Y), MathF.Max(left - at.X, at.X - right));
            float cover = face.Cover(inside);
            if (cover > 0)
            {
                float rib = peak ? Math.Clamp(1 - MathF.Abs((edge + 9) / 1.5f), 0, 1) : 0.5f + (0.5f * MathF.Sin(at.X * 1.6f));
                return new Ink(cover, texture.Lit(cloth * (1 - (0.25f * rib)), at, folds: 0.12f, grain: 0.08f));
            }

            float dark = shadow * Math.Clamp(1 - (edge / 22), 0, 1) * (MathF.Abs(middle) < 1 ? 1 : 0);
            return new Ink(dark, new Vector3(15, 12, 10));
        });
    }

    /// <summary>Hair down over the eyes, more on one side than on the other.</summary>
    public static void Hair(FaceCanvas face, SeededNumbers numbers)
    {
        float eyes = (face.LeftEye.Y + face.RightEye.Y) / 2;
        float depth = eyes + numbers.Between(4, 12), swept = numbers.Between(-0.3f, 0.3f), ragged = numbers.Between(2, 7);
        float left = face.Points[0].X - 12, right = face.Points[16].X + 12;
        Vector3 colour = numbers.Pick(new Vector3(30, 22, 18), new Vector3(70, 45, 25), new Vector3(150, 115, 70), new Vector3(115, 112, 110));
        float density = numbers.Between(0.85f, 1);
        var texture = new Texture(numbers);
        face.Paint(at =>
        {
            float end = depth + (swept * (at.X - 56)) + (ragged * texture.Noise(at.X / 3, 0)) + (ragged * 0.5f * texture.Noise(at.X, 7));
            float cover = face.Cover(MathF.Max(MathF.Max((at.Y - end) / 2, -30 - at.Y), MathF.Max(left - at.X, at.X - right)));
            float strand = texture.Noise((at.X * 1.4f) + (at.Y * 0.15f), at.Y / 25);
            float gap = at.Y > eyes - 16 ? Math.Clamp(density + (0.5f * strand), 0, 1) : 1;
            return cover <= 0 ? Ink.None : new Ink(cover * gap, texture.Lit(colour * (1 + (0.45f * strand)), at, folds: 0.1f, grain: 0.1f));
        });
    }
}
