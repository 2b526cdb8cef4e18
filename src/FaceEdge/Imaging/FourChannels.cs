using System.Runtime.Intrinsics;

namespace FaceEdge.Imaging;

/// <summary>Packs pictures that were decoded with four channels to RGB, in place.</summary>
internal static unsafe class FourChannels
{
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

    /// <summary>RGB with a fourth byte that says nothing.</summary>
    internal static void RgbxToRgb(RgbImage image)
    {
        long count = (long)image.Width * image.Height;
        byte* from = image.Pointer, to = from;

        // Four pixels at a time: the twelve bytes first. Each store's last four bytes are overwritten by the next, and lie in pixels already read.
        var twelve = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);
        long left = count;
        for (; left >= 4; left -= 4, from += 16, to += 12)
        {
            Vector128.Shuffle(Vector128.Load(from), twelve).Store(to);
        }

        for (; left > 0; left--, from += 4, to += 3)
        {
            (to[0], to[1], to[2]) = (from[0], from[1], from[2]);
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

    /// <summary>The other way, for Skia's encoder: RGB rows with a fourth byte each.</summary>
    internal static void RgbToRgbx(byte* from, int stride, int width, int height, byte* to)
    {
        for (int y = 0; y < height; y++, from += stride)
        {
            byte* pixel = from;
            for (byte* end = to + (4L * width); to < end; to += 4, pixel += 3)
            {
                (to[0], to[1], to[2], to[3]) = (pixel[0], pixel[1], pixel[2], 255);
            }
        }
    }

    /// <summary>n / 255 rounded to nearest, for 0 &lt;= n &lt;= 255 * 255.</summary>
    private static byte Divide255(int n) => (byte)((n + 128 + ((n + 128) >> 8)) >> 8);
}
