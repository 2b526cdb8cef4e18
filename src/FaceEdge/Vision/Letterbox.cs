namespace FaceEdge.Vision;

/// <summary>
/// How a part of an image lies on the detector's canvas: scaled, its aspect kept; the rest is padding. Each axis has its own exact scale,
/// because the scaled size is a whole number of pixels.
/// </summary>
/// <param name="X">First column of the canvas that it takes.</param>
/// <param name="Y">First row of the canvas that it takes.</param>
/// <param name="Width">Columns of the canvas it takes, at least 1.</param>
/// <param name="Height">Rows of the canvas it takes, at least 1.</param>
/// <param name="ScaleX">Image pixels per canvas pixel, horizontally.</param>
/// <param name="ScaleY">Image pixels per canvas pixel, vertically.</param>
public readonly record struct Letterbox(int X, int Y, int Width, int Height, float ScaleX, float ScaleY)
{
    /// <summary>Lays it on a canvas as large as fits, at the top left.</summary>
    public static Letterbox Fit(int imageWidth, int imageHeight, int canvasWidth, int canvasHeight) =>
        Scaled(imageWidth, imageHeight, canvasWidth, canvasHeight, 1);

    /// <summary>Lays it in the middle of a canvas, half as large as fits, so that a face which fills the image has room around it.</summary>
    public static Letterbox Half(int imageWidth, int imageHeight, int canvasWidth, int canvasHeight)
    {
        var half = Scaled(imageWidth, imageHeight, canvasWidth, canvasHeight, 0.5);
        return half with { X = (canvasWidth - half.Width) / 2, Y = (canvasHeight - half.Height) / 2 };
    }

    private static Letterbox Scaled(int imageWidth, int imageHeight, int canvasWidth, int canvasHeight, double part)
    {
        var scale = Math.Min((double)canvasWidth / imageWidth, (double)canvasHeight / imageHeight) * part;
        var width = Math.Clamp((int)Math.Round(imageWidth * scale), 1, canvasWidth);
        var height = Math.Clamp((int)Math.Round(imageHeight * scale), 1, canvasHeight);
        return new Letterbox(0, 0, width, height, (float)imageWidth / width, (float)imageHeight / height);
    }
}
