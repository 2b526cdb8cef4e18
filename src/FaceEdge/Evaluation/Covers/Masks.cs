using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>What a mask is made of.</summary>
internal enum MaskCloth
{
    /// <summary>Pale blue or green, in pleats.</summary>
    Surgical,

    /// <summary>White, with a seam down the middle (FFP2).</summary>
    White,

    /// <summary>Dark cloth.</summary>
    Black,

    /// <summary>Stripes, dots or squares of two colours.</summary>
    Patterned,
}

/// <summary>Draws what covers mouth and nose: masks and scarves.</summary>
internal static class Masks
{
    /// <summary>A mask with its straps.</summary>
    /// <param name="face">Where.</param>
    /// <param name="numbers">What varies from one mask to the next.</param>
    /// <param name="cloth">What it is made of.</param>
    /// <param name="noseOut">Worn under the nose.</param>
    public static void Mask(FaceCanvas face, SeededNumbers numbers, MaskCloth cloth, bool noseOut = false)
    {
        Vector2[] p = face.Points;
        Vector2 top = noseOut ? p[33] + new Vector2(0, 2) : Vector2.Lerp(p[27], p[30], numbers.Between(0.15f, 0.6f));
        float below = numbers.Between(2, 7), sides = numbers.Between(-1, 3);
        Vector2 left = Vector2.Lerp(p[1], p[3], noseOut ? 0.8f : numbers.Between(0.1f, 0.5f)) + new Vector2(sides, 0);
        Vector2 right = Vector2.Lerp(p[15], p[13], noseOut ? 0.8f : numbers.Between(0.1f, 0.5f)) - new Vector2(sides, 0);
        Vector2[] outline = Shapes.Smooth(
        [
            left, Vector2.Lerp(left, top, 0.6f) + new Vector2(0, 2), top, Vector2.Lerp(right, top, 0.6f) + new Vector2(0, 2), right,
            p[12] + new Vector2(1, 1), p[10] + new Vector2(1, below), p[8] + new Vector2(0, below), p[6] + new Vector2(-1, below), p[4] + new Vector2(-1, 1), left,
        ], between: 3);
        Vector3 first = cloth switch
        {
            MaskCloth.Surgical => numbers.Pick(new Vector3(150, 190, 215), new Vector3(130, 180, 205), new Vector3(160, 205, 195)),
            MaskCloth.White => numbers.Pick(new Vector3(235, 235, 232), new Vector3(215, 218, 222)),
            MaskCloth.Black => numbers.Pick(new Vector3(25, 25, 28), new Vector3(40, 38, 45), new Vector3(30, 35, 60)),
            _ => Any(numbers),
        };
        Vector3 second = cloth is MaskCloth.Patterned ? Any(numbers) : first * 0.85f;
        int pattern = (int)numbers.Between(0, 3);
        float size = numbers.Between(3, 9), turn = numbers.Between(0, MathF.PI);
        var texture = new Texture(numbers);
        Vector2 chin = p[8];
        face.Paint(at =>
        {
            float inside = Shapes.Polygon(at, outline);
            float strap = MathF.Min(
                Shapes.Capsule(at, left + new Vector2(2, 2), new Vector2(p[0].X - 5, face.LeftEye.Y + 2), 0.7f),
                Shapes.Capsule(at, right + new Vector2(-2, 2), new Vector2(p[16].X + 5, face.RightEye.Y + 2), 0.7f));
            float cover = face.Cover(MathF.Min(inside, strap));
            if (cover <= 0)
            {
                return Ink.None;
            }

            float fold = cloth switch
            {
                MaskCloth.Surgical => Crease((at.Y - top.Y) / (chin.Y - top.Y) * 4),
                MaskCloth.White => MathF.Exp(-MathF.Pow((at.X - top.X) / 1.2f, 2)),
                _ => 0,
            };
            Vector3 colour = Vector3.Lerp(first, second, cloth is MaskCloth.Patterned ? Pattern(at, pattern, size, turn) : fold);
            float hem = Math.Clamp(1 - MathF.Abs(inside + 2), 0, 1);
            return new Ink(cover, texture.Lit(colour * (1 - (0.12f * hem)), at, folds: 0.1f, grain: 0.05f));
        });
    }

    /// <summary>A scarf drawn up over mouth and chin, or over the nose too.</summary>
    public static void Scarf(FaceCanvas face, SeededNumbers numbers)
    {
        Vector2[] p = face.Points;
        Vector2 top = Vector2.Lerp(p[33], p[29], numbers.Between(-0.1f, 1));
        float rise = numbers.Between(-4, 4), fall = numbers.Between(-4, 4);
        Vector2[] outline =
        [
            .. Shapes.Smooth(
            [
                new Vector2(p[0].X - 14, p[3].Y + rise), p[3] + new Vector2(-3, rise - 3), Vector2.Lerp(p[3], top, 0.6f), top, Vector2.Lerp(p[13], top, 0.6f),
                p[13] + new Vector2(3, fall - 3), new Vector2(p[16].X + 14, p[13].Y + fall),
            ]),
            new Vector2(p[16].X + 22, 200), new Vector2(p[0].X - 22, 200),
        ];
        Vector3 wool = Any(numbers), other = numbers.Happens(0.4) ? Any(numbers) : wool * 0.8f;
        float width = numbers.Between(4, 12), slope = numbers.Between(-0.4f, 0.4f);
        var texture = new Texture(numbers);
        face.Paint(at =>
        {
            float cover = face.Cover(Shapes.Polygon(at, outline) + texture.Noise(at.X, at.Y));
            if (cover <= 0)
            {
                return Ink.None;
            }

            float fold = 0.5f + (0.5f * MathF.Sin((at.Y + (slope * at.X) + (3 * texture.Noise(at.X / 10, at.Y / 10))) / width * 2));
            return new Ink(cover, texture.Lit(Vector3.Lerp(wool, other, fold), at, folds: 0.25f, grain: 0.15f));
        });
    }

    /// <summary>Some colour of cloth.</summary>
    public static Vector3 Any(SeededNumbers numbers) => new(numbers.Between(15, 240), numbers.Between(15, 240), numbers.Between(15, 240));

    private static float Crease(float height) => MathF.Exp(-MathF.Pow((height - MathF.Round(height)) * 8, 2));

    private static float Pattern(Vector2 at, int pattern, float size, float turn)
    {
        (float sin, float cos) = MathF.SinCos(turn);
        float x = ((at.X * cos) - (at.Y * sin)) / size, y = ((at.X * sin) + (at.Y * cos)) / size;
        return pattern switch
        {
            0 => MathF.Sin(x * MathF.PI) > 0 ? 1 : 0,
            1 => new Vector2(x - MathF.Round(x), y - MathF.Round(y)).Length() < 0.3f ? 1 : 0,
            _ => 0.5f + (0.25f * (MathF.Sign(MathF.Sin(x * MathF.PI)) + MathF.Sign(MathF.Sin(y * MathF.PI)))),
        };
    }
}
