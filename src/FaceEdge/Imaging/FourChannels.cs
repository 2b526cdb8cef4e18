namespace FaceEdge.Imaging;

/// <summary>Packs pictures that were decoded with four channels to RGB, in place.</summary>
internal static unsafe class FourChannels
{
    /// <summary>
    /// Linear light in 1 / 65535 to sRGB in 1 / 255, by the plain exponent of 2.2 that libpng uses for sRGB on its way to linear light
    /// (PNG_GAMMA_sRGB_INVERSE), so that a value comes back as it was stored.
    /// </summary>
    private static readonly Lazy<byte[]> SrgbFromLinear = new(() =>
    {
        var table = new byte[65536];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = (byte)(255 * Math.Pow(i / 65535.0, 0.45455) + 0.5);
        }
        return table;
    });

    /// <summary>
    /// CMYK as JPEG files hold it, inverted (255 = no ink; Adobe's habit, which all writers of such files follow and Pillow and
    /// ImageMagick assume too): R = C * K / 255, likewise G and B.
    /// </summary>
    internal static void InvertedCmykToRgb(RgbImage image)
    {
        var count = (long)image.Width * image.Height;
        byte* from = image.Pointer, to = from;
        for (var i = 0L; i < count; i++, from += 4, to += 3)
        {
            int k = from[3];
            (to[0], to[1], to[2]) = (Divide255(from[0] * k), Divide255(from[1] * k), Divide255(from[2] * k));
        }
        GC.KeepAlive(image);
    }

    /// <summary>RGBA, alpha not multiplied in, laid on white.</summary>
    internal static void RgbaOnWhite(RgbImage image)
    {
        var count = (long)image.Width * image.Height;
        byte* from = image.Pointer, to = from;
        for (var i = 0L; i < count; i++, from += 4, to += 3)
        {
            int alpha = from[3], white = 255 * (255 - alpha);
            (to[0], to[1], to[2]) =
                (Divide255(from[0] * alpha + white), Divide255(from[1] * alpha + white), Divide255(from[2] * alpha + white));
        }
        GC.KeepAlive(image);
    }

    /// <summary>16-bit RGBA in linear light, alpha multiplied in, laid on white and turned into 8-bit sRGB.</summary>
    internal static void LinearRgba16OnWhite(RgbImage image)
    {
        var count = (long)image.Width * image.Height;
        var from = (ushort*)image.Pointer;
        var to = image.Pointer;
        var encode = SrgbFromLinear.Value;
        for (var i = 0L; i < count; i++, from += 4, to += 3)
        {
            var white = 65535 - from[3];
            (to[0], to[1], to[2]) = (
                encode[Math.Min(from[0] + white, 65535)], encode[Math.Min(from[1] + white, 65535)],
                encode[Math.Min(from[2] + white, 65535)]);
        }
        GC.KeepAlive(image);
    }

    /// <summary>n / 255 rounded to nearest, for 0 &lt;= n &lt;= 255 * 255.</summary>
    private static byte Divide255(int n) => (byte)((n + 128 + ((n + 128) >> 8)) >> 8);
}
