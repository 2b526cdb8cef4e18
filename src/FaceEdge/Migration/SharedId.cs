using System.Numerics.Tensors;

namespace FaceEdge.Migration;

/// <summary>
/// Tells how many people share one id of the source, by their own encodings (dlib128). The original itself makes such ids: where Person is text,
/// <c>MAX(Person)</c> is '9' for ever, and everybody after the ninth becomes person 10.
/// </summary>
internal static class SharedId
{
    /// <summary>
    /// Distances, measured on 450 people of LFW. Beyond 0.65 lie 1.2 % of the pairs of one person and 97 % of those of two; below 0.5, where the
    /// original recognises, 81 % and 0.03 %.
    /// </summary>
    public const double ClearlyOthers = 0.65, Recognised = 0.5;

    /// <summary>From so many faces on it means something when no two of them are alike: of one person's photos most pairs are.</summary>
    private const int Several = 4;

    /// <summary>Puts faces together that may be one person: a chain of likenesses is enough, so that nobody is split for one odd photo.</summary>
    /// <param name="faces">Encodings of length 128; null where there is none, which goes with the first.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>For each face the first face of its person.</returns>
    public static int[] People(IReadOnlyList<float[]?> faces, CancellationToken cancel)
    {
        int[] known = [.. Enumerable.Range(0, faces.Count).Where(i => faces[i] is not null)];
        float bar = Square(BarAmong(known.Length)), recognised = Square(Recognised);
        int[] parent = [.. Enumerable.Range(0, faces.Count)];
        int[] alike = [.. parent];
        bool anyAlike = false;
        int distinct = known.Length;
        for (int a = 1; a < known.Length; a++)
        {
            cancel.ThrowIfCancellationRequested();
            float[] face = faces[known[a]]!;
            bool again = false;
            for (int b = 0; b < a; b++)
            {
                float distance = TensorPrimitives.SumOfSquares(face) + TensorPrimitives.SumOfSquares(faces[known[b]]!) - (2 * TensorPrimitives.Dot(face, faces[known[b]]!));
                if (distance <= bar)
                {
                    Join(parent, known[a], known[b]);
                }

                if (distance <= recognised)
                {
                    Join(alike, known[a], known[b]);
                    again |= distance < 1e-6f; // one row twice tells nothing
                    anyAlike |= distance >= 1e-6f;
                }
            }

            distinct -= again ? 1 : 0;
        }

        int[] chosen = distinct >= Several && !anyAlike ? alike : parent;
        int first = known.Length > 0 ? Root(chosen, known[0]) : 0;
        return [.. Enumerable.Range(0, faces.Count).Select(i => faces[i] is null ? first : Root(chosen, i))];
    }

    /// <summary>
    /// Among more faces some pair of strangers is nearer: at 0.617 lie 1 % of their pairs, at 0.541 a thousandth, at 0.468 a ten-thousandth. And
    /// among many photos of one person there is always a chain.
    /// </summary>
    private static double BarAmong(int faces) => Math.Clamp(0.617 - (0.15 * Math.Log10(Math.Max(1, faces) / 10.0)), Recognised, ClearlyOthers);

    private static float Square(double distance) => (float)(distance * distance);

    private static int Root(int[] parent, int i)
    {
        while (parent[i] != i)
        {
            i = parent[i] = parent[parent[i]];
        }

        return i;
    }

    private static void Join(int[] parent, int a, int b)
    {
        (int low, int high) = (Math.Min(Root(parent, a), Root(parent, b)), Math.Max(Root(parent, a), Root(parent, b)));
        parent[high] = low;
    }
}
