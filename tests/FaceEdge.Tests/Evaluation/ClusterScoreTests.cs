using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class ClusterScoreTests
{
    [Fact]
    public void EveryPersonWithOneIdIsPerfect()
    {
        ClusterScore score = ClusterScore.Of([("a", 1), ("b", 2), ("a", 1)]);
        Assert.Equal((1, 1, 1, 0, 0), (score.Precision, score.Recall, score.F1, score.FalseMergeRate, score.FalseSplitRate));
    }

    /// <summary>Id 1 holds a a a b, id 2 holds b, id 3 holds c c a.</summary>
    [Fact]
    public void MergesAndSplitsAreAsCountedByHand()
    {
        ClusterScore score = ClusterScore.Of([("a", 1), ("a", 1), ("a", 1), ("b", 1), ("b", 2), ("c", 3), ("c", 3), ("a", 3)]);

        // Precision: three photos of 3/4, one of 1/4, one of 1, two of 2/3, one of 1/3; recall: three of 3/4, two of 1/2, two of 1, one of 1/4.
        Assert.Equal(((3 * 0.75) + 0.25 + 1 + (2 * 2.0 / 3) + (1.0 / 3)) / 8, score.Precision, 1e-12);
        Assert.Equal(((3 * 0.75) + (2 * 0.5) + 2 + 0.25) / 8, score.Recall, 1e-12);
        Assert.Equal(2 * score.Precision * score.Recall / (score.Precision + score.Recall), score.F1, 1e-12);
        Assert.Equal((8, 3, 3), (score.Photos, score.People, score.Ids));
        Assert.Equal((9, 8, 4), (score.SameIdPairs, score.SamePersonPairs, score.RightPairs));
        Assert.Equal((5.0 / 9, 0.5), (score.FalseMergeRate, score.FalseSplitRate));
        Assert.Equal((2, 2), (score.MixedIds, score.SplitPeople));
    }

    [Fact]
    public void NothingToScoreIsNoFailure() => Assert.Equal(0, ClusterScore.Of([]).F1);
}
