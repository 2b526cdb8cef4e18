using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class VerificationTests
{
    [Fact]
    public void TheThresholdIsTheLowestThatKeepsTheRate()
    {
        Verification scores = Of([0.9f, 0.8f, 0.45f, 0.2f], [0.5f, 0.4f, 0.3f, 0.2f, 0.1f, 0, -0.1f, -0.2f, -0.3f, -0.4f]);

        WorkingPoint? point = scores.At(0.2);

        Assert.NotNull(point);
        Assert.Equal(2, point.Impostors); // 0.5 and 0.4; a threshold of just over 0.3 is enough for that.
        Assert.InRange(point.Threshold, 0.3, 0.30002);
        Assert.Equal((0.25, 0.75), (point.Fnmr, point.Tpr));
    }

    [Fact]
    public void ARateOfLessThanOnePairIsNotMade() => Assert.Null(Of([0.9f], [0.1f, 0.2f]).At(0.1));

    [Fact]
    public void EqualImpostorsAreMatchedTogetherOrNotAtAll()
    {
        WorkingPoint? point = Of([0.9f], [0.5f, 0.5f, 0.1f, 0.1f]).At(0.25);
        Assert.Equal(0, point!.Impostors);
    }

    [Fact]
    public void TheCurveRisesFromFewestFalseMatchesToAll()
    {
        var random = new Random(3);
        WorkingPoint[] roc = [.. Of(
            [.. Enumerable.Range(0, 500).Select(_ => 0.5f + (float)(random.NextDouble() * 0.4))],
            [.. Enumerable.Range(0, 1000).Select(_ => (float)(random.NextDouble() * 0.6))]).Roc()];
        Assert.Equal(31, roc.Length);
        Assert.Equal((1e-3, 1), (roc[0].Fmr, roc[^1].Tpr));
        for (int i = 1; i < roc.Length; i++)
        {
            Assert.True(roc[i].Tpr >= roc[i - 1].Tpr && roc[i].Threshold <= roc[i - 1].Threshold, $"falls at {roc[i].Fmr}");
        }
    }

    [Fact]
    public void HistogramsAddUpAndTakeWhatRoundingMade()
    {
        var all = new ScoreHistogram();
        var half = new ScoreHistogram();
        foreach (float score in (ReadOnlySpan<float>)[-1.0001f, -1, 0, 0.25f, 1, 1.0001f])
        {
            all.Add(score);
            half.Add(score);
        }

        all.Add(half);
        Assert.Equal(12, all.Total);
        Assert.Equal((12, 8, 6, 4), (all.CountFrom(-1), all.CountFrom(0), all.CountFrom(0.25), all.CountFrom(1)));
    }

    private static Verification Of(float[] genuine, float[] impostor)
    {
        var scores = new Verification(new ScoreHistogram(), new ScoreHistogram());
        Array.ForEach(genuine, scores.Genuine.Add);
        Array.ForEach(impostor, scores.Impostor.Add);
        return scores;
    }
}
