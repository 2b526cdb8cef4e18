namespace FaceEdge.Imaging;

/// <summary>Lays a picture into a grey frame.</summary>
internal static class Frame
{
    /// <summary>What detectors take for "nothing here": the middle of the range, which they fill their own borders with.</summary>
    private const byte Grey = 127;

    /// <summary>A copy with a border of half its size on every side, so twice as wide and high.</summary>
    /// <param name="image">Stays the caller's.</param>
    public static RgbImage Around(RgbImage image)
    {
        int left = image.Width / 2, top = image.Height / 2;
        RgbImage framed = RgbImage.Rent(2 * image.Width, 2 * image.Height);
        framed.OriginalWidth = 2 * image.OriginalWidth;
        framed.OriginalHeight = 2 * image.OriginalHeight;
        framed.Pixels.Fill(Grey);
        for (int row = 0; row < image.Height; row++)
        {
            image.Pixels.Slice(3 * row * image.Width, 3 * image.Width).CopyTo(framed.Pixels[(3 * (((top + row) * framed.Width) + left))..]);
        }

        return framed;
    }
}
