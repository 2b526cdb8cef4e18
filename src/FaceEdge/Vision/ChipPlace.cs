namespace FaceEdge.Vision;

/// <summary>Where a chip lies in an image: dlib's <c>chip_details</c>, an upright rectangle that is then turned about its middle.</summary>
/// <param name="Left">Middle of the leftmost pixels, before turning.</param>
/// <param name="Top">Middle of the topmost pixels.</param>
/// <param name="Right">Middle of the rightmost pixels.</param>
/// <param name="Bottom">Middle of the lowest pixels.</param>
/// <param name="Cos">Cosine of the turn.</param>
/// <param name="Sin">Sine of the turn.</param>
internal readonly record struct ChipPlace(double Left, double Top, double Right, double Bottom, double Cos, double Sin)
{
    private double Area => Left > Right || Top > Bottom ? 0 : (Right - Left + 1) * (Bottom - Top + 1);

    /// <summary>How often the image is halved before the chip is taken from it: until the chip has more pixels than the next level.</summary>
    public int Levels
    {
        get
        {
            int levels = 0;
            for (ChipPlace next = Down(); next.Area > DlibChip.Side * DlibChip.Side; next = next.Down())
            {
                levels++;
            }

            return levels;
        }
    }

    /// <summary>The place that a transform from chip to image pixels means.</summary>
    public static ChipPlace Of(SimilarityTransform toImage)
    {
        (double x, double y) = toImage.Apply(DlibChip.Side / 2.0, DlibChip.Side / 2.0);
        double half = ((DlibChip.Side * toImage.Scale) - 1) / 2;
        return new ChipPlace(x - half, y - half, x + half, y + half, toImage.A / toImage.Scale, toImage.B / toImage.Scale);
    }

    /// <summary>The same place in the image with half the side: dlib's <c>pyramid_down_2_1::point_down</c>, whose shifts are not half pixels.</summary>
    public ChipPlace Down() => this with
    {
        Left = (Left / 2) - 1.25,
        Top = (Top / 2) - 0.75,
        Right = (Right / 2) - 1.25,
        Bottom = (Bottom / 2) - 0.75,
    };

    /// <summary>The place when the image's origin moves.</summary>
    public ChipPlace Moved(int x, int y) => this with { Left = Left + x, Right = Right + x, Top = Top + y, Bottom = Bottom + y };

    /// <summary>The transform from chip pixels to pixels of the image.</summary>
    public SimilarityTransform ToImage()
    {
        double step = (Right - Left) / (DlibChip.Side - 1);
        (double a, double b) = (step * Cos, step * Sin);
        (double x, double y) = Turned(Left, Top);
        return new SimilarityTransform(a, b, x, y);
    }

    /// <summary>The part of an image that the chip and the borders of its pyramid need; empty when the face lies outside.</summary>
    public (int Left, int Top, int Width, int Height) Surroundings(int width, int height)
    {
        double grow = 2;
        for (int level = 0; level < Levels; level++)
        {
            grow = (2 * grow) + 2;
        }

        double minX = double.MaxValue, minY = double.MaxValue, maxX = double.MinValue, maxY = double.MinValue;
        foreach ((double cornerX, double cornerY) in (ReadOnlySpan<(double, double)>)[(Left, Top), (Right, Top), (Left, Bottom), (Right, Bottom)])
        {
            (double x, double y) = Turned(cornerX, cornerY);
            (minX, maxX) = (Math.Min(minX, x), Math.Max(maxX, x));
            (minY, maxY) = (Math.Min(minY, y), Math.Max(maxY, y));
        }

        int left = (int)Math.Floor(Math.Max(minX - grow, 0) + 0.5);
        int top = (int)Math.Floor(Math.Max(minY - grow, 0) + 0.5);
        int right = (int)Math.Floor(Math.Min(maxX + grow, width - 1) + 0.5);
        int bottom = (int)Math.Floor(Math.Min(maxY + grow, height - 1) + 0.5);
        return (left, top, right - left + 1, bottom - top + 1);
    }

    private (double X, double Y) Turned(double x, double y)
    {
        (double middleX, double middleY) = ((Left + Right) / 2, (Top + Bottom) / 2);
        (x, y) = (x - middleX, y - middleY);
        return (middleX + (Cos * x) - (Sin * y), middleY + (Sin * x) + (Cos * y));
    }
}
