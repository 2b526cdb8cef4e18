using FaceEdge.Imaging;

namespace FaceEdge.Vision;

/// <summary>Read-only 8-bit RGB pixels, rows packed without padding, whoever owns them.</summary>
public readonly ref struct RgbView
{
    /// <summary>A view of <paramref name="pixels"/>, which holds 3 * width * height bytes.</summary>
    /// <exception cref="ArgumentException">The size is below 1x1 or is not the length.</exception>
    public RgbView(ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (width < 1 || height < 1 || pixels.Length != 3L * width * height)
        {
            throw new ArgumentException($"{pixels.Length} bytes are not an RGB image of {width}x{height} pixels.", nameof(pixels));
        }
        Pixels = pixels;
        Width = width;
        Height = height;
    }

    /// <summary>R, G, B, row by row from the top left.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Width in pixels, at least 1.</summary>
    public int Width { get; }

    /// <summary>Height in pixels, at least 1.</summary>
    public int Height { get; }

    /// <summary>The pixels of a decoded image.</summary>
    public static RgbView Of(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new RgbView(image.Pixels, image.Width, image.Height);
    }
}
