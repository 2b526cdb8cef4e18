using FaceEdge.Imaging;

namespace FaceEdge.Cli.Bench;

/// <summary>
/// A photo of nobody: a face drawn from ellipses, which the detector takes for one, with a camera's grain, so that everything of the way of
/// a photo can be measured without shipping a person's picture. Costs what a photo of that size costs; says nothing about accuracy.
/// </summary>
internal static class DrawnFace
{
    /// <summary>Drawn that much smaller and enlarged, which softens the edges as a lens does.</summary>
    private const int Softening = 4;

    /// <summary>Height of the head as a part of the picture's: as near as at a counter, so that the detector's quick look settles it as it does a real one.</summary>
    private const double HeadHeight = 0.7;

    /// <summary>Grain in grey levels up and down: gives a 1080p photo the 300 to 400 kB of a camera's.</summary>
    private const int Grain = 8;

    /// <summary>What is drawn, from back to front: centre and radii in hundredths of half a head's height from the middle, then R, G, B.</summary>
    private static readonly (double X, double Y, double RadiusX, double RadiusY, int Red, int Green, int Blue)[] Parts =
    [
        (0, 170, 150, 90, 60, 70, 110), (0, 95, 36, 40, 186, 140, 116), // shoulders, neck
        (0, -12, 82, 112, 58, 42, 34), (-76, 5, 10, 22, 200, 150, 125), (76, 5, 10, 22, 200, 150, 125), // hair, ears
        (0, 8, 72, 100, 214, 168, 142), // face
        (-30, -31, 18, 3, 60, 42, 34), (30, -31, 18, 3, 60, 42, 34), // brows
        (-30, -14, 19, 12, 190, 140, 118), (30, -14, 19, 12, 190, 140, 118), // sockets
        (-30, -12, 14, 7, 240, 238, 235), (30, -12, 14, 7, 240, 238, 235), // eyes
        (-30, -12, 7, 7, 40, 28, 22), (30, -12, 7, 7, 40, 28, 22),
        (0, 10, 9, 20, 200, 152, 126), (-7, 28, 5, 3, 140, 95, 80), (7, 28, 5, 3, 140, 95, 80), // nose
        (0, 56, 27, 9, 168, 88, 84), (0, 56, 25, 1.5, 110, 50, 50), // mouth
    ];

    /// <summary>The JPEG file.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    public static byte[] Jpeg(int width, int height)
    {
        using RgbImage small = RgbImage.Rent(Math.Max(width / Softening, 1), Math.Max(height / Softening, 1));
        Draw(small);
        using RgbImage photo = RgbImage.Rent(width, height);
        Resampler.Resize(small.Pixels, small.Width, small.Height, photo.Pixels, width, height);
        var random = new Random(1);
        Span<byte> pixels = photo.Pixels;
        for (int i = 0; i < pixels.Length; i += 3)
        {
            int grain = random.Next(-Grain, Grain + 1);
            for (int channel = i; channel < i + 3; channel++)
            {
                pixels[channel] = (byte)Math.Clamp(pixels[channel] + grain, 0, 255);
            }
        }

        return JpegEncoder.Encode(photo, 0, 0, width, height, Math.Max(width, height), quality: 90);
    }

    private static void Draw(RgbImage image)
    {
        double unit = HeadHeight * image.Height / 200;
        Span<byte> pixels = image.Pixels;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                (int red, int green, int blue) = ColourAt((x - (image.Width / 2.0)) / unit, (y - (image.Height / 2.0)) / unit);
                Span<byte> pixel = pixels.Slice(3 * ((y * image.Width) + x), 3);
                (pixel[0], pixel[1], pixel[2]) = ((byte)red, (byte)green, (byte)blue);
            }
        }
    }

    private static (int Red, int Green, int Blue) ColourAt(double x, double y)
    {
        for (int i = Parts.Length - 1; i >= 0; i--)
        {
            var part = Parts[i];
            (double dx, double dy) = ((x - part.X) / part.RadiusX, (y - part.Y) / part.RadiusY);
            if ((dx * dx) + (dy * dy) <= 1)
            {
                return (part.Red, part.Green, part.Blue);
            }
        }

        return (96, 104, 112); // a grey wall
    }
}
