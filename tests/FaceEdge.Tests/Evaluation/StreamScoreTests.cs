using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class StreamScoreTests
{
    [Fact]
    public void StrangersKnownPeopleAndRefusalsAreAsCountedByHand()
    {
        StreamScore score = StreamScore.Of(
        [
            new("a", 1, true, null),
            new("b", 1, false, null), // A stranger taken for a.
            new("c", 2, true, null), // A stranger told apart.
            new("a", 1, false, null), // Known, right.
            new("c", 1, false, null), // Known, taken for a.
            new("c", 3, true, null), // Known, taken for new: the second id is c's, too.
            new("c", 3, false, null), // Known, right.
            new("b", 4, true, null), // Seen before, but nothing was registered: neither.
            new("d", 0, false, "no_face"),
            new("a", 0, false, "low_quality"),
            new("e", 0, false, "no_face"),
        ]);
        Assert.Equal((2, 1, 0.5), (score.Strangers, score.StrangersMatched, score.Fpir));
        Assert.Equal((4, 2, 0.5), (score.Known, score.KnownMissed, score.Fnir));
        Assert.Equal((11, 8, 11), (score.Photos, score.Answered.Photos, score.RefusalsAlone.Photos));
        Assert.Equal(7, score.RefusalsAlone.Ids);
        Assert.Equal([("low_quality", 1), ("no_face", 2)], score.Refused.Select(static refused => (refused.Key, refused.Value)));
    }
}
