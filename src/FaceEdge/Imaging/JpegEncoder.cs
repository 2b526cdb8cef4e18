using SkiaSharp;

namespace FaceEdge.Imaging;

/// <summary>Cuts a piece out of a picture and packs it as a baseline JPEG (4:2:0), for keeping beside an encoding.</summary>
public static unsafe class JpegEncoder
{
    /// <summary>Encodes a rectangle of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="x">Left edge in pixels of <paramref name="image"/>; the rectangle is clipped to the picture.</param>
    /// <param name="y">Top edge.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="maxSide">Longest side of the result in pixels; a larger rectangle is scaled down, a smaller one left as it is.</param>
    /// <param name="quality">1 to 100, libjpeg's scale.</param>
    /// <returns>The JPEG file.</returns>
    /// <exception cref="ArgumentException">Nothing of the rectangle lies in the picture, or a parameter is out of range.</exception>
    public static byte[] Encode(RgbImage image, int x, int y, int width, int height, int maxSide, int quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        int left = Math.Clamp(x, 0, image.Width), top = Math.Clamp(y, 0, image.Height);
        width = (int)Math.Clamp((long)x + width, 0, image.Width) - left;
        height = (int)Math.Clamp((long)y + height, 0, image.Height) - top;
        if (width < 1 || height < 1)
        {
            throw new ArgumentException("The rectangle lies outside the picture.");
        }
        var stride = 3 * image.Width;
        var offset = 3 * (top * image.Width + left);
        var longer = Math.Max(width, height);
        if (longer <= maxSide)
        {
            var file = Compress(image.Pointer + offset, width, stride, height, quality);
            GC.KeepAlive(image);
            return file;
        }
        using var scaled = RgbImage.Rent(Scale(width, maxSide, longer), Scale(height, maxSide, longer));
        Resampler.Resize(image.Pixels[offset..], stride, width, height, scaled.Pixels, scaled.Width, scaled.Height);
        GC.KeepAlive(image);
        return Compress(scaled.Pointer, scaled.Width, 3 * scaled.Width, scaled.Height, quality);
    }

    private static int Scale(int side, int numerator, int denominator) =>
        Math.Max(1, (int)(((long)side * numerator + denominator / 2) / denominator));

    private static byte[] Compress(byte* pixels, int width, int stride, int height, int quality)
    {
        NativeBuffers.Block block = NativeBuffers.Rent(4L * width * height);
        try
        {
            FourChannels.RgbToRgbx(pixels, stride, width, height, (byte*)block.Address); // Skia takes no three bytes a pixel
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), block.Address);
            using var file = new SKDynamicMemoryWStream();
            var options = new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);
            if (!pixmap.Encode(file, options))
            {
                throw new InsufficientMemoryException($"Skia cannot encode a crop of {width} x {height} pixels.");
            }

            using SKData data = file.DetachAsData();
            return data.AsSpan().ToArray();
        }
        finally
        {
            NativeBuffers.Return(block);
        }
    }
}
