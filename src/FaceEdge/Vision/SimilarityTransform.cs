namespace FaceEdge.Vision;

/// <summary>
/// A similarity of the plane without reflection: (x, y) becomes (A x - B y + X, B x + A y + Y), where A = s cos t and B = s sin t
/// for a scale s and a turn t.
/// </summary>
/// <param name="A">s cos t.</param>
/// <param name="B">s sin t.</param>
/// <param name="X">Horizontal shift.</param>
/// <param name="Y">Vertical shift.</param>
public readonly record struct SimilarityTransform(double A, double B, double X, double Y)
{
    /// <summary>The factor by which lengths grow.</summary>
    public double Scale => Math.Sqrt((A * A) + (B * B));

    /// <summary>Moves a point.</summary>
    public (double X, double Y) Apply(double x, double y) => ((A * x) - (B * y) + X, (B * x) + (A * y) + Y);

    /// <summary>The way back. Only for a transform whose scale is not 0.</summary>
    public SimilarityTransform Inverse()
    {
        var square = (A * A) + (B * B);
        var a = A / square;
        var b = -B / square;
        return new SimilarityTransform(a, b, -((a * X) - (b * Y)), -((b * X) + (a * Y)));
    }

    /// <summary>
    /// The similarity that carries <paramref name="from"/> closest to <paramref name="to"/> (least squares): Umeyama 1991, "Least-squares
    /// estimation of transformation parameters between two point patterns". In the plane, with reflections left out, his singular
    /// value decomposition has a closed form: with c the sum of dot products and d the sum of cross products of the centred
    /// points, the turn is atan2(d, c) and the scale |(c, d)| over the spread of the centred source.
    /// </summary>
    /// <param name="from">x, y pairs.</param>
    /// <param name="to">As many x, y pairs.</param>
    /// <param name="transform">The result.</param>
    /// <returns>False when there is none: all source points fall together, the best scale is 0, or a number is not finite.</returns>
    public static bool TryFit(ReadOnlySpan<float> from, ReadOnlySpan<float> to, out SimilarityTransform transform)
    {
        if (from.Length != to.Length || from.Length < 4 || from.Length % 2 != 0)
        {
            throw new ArgumentException("Needs two equally long lists of at least two x, y pairs.", nameof(to));
        }
        var points = from.Length / 2;
        double fromX = 0, fromY = 0, toX = 0, toY = 0;
        for (var i = 0; i < from.Length; i += 2)
        {
            fromX += from[i];
            fromY += from[i + 1];
            toX += to[i];
            toY += to[i + 1];
        }
        fromX /= points;
        fromY /= points;
        toX /= points;
        toY /= points;
        double dot = 0, cross = 0, spread = 0;
        for (var i = 0; i < from.Length; i += 2)
        {
            var x = from[i] - fromX;
            var y = from[i + 1] - fromY;
            var u = to[i] - toX;
            var v = to[i + 1] - toY;
            dot += (x * u) + (y * v);
            cross += (x * v) - (y * u);
            spread += (x * x) + (y * y);
        }
        var a = dot / spread;
        var b = cross / spread;
        transform = new SimilarityTransform(a, b, toX - ((a * fromX) - (b * fromY)), toY - ((b * fromX) + (a * fromY)));
        return double.IsFinite(transform.X) && double.IsFinite(transform.Y) && double.IsNormal(transform.Scale);
    }
}
