using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class FoldAccuracyTests
{
    /// <summary>Fold 0 alone is best parted at 0.55, fold 1 at 0.35: each is judged by the other's.</summary>
    [Fact]
    public void EachFoldIsJudgedByTheOthersThreshold()
    {
        FoldAccuracy accuracy = FoldAccuracy.Of(
        [
            new(0, 0.8f, true), new(0, 0.6f, true), new(0, 0.5f, false), new(0, 0.1f, false),
            new(1, 0.7f, true), new(1, 0.4f, true), new(1, 0.3f, false), new(1, 0.2f, false),
        ]);
        Assert.Equal(0.35, accuracy.Thresholds[0], 1e-6);
        Assert.Equal(0.55, accuracy.Thresholds[1], 1e-6);
        Assert.Equal([0.75, 0.75], accuracy.Folds); // Fold 0: 0.5 taken for the same; fold 1: 0.4 taken for two.
        Assert.Equal((0.75, 0, 0), (accuracy.Mean, accuracy.StandardDeviation, accuracy.StandardError));
    }

    [Fact]
    public void DeviationAndErrorAreThoseOfTheFolds()
    {
        var accuracy = new FoldAccuracy([0.9, 1.0, 0.95, 0.95], [0, 0, 0, 0]);
        Assert.Equal(0.95, accuracy.Mean, 1e-12);
        Assert.Equal(Math.Sqrt((0.0025 + 0.0025) / 3), accuracy.StandardDeviation, 1e-12);
        Assert.Equal(accuracy.StandardDeviation / 2, accuracy.StandardError, 1e-12);
    }

    [Fact]
    public void OfEquallyGoodThresholdsTheMiddleOneIsTaken()
    {
        // Right from just above 0.1 on up to 0.9: half-way.
        Assert.Equal(0.5, FoldAccuracy.BestThreshold([new(0, 0.1f, false), new(0, 0.9f, true)]), 1e-6);
        // All the same: under the lowest. All different: over the highest.
        Assert.True(FoldAccuracy.BestThreshold([new(0, 0.4f, true), new(0, 0.5f, true)]) < 0.4);
        Assert.True(FoldAccuracy.BestThreshold([new(0, 0.4f, false), new(0, 0.5f, false)]) > 0.5);
    }

    [Fact]
    public void OneFoldCanNotBeJudged() =>
        Assert.Throws<EvaluationException>(static () => FoldAccuracy.Of([new ScoredPair(0, 0.5f, true)]));
}
