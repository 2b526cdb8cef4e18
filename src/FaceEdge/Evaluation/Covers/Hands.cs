using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>Draws a hand before the face: four fingers side by side, and a palm.</summary>
internal static class Hands
{
    /// <summary>A hand before mouth and nose.</summary>
    public static void OverMouth(FaceCanvas face, SeededNumbers numbers)
    {
        int side = numbers.Pick(-1, 1);
        Vector2 tips = Vector2.Lerp(face.Points[62], face.Points[33], numbers.Between(0, 0.6f)) + new Vector2(side * numbers.Between(-24, -8), 0);
        Draw(face, numbers, tips, new Vector2(side, numbers.Between(0.1f, 0.9f)));
    }

    /// <summary>A hand before both eyes, as against the light or a camera.</summary>
    public static void OverEyes(FaceCanvas face, SeededNumbers numbers)
    {
        int side = numbers.Pick(-1, 1);
        Vector2 tips = ((face.LeftEye + face.RightEye) / 2) + new Vector2(side * numbers.Between(-30, -18), numbers.Between(-4, 4));
        Draw(face, numbers, tips, new Vector2(side, numbers.Between(-0.4f, 0.5f)));
    }

    /// <param name="face">Where.</param>
    /// <param name="numbers">What varies from one hand to the next.</param>
    /// <param name="tips">Where the middle fingers end.</param>
    /// <param name="towards">Where the arm is, seen from there.</param>
    private static void Draw(FaceCanvas face, SeededNumbers numbers, Vector2 tips, Vector2 towards)
    {
        const int fingers = 4;
        Vector2 arm = Vector2.Normalize(towards), across = new(-arm.Y, arm.X);
        float radius = numbers.Between(5, 6.5f), length = numbers.Between(34, 42);
        var ends = new (Vector2 Tip, Vector2 Root)[fingers];
        for (int i = 0; i < fingers; i++)
        {
            float place = (i - 1.5f) * radius * numbers.Between(1.8f, 2);
            float shorter = i is 0 ? 5 : i is 3 ? 9 : 0;
            ends[i] = (tips + (across * place) + (arm * shorter), tips + (across * place * 0.95f) + (arm * length));
        }

        Vector2 palm = tips + (arm * (length + 14));
        Vector3 skin = face.Skin * numbers.Between(0.8f, 1.1f);
        var texture = new Texture(numbers);
        face.Paint(at =>
        {
            float inside = Shapes.Ellipse(at, palm, new Vector2(radius * 4.2f, radius * 4.2f));
            foreach ((Vector2 tip, Vector2 root) in ends)
            {
                inside = MathF.Min(inside, Shapes.Capsule(at, tip, root, radius));
            }

            inside = MathF.Min(inside, Shapes.Capsule(at, palm, palm + (arm * 80), radius * 3.2f));
            float cover = face.Cover(inside);
            if (cover <= 0)
            {
                return Ink.None;
            }

            float edge = 1 - (0.35f * MathF.Pow(Math.Clamp(1 + (inside / radius), 0, 1), 2));
            return new Ink(cover, texture.Lit(skin * 1.1f * edge, at, folds: 0.08f, grain: 0.04f));
        });
    }
}
