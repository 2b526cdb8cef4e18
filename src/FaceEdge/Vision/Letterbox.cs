namespace FaceEdge.Vision;

/// <summary>
/// How an image lies on the detector's canvas: scaled as large as fits, its aspect kept, at the top left; the rest is padding.
/// Each axis has its own exact scale, because the scaled size is a whole number of pixels.
/// </summary>
/// <param name="Width">Columns of the canvas the image takes, at least 1.</param>
/// <param name="Height">Rows of the canvas the image takes, at least 1.</param>
/// <param name="ScaleX">Image pixels per canvas pixel, horizontally.</param>
/// <param name="ScaleY">Image pixels per canvas pixel, vertically.</param>
public readonly record struct Letterbox(int Width, int Height, float ScaleX, float ScaleY)
{
    /// <summary>Lays an image on a canvas.</summary>
    public static Letterbox Fit(int imageWidth, int imageHeight, int canvasWidth, int canvasHeight)
    {
        var scale = Math.Min((double)canvasWidth / imageWidth, (double)canvasHeight / imageHeight);
        var width = Math.Clamp((int)Math.Round(imageWidth * scale), 1, canvasWidth);
        var height = Math.Clamp((int)Math.Round(imageHeight * scale), 1, canvasHeight);
        return new Letterbox(width, height, (float)imageWidth / width, (float)imageHeight / height);
    }
}
