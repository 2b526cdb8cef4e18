using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

public class SimilarityTransformTests
{
    /// <summary>
    /// Random points (numpy default_rng(7)) and the first column and shift of skimage.transform.SimilarityTransform().estimate, scikit-image 0.19.
    /// In the second set a reflection would fit better and must not be taken.
    /// </summary>
    public static TheoryData<float[], float[], double[]> References => new()
    {
        {
            [312.55f, 448.61f, 387.84f, 112.6f, 150.08f, 436.78f, 2.63f, 410.61f, 398.53f, 233.97f],
            FaceAligner.Template.ToArray(),
            [0.0429629834, 0.0116427893, 49.0962272, 54.8723472]
        },
        {
            [-19.7f, -22.16f, -24.51f, -5.49f, 0.45f, 5.35f, 49.55f, 29.27f, 12.22f, 48.9f, -28.47f, -33.98f, 11.25f, -45.61f, -46.43f, 1.49f],
            [-3.38f, 41.72f, 12.92f, 1.41f, -0.31f, -25.25f, -48.82f, -30.76f, 19.2f, -29.94f, -13.05f, -49.63f, 33f, -34.55f, -23.24f, 38.03f],
            [-0.0826894647, -0.175904157, -2.94294964, -12.3545567]
        },
        {
            [101.96f, 169.43f, 127.94f, 148.35f, 18.3f, 108.23f, 101.55f, 174.27f, 72.25f, 119.64f],
            [-54.41f, 54.72f, -55.29f, 65.76f, -12.52f, 58.57f, -51.45f, 55.82f, -34.64f, 65.44f],
            [-0.316508835, 0.191791719, 12.6662847, 89.4469883]
        },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void FitEqualsScikitImage(float[] from, float[] to, double[] expected)
    {
        Assert.True(SimilarityTransform.TryFit(from, to, out var fit));
        Assert.Equal(expected[0], fit.A, 1e-6);
        Assert.Equal(expected[1], fit.B, 1e-6);
        Assert.Equal(expected[2], fit.X, 1e-4);
        Assert.Equal(expected[3], fit.Y, 1e-4);
    }

    [Fact]
    public void AnExactSimilarityIsFoundAgain()
    {
        var truth = new SimilarityTransform(2.5 * Math.Cos(2), 2.5 * Math.Sin(2), -7, 40);
        float[] from = [0, 0, 10, 0, 3, 8];
        var to = new float[6];
        for (var i = 0; i < 6; i += 2)
        {
            var (x, y) = truth.Apply(from[i], from[i + 1]);
            (to[i], to[i + 1]) = ((float)x, (float)y);
        }
        Assert.True(SimilarityTransform.TryFit(from, to, out var fit));
        Assert.Equal(truth.A, fit.A, 1e-5);
        Assert.Equal(truth.B, fit.B, 1e-5);
        Assert.Equal(2.5, fit.Scale, 1e-5);
    }

    [Fact]
    public void TheInverseLeadsBack()
    {
        var there = new SimilarityTransform(0.3, -1.2, 5, -9);
        var (x, y) = there.Apply(17, 4);
        (x, y) = there.Inverse().Apply(x, y);
        Assert.Equal(17, x, 1e-9);
        Assert.Equal(4, y, 1e-9);
    }

    [Fact]
    public void PointsInOnePlaceHaveNoSimilarity() =>
        Assert.False(SimilarityTransform.TryFit([5, 5, 5, 5, 5, 5], [0, 0, 1, 0, 0, 1], out _));
}
