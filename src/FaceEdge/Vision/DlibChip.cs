using System.Buffers;

namespace FaceEdge.Vision;

/// <summary>
/// Cuts a face out as dlib does for its face recognition network (<c>get_face_chip_details</c> with size 150 and padding 0.25, then
/// <c>extract_image_chip</c>, dlib 19.24): encodings that dlib made keep matching only when the network sees the same pixels. Large
/// faces are taken from an image pyramid. Used by one thread at a time.
/// </summary>
public sealed class DlibChip
{
    /// <summary>Side of the chip in pixels.</summary>
    public const int Side = 150;

    /// <summary>Bytes of a chip: RGB, row by row.</summary>
    public const int Bytes = 3 * Side * Side;

    private const double Padding = 0.25;

    /// <summary>The landmarks that count: nose, eyes, upper and inner lips without the lower ones; not the jaw and the brows.</summary>
    private static readonly int[] Used = [.. Enumerable.Range(27, 55 - 27), .. Enumerable.Range(60, 65 - 60)];

    /// <summary>Where those landmarks belong in the chip.</summary>
    private static readonly float[] Target = [.. Used.SelectMany(static (_, i) => new[] { InChip(MeanX[i]), InChip(MeanY[i]) })];

    private readonly float[] _points = new float[2 * Used.Length];

    /// <summary>
    /// Average positions of <see cref="Used"/> in a face whose box is the unit square: <c>mean_face_shape_x</c> of dlib's
    /// <c>image_transforms/interpolation.h</c> (Boost licence), without the landmarks that are not used.
    /// </summary>
    private static ReadOnlySpan<double> MeanX =>
    [
        0.490127, 0.490127, 0.490127, 0.490127, 0.36688, 0.426036, 0.490127, 0.554217, 0.613373, 0.121737, 0.187122, 0.265825, 0.334606,
        0.260918, 0.182743, 0.645647, 0.714428, 0.793132, 0.858516, 0.79751, 0.719335, 0.254149, 0.340985, 0.428858, 0.490127, 0.551395,
        0.639268, 0.726104, 0.290379, 0.428096, 0.490127, 0.552157, 0.689874,
    ];

    /// <summary>The same down the face: <c>mean_face_shape_y</c>.</summary>
    private static ReadOnlySpan<double> MeanY =>
    [
        0.203352, 0.307009, 0.409805, 0.515625, 0.587326, 0.609345, 0.628106, 0.609345, 0.587326, 0.216423, 0.178758, 0.179852, 0.231733,
        0.245099, 0.244077, 0.231733, 0.179852, 0.178758, 0.216423, 0.244077, 0.245099, 0.780233, 0.745405, 0.727388, 0.742578, 0.727388,
        0.745405, 0.780233, 0.784792, 0.778746, 0.785343, 0.778746, 0.784792,
    ];

    /// <summary>Writes the chip of a face (<see cref="Bytes"/> bytes). What lies outside the image is black.</summary>
    /// <param name="image">The photo.</param>
    /// <param name="landmarks">68 landmarks, 136 numbers in its pixels, a whole number being the middle of a pixel.</param>
    /// <param name="chip">Receives the face.</param>
    /// <returns>False when the landmarks do not make a face.</returns>
    public bool Cut(in RgbView image, ReadOnlySpan<float> landmarks, Span<byte> chip)
    {
        for (int i = 0; i < Used.Length; i++)
        {
            landmarks.Slice(2 * Used[i], 2).CopyTo(_points.AsSpan(2 * i));
        }

        // From the chip to the image, as dlib fits: the other way round the scale would come out a little larger.
        if (!SimilarityTransform.TryFit(Target, _points, out SimilarityTransform toImage))
        {
            return false;
        }

        Extract(image, ChipPlace.Of(toImage), chip);
        return true;
    }

    private static float InChip(double mean) => (float)((Padding + mean) / ((2 * Padding) + 1) * Side);

    private static void Extract(in RgbView image, ChipPlace place, Span<byte> chip)
    {
        int levels = place.Levels;
        (int left, int top, int width, int height) = place.Surroundings(image.Width, image.Height);
        if (levels == 0 || width <= 0 || height <= 0)
        {
            Sample(image, place.ToImage(), chip);
            return;
        }

        // Each level is a quarter of the one before; one buffer holds the first row pass, which is the largest part.
        place = place.Moved(-left, -top);
        byte[] one = ArrayPool<byte>.Shared.Rent(3 * Math.Max(1, DlibPyramid.Down(width)) * Math.Max(1, DlibPyramid.Down(height)));
        byte[] other = ArrayPool<byte>.Shared.Rent(one.Length);
        try
        {
            DlibPyramid.Halve(image.Pixels[(3 * ((top * image.Width) + left))..], 3 * image.Width, width, height, one);
            place = place.Down();
            (width, height) = (DlibPyramid.Down(width), DlibPyramid.Down(height));
            for (int level = 1; level < levels; level++)
            {
                DlibPyramid.Halve(one, 3 * width, width, height, other);
                place = place.Down();
                (width, height) = (DlibPyramid.Down(width), DlibPyramid.Down(height));
                (one, other) = (other, one);
            }

            if (width < 1 || height < 1)
            {
                chip.Clear(); // A corner of a face larger than the photo.
                return;
            }

            Sample(new RgbView(one.AsSpan(0, 3 * width * height), width, height), place.ToImage(), chip);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(one);
            ArrayPool<byte>.Shared.Return(other);
        }
    }

    /// <summary>Bilinear, cut off instead of rounded, black where one of the four pixels is missing: dlib's <c>interpolate_bilinear</c>.</summary>
    private static void Sample(in RgbView image, SimilarityTransform toImage, Span<byte> chip)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        int stride = 3 * image.Width;
        for (int j = 0; j < Side; j++)
        {
            for (int i = 0; i < Side; i++)
            {
                Span<byte> to = chip.Slice(3 * ((j * Side) + i), 3);
                (double x, double y) = toImage.Apply(i, j);
                if (!(x >= 0 && y >= 0 && x < image.Width - 1 && y < image.Height - 1))
                {
                    to.Clear();
                    continue;
                }

                (int left, int top) = ((int)x, (int)y);
                (double fx, double fy) = (x - left, y - top);
                ReadOnlySpan<byte> upper = pixels.Slice((top * stride) + (3 * left), 6);
                ReadOnlySpan<byte> lower = pixels.Slice(((top + 1) * stride) + (3 * left), 6);
                for (int c = 0; c < 3; c++)
                {
                    to[c] = (byte)(((1 - fy) * (((1 - fx) * upper[c]) + (fx * upper[c + 3])))
                        + (fy * (((1 - fx) * lower[c]) + (fx * lower[c + 3]))));
                }
            }
        }
    }
}
