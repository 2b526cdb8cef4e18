namespace FaceEdge.Imaging;

/// <summary>
/// An upright photo: 8-bit RGB, interleaved, rows packed without padding (stride = 3 * <see cref="Width"/>), in pooled native
/// memory. Owned by whoever decoded it: dispose once, then never touch it again. Not for use by two threads while one disposes it.
/// </summary>
public sealed unsafe class RgbImage : IDisposable
{
    /// <summary>Most pixels an image can have: 3 bytes each must fit a <see cref="Span{T}"/> (715 MP).</summary>
    public const long MaxPixels = int.MaxValue / 3;

    private readonly NativeBuffers.Block _block;
    private int _returned;

    private RgbImage(NativeBuffers.Block block, int width, int height)
    {
        _block = block;
        Width = width;
        Height = height;
        OriginalWidth = width;
        OriginalHeight = height;
    }

    /// <summary>Returns the memory of an image that somebody forgot to dispose, so that a leak is not for ever.</summary>
    ~RgbImage() => Return();

    /// <summary>Width in pixels, at least 1.</summary>
    public int Width { get; }

    /// <summary>Height in pixels, at least 1.</summary>
    public int Height { get; }

    /// <summary>Width of the upright photo before it was scaled down while decoding; boxes are told to users in these pixels.</summary>
    public int OriginalWidth { get; internal set; }

    /// <summary>Height of the upright photo before it was scaled down while decoding.</summary>
    public int OriginalHeight { get; internal set; }

    /// <summary>
    /// Whether damage inside the file's picture data would have been found; false for a JPEG that a decoder took without complaint, which says
    /// less: <see cref="ImageDecoder.CheckData"/> looks at the rest.
    /// </summary>
    public bool IsChecked { get; internal set; } = true;

    /// <summary>
    /// The pixels: R, G, B, row by row from the top left. Length 3 * Width * Height. The span does not keep the image alive: hold
    /// the image (as <c>using</c> does) for as long as the span is used.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The image was given back.</exception>
    public Span<byte> Pixels => new(Pointer, 3 * Width * Height);

    /// <summary>The address of the first pixel, aligned to 64 bytes.</summary>
    internal byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _returned) != 0, this);
            return (byte*)_block.Address;
        }
    }

    /// <summary>An image of that size whose pixels are not yet set (they are somebody else's old ones: set every one).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is under 1, or there are more than <see cref="MaxPixels"/> pixels.</exception>
    public static RgbImage Rent(int width, int height) => Rent(width, height, 3);

    /// <summary>As <see cref="Rent(int, int)"/>, with room for decoding 4 bytes a pixel before packing them to 3 in place.</summary>
    internal static RgbImage Rent(int width, int height, int bytesPerPixel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, MaxPixels, nameof(height));
        return new RgbImage(NativeBuffers.Rent((long)bytesPerPixel * width * height), width, height);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    private void Return()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            NativeBuffers.Return(_block);
        }
    }
}
