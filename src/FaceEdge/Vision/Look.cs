namespace FaceEdge.Vision;

/// <summary>What the detector looks at: a rectangle of an image, and whether with room around it.</summary>
/// <param name="X">Left edge in image pixels, inside.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Columns, at least 1, inside.</param>
/// <param name="Height">Rows.</param>
/// <param name="Wide">At half the size that fits, in the middle of the canvas: a face that fills the picture or is cut by its border is then found.</param>
public readonly record struct Look(int X, int Y, int Width, int Height, bool Wide = false)
{
    /// <summary>The whole image.</summary>
    public static Look Whole(in RgbView image) => new(0, 0, image.Width, image.Height);

    /// <summary>What fits the canvas around a face, in whose middle it is, so many canvas pixels high; near a border of the image as much as there is.</summary>
    public static Look Around(in FaceBox face, in RgbView image, float heightOnCanvas)
    {
        var width = Math.Clamp((int)(FaceDetector.CanvasWidth * face.Height / heightOnCanvas), 1, image.Width);
        var height = Math.Clamp((int)(FaceDetector.CanvasHeight * face.Height / heightOnCanvas), 1, image.Height);
        return new Look(
            (int)Math.Clamp(face.CentreX - (width / 2f), 0, image.Width - width),
            (int)Math.Clamp(face.CentreY - (height / 2f), 0, image.Height - height),
            width,
            height);
    }

    /// <summary>How it lies on a canvas of that size.</summary>
    public Letterbox On(int canvasWidth, int canvasHeight) =>
        Wide ? Letterbox.Half(Width, Height, canvasWidth, canvasHeight) : Letterbox.Fit(Width, Height, canvasWidth, canvasHeight);
}
