using FaceEdge.Vision;

namespace FaceEdge.Evaluation;

/// <summary>How the faces found on a photo agree with those that are there.</summary>
/// <param name="Hits">Annotated faces that were found.</param>
/// <param name="Misses">Annotated faces that were not.</param>
/// <param name="FalseBoxes">Boxes that are no annotated face, a second box of a face included.</param>
internal readonly record struct DetectionScore(int Hits, int Misses, int FalseBoxes)
{
    /// <summary>
    /// Overlap (intersection over union) from which a box is the annotated one. Low, because annotators draw faces from the chin to the brows or to
    /// the crown.
    /// </summary>
    private const float SameFace = 0.3f;

    /// <summary>
    /// Pairs every annotated face with at most one box: one that holds its middle and, when its size is known, overlaps it by
    /// <see cref="SameFace"/>; the nearest first.
    /// </summary>
    /// <param name="faces">What is there.</param>
    /// <param name="boxes">What was found, in the same pixels.</param>
    public static DetectionScore Of(IReadOnlyList<AnnotatedFace> faces, IReadOnlyList<FaceBox> boxes)
    {
        var candidates = new List<(float Distance, int Face, int Box)>();
        for (int face = 0; face < faces.Count; face++)
        {
            for (int box = 0; box < boxes.Count; box++)
            {
                if (Fits(faces[face], boxes[box]))
                {
                    float dx = (faces[face].X - boxes[box].CentreX) / boxes[box].Width;
                    float dy = (faces[face].Y - boxes[box].CentreY) / boxes[box].Height;
                    candidates.Add(((dx * dx) + (dy * dy), face, box));
                }
            }
        }

        candidates.Sort();
        var found = new HashSet<int>();
        var used = new HashSet<int>();
        foreach ((_, int face, int box) in candidates)
        {
            if (!found.Contains(face) && used.Add(box))
            {
                found.Add(face);
            }
        }

        return new DetectionScore(found.Count, faces.Count - found.Count, boxes.Count - used.Count);
    }

    private static bool Fits(AnnotatedFace face, FaceBox box)
    {
        if (face.X < box.X1 || face.X > box.X2 || face.Y < box.Y1 || face.Y > box.Y2)
        {
            return false;
        }

        float x = face.Width / 2, y = face.Height / 2;
        return face.Width == 0 || new FaceBox(face.X - x, face.Y - y, face.X + x, face.Y + y, 1).OverlapWith(box) >= SameFace;
    }
}
