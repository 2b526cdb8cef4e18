using System.Numerics;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Evaluation.Covers;

/// <summary>What a brush leaves at a place: so much of a colour, whose parts are 0..255.</summary>
internal readonly record struct Ink(float Alpha, Vector3 Colour)
{
    /// <summary>Nothing.</summary>
    public static Ink None => default;
}

/// <summary>
/// A face to draw on. Places are told in the coordinates of an aligned face (<see cref="FaceAligner.Template"/>: the eyes 35 apart, at a height of 51), whatever
/// its size and turn in the photo.
/// </summary>
internal sealed class FaceCanvas
{
    // As far from the middle of the aligned face as anything is drawn: a hat above, a scarf below.
    private const float Reach = 130;

    private readonly RgbImage _image;
    private readonly SimilarityTransform _toFace;

    /// <summary>A face of a photo, which is drawn on in place.</summary>
    /// <param name="image">The photo; stays the caller's.</param>
    /// <param name="landmarks">68 landmarks in its pixels.</param>
    /// <exception cref="ArgumentException">The landmarks are no face.</exception>
    public FaceCanvas(RgbImage image, ReadOnlySpan<float> landmarks)
    {
        _image = image;
        Span<float> five = stackalloc float[10];
        LandmarkModel.FivePoints(landmarks, five);
        if (!SimilarityTransform.TryFit(five, FaceAligner.Template, out _toFace))
        {
            throw new ArgumentException("These landmarks are no face.", nameof(landmarks));
        }

        Points = new Vector2[LandmarkModel.Points];
        for (int i = 0; i < Points.Length; i++)
        {
            (double x, double y) = _toFace.Apply(landmarks[2 * i], landmarks[(2 * i) + 1]);
            Points[i] = new Vector2((float)x, (float)y);
        }

        LeftEye = Mean(36, 41);
        RightEye = Mean(42, 47);
        Skin = SkinColour();
    }

    /// <summary>The 68 landmarks: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67.</summary>
    public Vector2[] Points { get; }

    /// <summary>Middle of the eye on the left of the picture.</summary>
    public Vector2 LeftEye { get; }

    /// <summary>Middle of the other.</summary>
    public Vector2 RightEye { get; }

    /// <summary>The colour of the cheeks.</summary>
    public Vector3 Skin { get; }

    /// <summary>How much of a place inside (negative) or outside an outline is covered: edges are as soft as a pixel of the photo, or a little softer.</summary>
    public float Cover(float distance) => Math.Clamp(0.5f - (distance / MathF.Max(1, (float)_toFace.Scale)), 0, 1);

    /// <summary>Draws: asks the brush about every pixel near the face.</summary>
    public void Paint(Func<Vector2, Ink> brush)
    {
        SimilarityTransform toImage = _toFace.Inverse();
        const float middle = FaceAligner.Side / 2f;
        (double x, double y) = toImage.Apply(middle, middle);
        double reach = Reach * toImage.Scale;
        (int left, int right) = Clip(x, reach, _image.Width);
        (int top, int bottom) = Clip(y, reach, _image.Height);
        for (int row = top; row < bottom; row++)
        {
            Span<byte> pixels = _image.Pixels.Slice(3 * row * _image.Width, 3 * _image.Width);
            for (int column = left; column < right; column++)
            {
                (double u, double v) = _toFace.Apply(column, row);
                Ink ink = brush(new Vector2((float)u, (float)v));
                if (ink.Alpha > 0)
                {
                    Span<byte> pixel = pixels.Slice(3 * column, 3);
                    Store(pixel, Vector3.Lerp(Load(pixel), ink.Colour, ink.Alpha));
                }
            }
        }
    }

    /// <summary>Changes the light of the whole photo: each colour by itself, told where it is.</summary>
    public void Relight(Func<Vector2, Vector3, Vector3> light)
    {
        Span<byte> pixels = _image.Pixels;
        for (int i = 0; i < _image.Width * _image.Height; i++)
        {
            (double u, double v) = _toFace.Apply(i % _image.Width, i / _image.Width);
            Span<byte> pixel = pixels.Slice(3 * i, 3);
            Store(pixel, light(new Vector2((float)u, (float)v), Load(pixel)));
        }
    }

    private static (int First, int End) Clip(double middle, double reach, int size) =>
        ((int)Math.Clamp(middle - reach, 0, size), (int)Math.Clamp(middle + reach, 0, size));

    private static Vector3 Load(ReadOnlySpan<byte> pixel) => new(pixel[0], pixel[1], pixel[2]);

    private static void Store(Span<byte> pixel, Vector3 colour)
    {
        pixel[0] = (byte)Math.Clamp(colour.X + 0.5f, 0, 255);
        pixel[1] = (byte)Math.Clamp(colour.Y + 0.5f, 0, 255);
        pixel[2] = (byte)Math.Clamp(colour.Z + 0.5f, 0, 255);
    }

    private Vector2 Mean(int first, int last)
    {
        Vector2 sum = default;
        for (int i = first; i <= last; i++)
        {
            sum += Points[i];
        }

        return sum / (last - first + 1);
    }

    private Vector3 SkinColour()
    {
        SimilarityTransform toImage = _toFace.Inverse();
        Vector3 sum = default;
        int count = 0;
        foreach (Vector2 cheek in (ReadOnlySpan<Vector2>)[Vector2.Lerp(LeftEye, Points[48], 0.55f), Vector2.Lerp(RightEye, Points[54], 0.55f)])
        {
            for (int i = -4; i <= 4; i++)
            {
                for (int j = -4; j <= 4; j++)
                {
                    (double x, double y) = toImage.Apply(cheek.X + i, cheek.Y + j);
                    if (x >= 0 && y >= 0 && x < _image.Width && y < _image.Height)
                    {
                        sum += Load(_image.Pixels.Slice(3 * (((int)y * _image.Width) + (int)x), 3));
                        count++;
                    }
                }
            }
        }

        return count == 0 ? new Vector3(180, 140, 120) : sum / count;
    }
}
