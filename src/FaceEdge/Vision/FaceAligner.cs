using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>
/// Turns, scales and cuts a face out so that its five points fall where the encoder learned them: 112x112 RGB. Used by one thread
/// at a time.
/// </summary>
public sealed class FaceAligner
{
    /// <summary>Side of an aligned face in pixels.</summary>
    public const int Side = 112;

    /// <summary>Bytes of an aligned face: RGB, row by row.</summary>
    public const int Bytes = 3 * Side * Side;

    /// <summary>
    /// Below this scale the part of the image is shrunk with an area filter first, because four neighbours no longer see
    /// every source pixel; above it bilinear sampling alone is sharper.
    /// </summary>
    public const double ShrinkBelow = 0.6;

    // The output square with its margin, turned by 45 degrees, is 162 pixels wide.
    private const int MaxPatchSide = 168;

    private readonly RowResampler _resampler = new();
    private readonly Vector128<float>[] _row = new Vector128<float>[MaxPatchSide];
    private readonly byte[] _patch = new byte[3 * MaxPatchSide * MaxPatchSide];

    /// <summary>
    /// The five points of an aligned face (image-left eye, image-right eye, nose tip, corners of the mouth): the template all
    /// ArcFace-style encoders are trained on (github.com/deepinsight/insightface, <c>face_align.py</c>).
    /// </summary>
    public static ReadOnlySpan<float> Template =>
        [38.2946f, 51.6963f, 73.5318f, 51.5014f, 56.0252f, 71.7366f, 41.5493f, 92.3655f, 70.7299f, 92.2041f];

    /// <summary>Writes the aligned face (<see cref="Bytes"/> bytes). What lies outside the image is black.</summary>
    /// <param name="image">The photo.</param>
    /// <param name="fivePoints">10 numbers in its pixels, a whole number being the middle of a pixel.</param>
    /// <param name="aligned">Receives the face.</param>
    /// <returns>False when the points fall together or are not finite, so that there is no face to align.</returns>
    public bool Align(in RgbView image, ReadOnlySpan<float> fivePoints, Span<byte> aligned)
    {
        if (!SimilarityTransform.TryFit(fivePoints, Template, out var toFace))
        {
            return false;
        }
        if (toFace.Scale >= ShrinkBelow)
        {
            Warp(image, toFace.Inverse(), aligned);
            return true;
        }
        return WarpShrunk(image, toFace, aligned);
    }

    /// <summary>
    /// Fills <paramref name="aligned"/> by bilinear sampling as OpenCV's <c>warpAffine</c> (INTER_LINEAR, BORDER_CONSTANT 0) does:
    /// the output pixel (i, j) takes the image at <paramref name="toImage"/>(i, j).
    /// </summary>
    public static void Warp(in RgbView image, in SimilarityTransform toImage, Span<byte> aligned)
    {
        var pixels = image.Pixels;
        for (var j = 0; j < Side; j++)
        {
            for (var i = 0; i < Side; i++)
            {
                var (x, y) = toImage.Apply(i, j);
                Store(Sample(pixels, image.Width, image.Height, (float)x, (float)y), aligned.Slice(3 * ((j * Side) + i), 3));
            }
        }
    }

    private static Vector128<float> Sample(ReadOnlySpan<byte> pixels, int width, int height, float x, float y)
    {
        // Written so that NaN and far away coordinates are outside, too.
        if (!(x > -1 && x < width && y > -1 && y < height))
        {
            return Vector128<float>.Zero;
        }
        var left = (int)MathF.Floor(x);
        var top = (int)MathF.Floor(y);
        var fx = x - left;
        var fy = y - top;
        var upper = (At(pixels, width, height, left, top) * (1 - fx)) + (At(pixels, width, height, left + 1, top) * fx);
        var lower = (At(pixels, width, height, left, top + 1) * (1 - fx)) + (At(pixels, width, height, left + 1, top + 1) * fx);
        return (upper * (1 - fy)) + (lower * fy);
    }

    private static Vector128<float> At(ReadOnlySpan<byte> pixels, int width, int height, int x, int y)
    {
        if ((uint)x >= (uint)width || (uint)y >= (uint)height)
        {
            return Vector128<float>.Zero;
        }
        var at = 3 * ((y * width) + x);
        if (at + 4 <= pixels.Length)
        {
            var four = Vector128.CreateScalar(MemoryMarshal.Read<uint>(pixels.Slice(at, 4))).AsByte();
            return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(four)).AsInt32());
        }
        return Vector128.Create(pixels[at], pixels[at + 1], pixels[at + 2], 0f);
    }

    /// <summary>Shrinks the part of the image under the face to the size of the output, then warps that.</summary>
    private bool WarpShrunk(in RgbView image, in SimilarityTransform toFace, Span<byte> aligned)
    {
        var toImage = toFace.Inverse();
        // The image rectangle under the four corners, with one output pixel of margin for the interpolation.
        double minX = double.MaxValue, minY = double.MaxValue, maxX = double.MinValue, maxY = double.MinValue;
        foreach (var (i, j) in (ReadOnlySpan<(int, int)>)[(-1, -1), (Side, -1), (-1, Side), (Side, Side)])
        {
            var (x, y) = toImage.Apply(i, j);
            (minX, maxX) = (Math.Min(minX, x), Math.Max(maxX, x));
            (minY, maxY) = (Math.Min(minY, y), Math.Max(maxY, y));
        }
        var left = (int)Math.Clamp(Math.Floor(minX), 0, image.Width);
        var top = (int)Math.Clamp(Math.Floor(minY), 0, image.Height);
        var width = (int)Math.Clamp(Math.Ceiling(maxX) + 1, 0, image.Width) - left;
        var height = (int)Math.Clamp(Math.Ceiling(maxY) + 1, 0, image.Height) - top;
        if (width < 1 || height < 1)
        {
            return false;
        }
        // The scale is kept exact and the rectangle rounded to whole patch pixels instead, so that the rest is a pure turn.
        var scale = toFace.Scale;
        var patchWidth = Math.Clamp((int)Math.Round(width * scale), 1, MaxPatchSide);
        var patchHeight = Math.Clamp((int)Math.Round(height * scale), 1, MaxPatchSide);
        _resampler.Begin(image, left, top, patchWidth / scale, patchHeight / scale, patchWidth, patchHeight);
        for (var y = 0; y < patchHeight; y++)
        {
            var row = _row.AsSpan(0, patchWidth);
            _resampler.Row(image, y, row);
            for (var x = 0; x < patchWidth; x++)
            {
                Store(row[x], _patch.AsSpan(3 * ((y * patchWidth) + x), 3));
            }
        }
        // Middles of pixels: image x lies at patch (x + 0.5 - left) * scale - 0.5.
        var toPatch = new SimilarityTransform(
            toImage.A * scale,
            toImage.B * scale,
            ((toImage.X + 0.5 - left) * scale) - 0.5,
            ((toImage.Y + 0.5 - top) * scale) - 0.5);
        Warp(new RgbView(_patch.AsSpan(0, 3 * patchWidth * patchHeight), patchWidth, patchHeight), toPatch, aligned);
        return true;
    }

    private static void Store(Vector128<float> pixel, Span<byte> rgb)
    {
        var rounded = Vector128.ConvertToInt32(pixel + Vector128.Create(0.5f));
        rgb[0] = (byte)rounded[0];
        rgb[1] = (byte)rounded[1];
        rgb[2] = (byte)rounded[2];
    }
}
