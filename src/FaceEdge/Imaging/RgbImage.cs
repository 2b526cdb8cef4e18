namespace FaceEdge.Imaging;

/// <summary>
/// An upright photo: 8-bit RGB, interleaved, rows packed without padding (stride = 3 * <see cref="Width"/>), in pooled native
/// memory. Owned by whoever decoded it: dispose once, then never touch it again.
/// </summary>
public sealed unsafe class RgbImage : IDisposable
{
    private byte* _pixels;

    private RgbImage(byte* pixels, int width, int height)
    {
        _pixels = pixels;
        Width = width;
        Height = height;
        OriginalWidth = width;
        OriginalHeight = height;
    }

    /// <summary>Width in pixels, at least 1.</summary>
    public int Width { get; }

    /// <summary>Height in pixels, at least 1.</summary>
    public int Height { get; }

    /// <summary>Width of the upright photo before it was scaled down while decoding; boxes are told to users in these pixels.</summary>
    public int OriginalWidth { get; init; }

    /// <summary>Height of the upright photo before it was scaled down while decoding.</summary>
    public int OriginalHeight { get; init; }

    /// <summary>The pixels: R, G, B, row by row from the top left. Length 3 * Width * Height.</summary>
    /// <exception cref="ObjectDisposedException">The image was given back.</exception>
    public Span<byte> Pixels =>
        _pixels != null ? new(_pixels, checked(3 * Width * Height)) : throw new ObjectDisposedException(nameof(RgbImage));

    /// <summary>An image of that size whose pixels are not yet set.</summary>
    public static RgbImage Rent(int width, int height) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => _pixels = null;
}
