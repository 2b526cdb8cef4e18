namespace FaceEdge.Vision;

/// <summary>A detected face: an upright rectangle in pixels of the decoded image, inside the image.</summary>
/// <param name="X1">Left edge, 0..width; pixel columns begin at whole numbers.</param>
/// <param name="Y1">Top edge, 0..height.</param>
/// <param name="X2">Right edge, above <paramref name="X1"/>.</param>
/// <param name="Y2">Bottom edge, above <paramref name="Y1"/>.</param>
/// <param name="Score">How sure the detector is, 0..1.</param>
public readonly record struct FaceBox(float X1, float Y1, float X2, float Y2, float Score)
{
    /// <summary>Width in pixels.</summary>
    public float Width => X2 - X1;

    /// <summary>Height in pixels.</summary>
    public float Height => Y2 - Y1;

    /// <summary>Area in square pixels.</summary>
    public float Area => Width * Height;

    /// <summary>Horizontal centre in pixels.</summary>
    public float CentreX => (X1 + X2) / 2;

    /// <summary>Vertical centre in pixels.</summary>
    public float CentreY => (Y1 + Y2) / 2;

    /// <summary>The part of it inside an image of that size.</summary>
    public FaceBox Inside(int width, int height) => this with
    {
        X1 = Math.Clamp(X1, 0, width),
        Y1 = Math.Clamp(Y1, 0, height),
        X2 = Math.Clamp(X2, 0, width),
        Y2 = Math.Clamp(Y2, 0, height),
    };

    /// <summary>How much of the smaller of two boxes lies in the other, 0 (apart) .. 1 (all of it).</summary>
    public float ShareWith(in FaceBox other)
    {
        var width = MathF.Min(X2, other.X2) - MathF.Max(X1, other.X1);
        var height = MathF.Min(Y2, other.Y2) - MathF.Max(Y1, other.Y1);
        return width <= 0 || height <= 0 ? 0 : width * height / MathF.Min(Area, other.Area);
    }

    /// <summary>Intersection over union with another box, 0 (apart) .. 1 (the same).</summary>
    public float OverlapWith(in FaceBox other)
    {
        var width = MathF.Min(X2, other.X2) - MathF.Max(X1, other.X1);
        var height = MathF.Min(Y2, other.Y2) - MathF.Max(Y1, other.Y1);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }
        var shared = width * height;
        return shared / (Area + other.Area - shared);
    }
}
