using FaceEdge.Gallery;

namespace FaceEdge.Tests.Gallery;

public class MatchThresholdTests
{
    [Theory]
    [InlineData(0, 0.375)]
    [InlineData(20, 0.375)]
    [InlineData(100, 0.425)]
    [InlineData(400, 0.45)]
    [InlineData(4300, 0.50)]
    [InlineData(1_000_000, 0.50)]
    [InlineData(200, 0.4375)] // Half-way between 100 and 400 in the logarithm.
    public void FollowsTheMeasuredPoints(int people, double expected) => Assert.Equal(expected, MatchThreshold.For("fr512", people), 1e-4);

    [Theory]
    [InlineData(0, 0.475)]
    [InlineData(200, 0.525)]
    [InlineData(100_000, 0.575)]
    public void EachEncoderHasItsOwnPoints(int people, double expected) => Assert.Equal(expected, MatchThreshold.For("mfn192", people), 1e-4);

    /// <summary>Tolerances 0.5625 for few, 0.475 for many people: never the customary 0.6.</summary>
    [Theory]
    [InlineData(0, 0.4375)]
    [InlineData(200, 0.4875)]
    [InlineData(100_000, 0.525)]
    public void TheToleranceOfDlib128Shrinks(int people, double expected) => Assert.Equal(expected, MatchThreshold.For("dlib128", people), 1e-4);

    [Theory]
    [InlineData("fr512")]
    [InlineData("mfn192")]
    [InlineData("dlib128")]
    public void NeverFallsAsTheGalleryGrows(string encoder)
    {
        for (int people = 1; people < 10_000; people++)
        {
            Assert.True(MatchThreshold.For(encoder, people) >= MatchThreshold.For(encoder, people - 1), $"falls at {people}");
        }
    }
}
