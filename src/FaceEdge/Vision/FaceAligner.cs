using System.Runtime.CompilerServices;
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
        ref var pixels = ref MemoryMarshal.GetReference(image.Pixels);
        var (width, height, bytes) = (image.Width, image.Height, image.Pixels.Length);
        for (var j = 0; j < Side; j++)
        {
            for (var i = 0; i < Side; i++)
            {
                var (x, y) = toImage.Apply(i, j);
                Store(Sample(ref pixels, width, height, bytes, (float)x, (float)y), aligned, 3 * ((j * Side) + i));
            }
        }
    }

    private static Vector128<float> Sample(ref byte pixels, int width, int height, int bytes, float x, float y)
    {
        // Written so that NaN and far away coordinates are outside, too.
        if (!(x > -1 && x < width && y > -1 && y < height))
        {
            return Vector128<float>.Zero;
        }
        // Rounds down, because neither is under -1.
        var left = float.ConvertToIntegerNative<int>(x + 1) - 1;
        var top = float.ConvertToIntegerNative<int>(y + 1) - 1;
        var fx = x - left;
        var fy = y - top;
        var at = 3 * ((top * width) + left);
        // A pixel is loaded as four bytes, of which the last is the next pixel's: the last one of the image has none.
        if (left >= 0 && left + 1 < width && top >= 0 && top + 1 < height && at + (3 * width) + 7 <= bytes)
        {
            ref var upperLeft = ref Unsafe.AddByteOffset(ref pixels, at);
            ref var lowerLeft = ref Unsafe.AddByteOffset(ref upperLeft, 3 * width);
            return Blend(Load(ref upperLeft), Load(ref Unsafe.AddByteOffset(ref upperLeft, 3)),
                Load(ref lowerLeft), Load(ref Unsafe.AddByteOffset(ref lowerLeft, 3)), fx, fy);
        }
        return Blend(At(ref pixels, width, height, bytes, left, top), At(ref pixels, width, height, bytes, left + 1, top),
            At(ref pixels, width, height, bytes, left, top + 1), At(ref pixels, width, height, bytes, left + 1, top + 1), fx, fy);
    }

    private static Vector128<float> Blend(
        Vector128<float> upperLeft, Vector128<float> upperRight, Vector128<float> lowerLeft, Vector128<float> lowerRight, float fx, float fy)
    {
        var upper = (upperLeft * (1 - fx)) + (upperRight * fx);
        var lower = (lowerLeft * (1 - fx)) + (lowerRight * fx);
        return (upper * (1 - fy)) + (lower * fy);
    }

    private static Vector128<float> At(ref byte pixels, int width, int height, int bytes, int x, int y)
    {
        if ((uint)x >= (uint)width || (uint)y >= (uint)height)
        {
            return Vector128<float>.Zero;
        }
        var at = 3 * ((y * width) + x);
        ref var pixel = ref Unsafe.AddByteOffset(ref pixels, at);
        return at + 4 <= bytes
            ? Load(ref pixel)
            : Vector128.Create(pixel, Unsafe.AddByteOffset(ref pixel, 1), Unsafe.AddByteOffset(ref pixel, 2), 0f);
    }

    private static Vector128<float> Load(ref byte pixel)
    {
        var four = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(four)).AsInt32());
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
                Store(row[x], _patch, 3 * ((y * patchWidth) + x));
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

    private static void Store(Vector128<float> pixel, Span<byte> rgb, int at)
    {
        var rounded = Vector128.ConvertToInt32Native(pixel + Vector128.Create(0.5f)); // 0 <= pixel <= 255, so nothing is cut
        var bytes = Vector128.Narrow(Vector128.Narrow(rounded, rounded), Vector128<short>.Zero).AsUInt32().ToScalar();
        var to = rgb.Slice(at, 3);
        to[0] = (byte)bytes;
        to[1] = (byte)(bytes >> 8);
        to[2] = (byte)(bytes >> 16);
    }
}
