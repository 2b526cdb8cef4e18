using FaceEdge.Gallery;

namespace FaceEdge.Tests.Gallery;

public class MatchThresholdTests
{
    public static TheoryData<string> Encoders => ["fr512", "mfn192", "dlib128", "of somebody else"];

    /// <summary>Exponential tail of scale 0.05 above 0.3: every power of ten fewer impostors is 0.05 * ln 10 higher.</summary>
    [Fact]
    public void AnExponentialTailRisesByTheSameForEachPowerOfTen()
    {
        var calibration = new Calibration(0.3, 0, 0.05, 1, 1, 0);
        Assert.Equal(0.3, calibration.ThresholdFor(0.01), 1e-9);
        Assert.Equal(0.3 + (0.05 * Math.Log(1000)), calibration.ThresholdFor(1e-5), 1e-9);
        Assert.Equal(0.3, calibration.ThresholdFor(0.5), 1e-9); // Below the tail nothing was fitted.
    }

    /// <summary>Shape -0.1 and scale 0.05 end 0.5 above the body; at a rate of 1e-4 of 1e-2 it is 0.5 * (1 - 0.01^0.1).</summary>
    [Fact]
    public void ABoundedTailFollowsItsFormula()
    {
        var calibration = new Calibration(0.3, -0.1, 0.05, 1, 1, 0);
        Assert.Equal(0.3 + (0.5 * (1 - Math.Pow(0.01, 0.1))), calibration.ThresholdFor(1e-4), 1e-9);
        Assert.InRange(calibration.ThresholdFor(1e-300), 0.79, 0.8);
    }

    /// <summary>One in a hundred among 1,000 people is (1 - 0.99^(1/1000)) against each.</summary>
    [Fact]
    public void TheRateIsSharedOutAmongThePeople()
    {
        var calibration = new Calibration(0.3, 0, 0.05, 1, 1, 0);
        double each = 1 - Math.Pow(0.99, 1e-3);
        Assert.Equal(1.005e-5, each, 1e-8);
        Assert.Equal(calibration.ThresholdFor(each), calibration.ThresholdFor(1000, 0.01), 1e-9);
    }

    [Theory]
    [InlineData(0, 0)] // Not known.
    [InlineData(4, 0)]
    [InlineData(5, 0.02)]
    [InlineData(3.5, -0.01)]
    [InlineData(50, 0.032)] // Further than 1.6 deviations counts as that.
    [InlineData(0.1, -0.032)]
    public void EvidenceMovesTheThresholdWithinBounds(float evidence, double expected) =>
        Assert.Equal(expected, new Calibration(0.3, 0, 0.05, 4, 1, 0.02).Offset(evidence), 1e-6);

    [Theory]
    [MemberData(nameof(Encoders))]
    public void ItRisesWithThePeopleAndFallsWithTheRate(string encoder)
    {
        var options = new GalleryOptions { ExpectedPeople = 1 };
        float before = 0;
        for (int people = 1; people < 1_000_000; people *= 2)
        {
            float threshold = MatchThreshold.For(encoder, people, options);
            Assert.True(threshold >= before && threshold < 0.95, $"{threshold} at {people}, {before} before");
            Assert.True(MatchThreshold.For(encoder, people, new GalleryOptions { ExpectedPeople = 1, FalsePositiveRate = 0.001 }) > threshold, $"at {people}");
            before = threshold;
        }
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void ASmallGalleryIsHeldToWhatItMayGrowTo(string encoder)
    {
        var options = new GalleryOptions();
        Assert.Equal(MatchThreshold.For(encoder, options.ExpectedPeople, options), MatchThreshold.For(encoder, 0, options));
        Assert.True(MatchThreshold.For(encoder, options.ExpectedPeople * 10, options) > MatchThreshold.For(encoder, 0, options));
    }

    [Fact]
    public void AFixedThresholdIsWhatItIs() =>
        Assert.Equal(0.625f, MatchThreshold.For("fr512", 1_000_000, new GalleryOptions { Threshold = 0.625 }));

    [Fact]
    public void EvidenceOfAnEncoderThatWasNotMeasuredMeansNothing() => Assert.Equal(0, MatchThreshold.Of("of somebody else").Offset(2));
}
