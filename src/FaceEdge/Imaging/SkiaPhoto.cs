using SkiaSharp;

namespace FaceEdge.Imaging;

/// <summary>
/// A photo file that Skia opened: its header is read, no pixel yet. It decodes every PNG and WebP, JPEG where libturbojpeg is not installed,
/// and tells size and orientation of all three.
/// <para>
/// Colours: what a file stores is taken for sRGB, whatever profile it carries: libturbojpeg knows none, the answer must not depend on which of
/// the two decodes, and the models were trained on photos read so. Only a PNG or WebP in linear light or the like is turned into sRGB, since
/// it would be far too dark.
/// </para>
/// </summary>
internal sealed unsafe class SkiaPhoto : IDisposable
{
    private readonly SKData _data;
    private readonly SKCodec _codec;
    private readonly bool _opaque;
    private readonly SKColorSpace? _target;

    private SkiaPhoto(SKData data, SKCodec codec)
    {
        _data = data;
        _codec = codec;
        SKImageInfo info = codec.Info;
        _opaque = info.AlphaType is SKAlphaType.Opaque;
        (Width, Height) = (info.Width, info.Height);
        using SKColorSpace? stored = info.ColorSpace;
        _target = codec.EncodedFormat is SKEncodedImageFormat.Jpeg || stored is null || IsLikeAScreens(stored) ? null : SKColorSpace.CreateSrgb();
    }

    /// <summary>Width as stored, before orientation.</summary>
    internal int Width { get; }

    /// <summary>Height as stored, before orientation.</summary>
    internal int Height { get; }

    /// <summary>A JPEG's, 1 (upright) to 8, as EXIF numbers them; 1 also for a tag that is missing or broken, which is no reason to refuse a photo.</summary>
    internal int Orientation => (int)_codec.EncodedOrigin is var origin and >= 1 and <= 8 ? origin : 1;

    /// <summary>Whether there are several pictures in it, one after another.</summary>
    internal bool IsAnimated => _codec.FrameCount > 1;

    /// <summary>Reads the header.</summary>
    /// <param name="file">Stays where it is until this is disposed.</param>
    /// <param name="length">In bytes.</param>
    /// <returns>Null where Skia cannot read it.</returns>
    internal static SkiaPhoto? Open(byte* file, int length)
    {
        var data = SKData.Create((nint)file, length);
        if (SKCodec.Create(data) is { } codec)
        {
            return new SkiaPhoto(data, codec);
        }

        data.Dispose();
        return null;
    }

    /// <summary>The pixels, as stored, transparent ones laid on white.</summary>
    /// <param name="format">The format's name for users.</param>
    /// <param name="denominator">1; for a JPEG also 2, 4 or 8: so much smaller, sides rounded up.</param>
    internal RgbImage Decode(string format, int denominator = 1)
    {
        (int width, int height) = ((Width + denominator - 1) / denominator, (Height + denominator - 1) / denominator);
        RgbImage image = RgbImage.Rent(width, height, bytesPerPixel: 4);
        try
        {
            var wanted = new SKImageInfo(
                width, height, SKColorType.Rgba8888, _opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul, _target);
            SKCodecResult result = _codec.GetPixels(wanted, (nint)image.Pointer, 4 * width, SKCodecOptions.Default);
            if (result is not SKCodecResult.Success)
            {
                throw Failure(format, result);
            }

            if (_opaque)
            {
                FourChannels.RgbxToRgb(image);
            }
            else
            {
                FourChannels.RgbaOnWhite(image);
            }

            (image.OriginalWidth, image.OriginalHeight) = (Width, Height);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _codec.Dispose();
        _data.Dispose();
    }

    /// <summary>Whether its gamma is about that of sRGB (2.2; 2.4 with a linear foot).</summary>
    private static bool IsLikeAScreens(SKColorSpace space) =>
        space.GetNumericalTransferFunction(out SKColorSpaceTransferFn curve) && curve.G is > 1.9f and < 2.7f;

    private static Exception Failure(string format, SKCodecResult result) => result switch
    {
        // Nothing is wrong with the photo.
        SKCodecResult.InternalError => new InsufficientMemoryException($"Skia has no memory to decode a {format}."),
        SKCodecResult.IncompleteInput => ImageException.Corrupt(format, "the end of its picture data is missing"),
        _ => ImageException.Corrupt(format, "its picture data cannot be decoded"),
    };
}
