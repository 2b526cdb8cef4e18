namespace FaceEdge.Vision;

/// <summary>
/// Overlapping rectangles that together cover an image at a scale at which it is larger than the detector's canvas. Tiles are spread evenly,
/// the first at the left or top border and the last at the right or bottom one.
/// </summary>
/// <param name="Columns">Tiles side by side.</param>
/// <param name="Rows">Tiles below each other.</param>
/// <param name="TileWidth">Width of a tile in image pixels.</param>
/// <param name="TileHeight">Height of a tile in image pixels.</param>
/// <param name="ImageWidth">Width of the image.</param>
/// <param name="ImageHeight">Height of the image.</param>
public readonly record struct TileGrid(int Columns, int Rows, int TileWidth, int TileHeight, int ImageWidth, int ImageHeight)
{
    /// <summary>
    /// Canvas pixels by which neighbouring tiles overlap at least: a face of up to this size lies whole in one of them. Larger ones are found
    /// at the scale before, where they are half as large.
    /// </summary>
    public const int Overlap = 48;

    /// <summary>Tiles for an image at so many canvas pixels a pixel.</summary>
    public static TileGrid Cover(int imageWidth, int imageHeight, double scale) => new(
        TilesFor(imageWidth * scale, FaceDetector.CanvasWidth),
        TilesFor(imageHeight * scale, FaceDetector.CanvasHeight),
        (int)Math.Min(imageWidth, Math.Round(FaceDetector.CanvasWidth / scale)),
        (int)Math.Min(imageHeight, Math.Round(FaceDetector.CanvasHeight / scale)),
        imageWidth,
        imageHeight);

    /// <summary>Number of tiles.</summary>
    public int Count => Columns * Rows;

    /// <summary>The tile of that number, row by row from the top left.</summary>
    public Look Tile(int index) => new(
        Start(index % Columns, Columns, ImageWidth - TileWidth), Start(index / Columns, Rows, ImageHeight - TileHeight), TileWidth, TileHeight);

    private static int TilesFor(double length, int canvas) => Math.Max(1, (int)Math.Ceiling(((length - Overlap) / (canvas - Overlap)) - 1e-6));

    private static int Start(int index, int count, int room) => count == 1 ? 0 : (int)Math.Round((double)room * index / (count - 1));
}
