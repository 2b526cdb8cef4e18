namespace FaceEdge.Vision;

/// <summary>Chooses whom a photo is about when it shows several people.</summary>
public static class Subject
{
    /// <summary>Faces of at least this part of the largest area count as equally large: boxes of one person differ by that much from frame to frame.</summary>
    public const float SameSize = 0.9f;

    /// <summary>The index of the largest face; among equally large ones the nearest to the middle of the photo.</summary>
    /// <param name="boxes">At least one face.</param>
    /// <param name="width">Photo width in pixels.</param>
    /// <param name="height">Photo height in pixels.</param>
    public static int Choose(ReadOnlySpan<FaceBox> boxes, int width, int height)
    {
        var largest = 0f;
        foreach (var box in boxes)
        {
            largest = MathF.Max(largest, box.Area);
        }
        var chosen = -1;
        var nearest = float.PositiveInfinity;
        for (var i = 0; i < boxes.Length; i++)
        {
            var dx = boxes[i].CentreX - (width / 2f);
            var dy = boxes[i].CentreY - (height / 2f);
            var distance = (dx * dx) + (dy * dy);
            if (boxes[i].Area >= largest * SameSize && distance < nearest)
            {
                nearest = distance;
                chosen = i;
            }
        }
        return chosen;
    }
}
