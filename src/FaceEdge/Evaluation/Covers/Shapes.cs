using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>Signed distances from outlines: negative inside (Inigo Quilez, "2D distance functions").</summary>
internal static class Shapes
{
    /// <summary>From a line with round ends, that thick on either side.</summary>
    public static float Capsule(Vector2 at, Vector2 from, Vector2 to, float radius)
    {
        Vector2 along = to - from;
        float part = Math.Clamp(Vector2.Dot(at - from, along) / MathF.Max(along.LengthSquared(), 1e-6f), 0, 1);
        return Vector2.Distance(at, from + (part * along)) - radius;
    }

    /// <summary>From an ellipse; exact on its outline, near enough elsewhere.</summary>
    public static float Ellipse(Vector2 at, Vector2 centre, Vector2 radii)
    {
        Vector2 unit = (at - centre) / radii;
        float length = unit.Length();
        return length < 1e-4f ? -MathF.Min(radii.X, radii.Y) : length * (length - 1) / (unit / radii).Length();
    }

    /// <summary>From a polygon.</summary>
    public static float Polygon(Vector2 at, ReadOnlySpan<Vector2> corners)
    {
        float least = float.MaxValue;
        bool inside = false;
        for (int i = 0, before = corners.Length - 1; i < corners.Length; before = i++)
        {
            Vector2 a = corners[i], b = corners[before];
            Vector2 edge = b - a;
            float part = Math.Clamp(Vector2.Dot(at - a, edge) / MathF.Max(edge.LengthSquared(), 1e-6f), 0, 1);
            least = MathF.Min(least, Vector2.DistanceSquared(at, a + (part * edge)));
            if (a.Y > at.Y != b.Y > at.Y && at.X < ((b.X - a.X) * (at.Y - a.Y) / (b.Y - a.Y)) + a.X)
            {
                inside = !inside;
            }
        }

        return inside ? -MathF.Sqrt(least) : MathF.Sqrt(least);
    }

    /// <summary>A smooth curve through points, as many corners between each two as asked for (Catmull and Rom).</summary>
    public static Vector2[] Smooth(ReadOnlySpan<Vector2> points, int between = 6)
    {
        var curve = new List<Vector2>(points.Length * between);
        for (int i = 0; i + 1 < points.Length; i++)
        {
            (Vector2 a, Vector2 b, Vector2 c, Vector2 d) =
                (points[Math.Max(i - 1, 0)], points[i], points[i + 1], points[Math.Min(i + 2, points.Length - 1)]);
            for (int j = 0; j < between; j++)
            {
                float t = (float)j / between;
                curve.Add(0.5f * ((2 * b) + ((c - a) * t) + (((2 * a) - (5 * b) + (4 * c) - d) * t * t) + (((3 * b) - a - (3 * c) + d) * t * t * t)));
            }
        }

        curve.Add(points[^1]);
        return [.. curve];
    }
}
