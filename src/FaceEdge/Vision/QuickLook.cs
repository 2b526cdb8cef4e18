namespace FaceEdge.Vision;

/// <summary>
/// Looks for the subject of a photo on a quarter of the detector's canvas, and says whose face it is only when what is seen there leaves no doubt
/// (docs/decisions/0022). Takes a quarter of the time. Used by one thread at a time.
/// </summary>
/// <param name="detector">Of the canvas of this class.</param>
internal sealed class QuickLook(FaceDetector detector) : IDisposable
{
    /// <summary>Width of its canvas.</summary>
    public const int CanvasWidth = FaceDetector.CanvasWidth / 2;

    /// <summary>Height of its canvas.</summary>
    public const int CanvasHeight = FaceDetector.CanvasHeight / 2;

    /// <summary>From this score on a box is looked at: it might be somebody.</summary>
    private const float Suspicious = 0.1f;

    /// <summary>A face is clear from so many rows of the canvas on.</summary>
    private const float SmallestOnCanvas = 20;

    /// <summary>A face that is higher than this part of the photo fills it, and its box is not trusted.</summary>
    private const float LargestInPhoto = 0.95f;

    /// <summary>A face whose box reaches outside the photo by more than this part of its height is cut, and its box is not trusted.</summary>
    private const float CutPart = 0.05f;

    /// <summary>A second box of more than this part of the subject's area might be the larger face, or as large.</summary>
    private const float Rival = 0.7f;

    /// <summary>The subject of a photo, inside it; false when only a better look can tell.</summary>
    public bool TryFindSubject(in RgbView image, out FaceBox subject)
    {
        var whole = Look.Whole(image);
        var smallest = SmallestOnCanvas * whole.On(CanvasWidth, CanvasHeight).ScaleY;
        return TryChoose(detector.Detect(image, whole, Suspicious), image.Width, image.Height, smallest, out subject);
    }

    /// <summary>The largest sure face, when it is clear, whole, and nothing rivals it.</summary>
    /// <param name="seen">All that might be faces, in pixels of the photo; may reach outside.</param>
    /// <param name="width">Width of the photo.</param>
    /// <param name="height">Height of the photo.</param>
    /// <param name="smallest">Height from which a face is clear.</param>
    /// <param name="subject">That face, inside the photo.</param>
    internal static bool TryChoose(ReadOnlySpan<FaceBox> seen, int width, int height, float smallest, out FaceBox subject)
    {
        subject = default;
        var chosen = -1;
        for (var i = 0; i < seen.Length; i++)
        {
            var face = seen[i].Inside(width, height);
            if (face.Score >= FaceFinder.SureScore && face.Area > subject.Area)
            {
                (chosen, subject) = (i, face);
            }
        }
        return chosen >= 0
            && subject.Height >= smallest
            && subject.Height <= LargestInPhoto * height
            && !IsCut(seen[chosen], width, height)
            && !HasRival(seen, chosen, subject.Area, width, height);
    }

    /// <inheritdoc/>
    public void Dispose() => detector.Dispose();

    private static bool IsCut(in FaceBox box, int width, int height)
    {
        var outside = MathF.Max(MathF.Max(-box.X1, -box.Y1), MathF.Max(box.X2 - width, box.Y2 - height));
        return outside > CutPart * box.Height;
    }

    private static bool HasRival(ReadOnlySpan<FaceBox> seen, int chosen, float area, int width, int height)
    {
        for (var i = 0; i < seen.Length; i++)
        {
            if (i != chosen && seen[i].Inside(width, height).Area > Rival * area)
            {
                return true;
            }
        }
        return false;
    }
}
