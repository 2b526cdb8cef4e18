namespace FaceEdge.Imaging;

/// <summary>Turns and mirrors a picture as its EXIF orientation says (EXIF 2.3, tag 0x0112).</summary>
public static unsafe class Upright
{
    /// <summary>Side of the squares that are turned at a time: 32 rows of 96 bytes on either side stay in the first-level cache.</summary>
    private const int Block = 32;

    /// <summary>The upright picture. Takes over <paramref name="image"/>: it is returned as it is or disposed.</summary>
    /// <param name="image">As stored in the file.</param>
    /// <param name="orientation">1 to 8.</param>
    internal static RgbImage Turn(RgbImage image, int orientation)
    {
        if (orientation == 1)
        {
            return image;
        }
        using (image)
        {
            return Turned(image, orientation);
        }
    }

    /// <summary>A turned copy.</summary>
    /// <param name="image">Stays the caller's.</param>
    /// <param name="orientation">2 to 8, as EXIF numbers them: 3 upside down, 6 to be turned clockwise, 8 anticlockwise.</param>
    public static RgbImage Turned(RgbImage image, int orientation)
    {
        int w = image.Width, h = image.Height;
        // Where the upright picture's top left pixel lies in the stored one, and how far one step right and one step down lead there.
        var (origin, right, down) = orientation switch
        {
            2 => (w - 1L, -1L, (long)w), // mirrored
            3 => ((long)w * h - 1, -1, -w), // upside down
            4 => ((h - 1L) * w, 1, -w), // upside down, mirrored
            5 => (0, w, 1), // transposed
            6 => ((h - 1L) * w, -w, 1), // to be turned clockwise
            7 => ((long)w * h - 1, -w, -1), // transposed over the other diagonal
            8 => (w - 1L, w, -1), // to be turned anticlockwise
            _ => throw new ArgumentOutOfRangeException(nameof(orientation)),
        };
        var turned = orientation >= 5;
        var upright = turned ? RgbImage.Rent(h, w) : RgbImage.Rent(w, h);
        upright.IsChecked = image.IsChecked;
        upright.OriginalWidth = turned ? image.OriginalHeight : image.OriginalWidth;
        upright.OriginalHeight = turned ? image.OriginalWidth : image.OriginalHeight;
        Copy(image.Pointer + 3 * origin, 3 * right, 3 * down, upright);
        return upright;
    }

    private static void Copy(byte* source, long right, long down, RgbImage upright)
    {
        int width = upright.Width, height = upright.Height;
        var destination = upright.Pointer;
        for (var top = 0; top < height; top += Block)
        {
            var bottom = Math.Min(height, top + Block);
            for (var left = 0; left < width; left += Block)
            {
                var count = Math.Min(width - left, Block);
                for (var y = top; y < bottom; y++)
                {
                    var from = source + y * down + left * right;
                    var to = destination + 3 * ((long)y * width + left);
                    for (var end = to + 3 * count; to < end; to += 3, from += right)
                    {
                        (to[0], to[1], to[2]) = (from[0], from[1], from[2]);
                    }
                }
            }
        }
    }
}
