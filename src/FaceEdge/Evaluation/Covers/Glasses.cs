using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>How lenses are cut.</summary>
internal enum Lens
{
    /// <summary>Wider above than below.</summary>
    Aviator,

    /// <summary>Circles.</summary>
    Round,

    /// <summary>Nearly rectangles.</summary>
    Square,

    /// <summary>One piece from temple to temple.</summary>
    Wrap,
}

/// <summary>Draws glasses, dark and clear ones.</summary>
internal static class Glasses
{
    /// <summary>Dark glasses, whose lenses let little or nothing through.</summary>
    public static void Dark(FaceCanvas face, SeededNumbers numbers, Lens lens)
    {
        Vector3 glass = numbers.Pick(new Vector3(12, 12, 14), new Vector3(38, 24, 14), new Vector3(18, 30, 24), new Vector3(24, 30, 52));
        Draw(face, numbers, lens, glass, opacity: numbers.Between(0.82f, 0.99f), reflection: numbers.Between(0, 0.35f), frame: numbers.Between(0.5f, 2f));
    }

    /// <summary>Ordinary glasses: a thin frame, lenses that hide next to nothing.</summary>
    public static void Clear(FaceCanvas face, SeededNumbers numbers) =>
        Draw(
            face, numbers, numbers.Pick(Lens.Round, Lens.Square, Lens.Aviator), new Vector3(200, 205, 210), opacity: numbers.Between(0.02f, 0.1f),
            reflection: numbers.Between(0, 0.15f), frame: numbers.Between(0.4f, 1.1f));

    private static void Draw(FaceCanvas face, SeededNumbers numbers, Lens lens, Vector3 glass, float opacity, float reflection, float frame)
    {
        Vector2 across = face.RightEye - face.LeftEye;
        float distance = across.Length();
        Vector2 right = across / distance;
        var down = new Vector2(-right.Y, right.X);
        float width = distance * numbers.Between(0.36f, 0.43f);
        float height = distance * numbers.Between(0.25f, 0.36f);
        Vector3 rim = numbers.Pick(new Vector3(15, 15, 15), new Vector3(150, 120, 60), new Vector3(70, 45, 25), new Vector3(120, 120, 125));
        float tilt = numbers.Between(-0.5f, 0.5f), stripe = numbers.Between(-8, 8);
        Vector2[][] outlines = lens is Lens.Wrap
            ? [Wrapped(face, right, down, distance, height * 1.15f)]
            : [Outline(face.LeftEye, -1), Outline(face.RightEye, 1)];
        Vector2[] bridge = [face.LeftEye + (right * width), face.RightEye - (right * width)];
        Vector2 leftTemple = face.LeftEye - (right * width), rightTemple = face.RightEye + (right * width);
        face.Paint(at =>
        {
            float inside = float.MaxValue;
            foreach (Vector2[] outline in outlines)
            {
                inside = MathF.Min(inside, Shapes.Polygon(at, outline));
            }

            float wire = MathF.Abs(inside) - (frame / 2);
            wire = MathF.Min(wire, Shapes.Capsule(at, bridge[0] - (down * 1.5f), bridge[1] - (down * 1.5f), frame * 0.6f));
            wire = MathF.Min(wire, Shapes.Capsule(at, leftTemple, new Vector2(face.Points[0].X - 4, face.LeftEye.Y - 2), frame * 0.7f));
            wire = MathF.Min(wire, Shapes.Capsule(at, rightTemple, new Vector2(face.Points[16].X + 4, face.RightEye.Y - 2), frame * 0.7f));
            float solid = face.Cover(wire);
            float seen = face.Cover(inside) * opacity;
            if (solid <= 0 && seen <= 0)
            {
                return Ink.None;
            }

            Vector2 fromEyes = at - ((face.LeftEye + face.RightEye) / 2);
            float shine = reflection * MathF.Exp(-MathF.Pow((fromEyes.Y + (fromEyes.X * tilt) - stripe) / 5, 2));
            Vector3 surface = Vector3.Lerp(glass * (1 + (0.02f * fromEyes.Y)), new Vector3(235), shine);
            return new Ink(MathF.Max(solid, seen), Vector3.Lerp(surface, rim, solid));
        });

        Vector2[] Outline(Vector2 eye, int side)
        {
            Vector2 centre = eye + (right * side * 0.03f * distance) + (down * 0.06f * distance);
            var corners = new Vector2[28];
            for (int i = 0; i < corners.Length; i++)
            {
                (float sin, float cos) = MathF.SinCos(2 * MathF.PI * i / corners.Length);
                float power = lens switch { Lens.Square => 0.45f, Lens.Aviator => 0.8f, _ => 1f };
                float x = MathF.CopySign(MathF.Pow(MathF.Abs(cos), power), cos) * (lens is Lens.Round ? (width + height) / 2 : width);
                float y = MathF.CopySign(MathF.Pow(MathF.Abs(sin), power), sin) * (lens is Lens.Round ? (width + height) / 2 : height * 1.1f);
                if (lens is Lens.Aviator)
                {
                    x = (x * (1 - (0.22f * y / height))) + (side * 0.08f * y);
                }

                corners[i] = centre + (right * x) + (down * y);
            }

            return corners;
        }
    }

    private static Vector2[] Wrapped(FaceCanvas face, Vector2 right, Vector2 down, float distance, float height)
    {
        Vector2 left = face.LeftEye - (right * 0.55f * distance), end = face.RightEye + (right * 0.55f * distance);
        Vector2 middle = (face.LeftEye + face.RightEye) / 2;
        return Shapes.Smooth(
        [
            left - (down * height * 0.5f), face.LeftEye - (down * height * 0.85f), middle - (down * height * 0.75f), face.RightEye - (down * height * 0.85f),
            end - (down * height * 0.5f), end + (down * height * 0.4f), face.RightEye + (down * height), middle + (down * height * 0.25f),
            face.LeftEye + (down * height), left + (down * height * 0.4f), left - (down * height * 0.5f),
        ]);
    }
}
