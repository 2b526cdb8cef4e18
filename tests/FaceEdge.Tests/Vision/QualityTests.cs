using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

public class QualityTests
{
    private static readonly FaceBox Large = new(0, 0, 150, 200, 1);

    // cv2.boxFilter 3x3 and 9x9 of floor(128 + 50 sin(x/2) + 50 cos(y/3)) and of the same with x/9, y/11; central differences over
    // rows 28..99, columns 22..89; energy 1472.34 / (379.67 + 1) and 108.63 / (101.73 + 1).
    [Theory]
    [InlineData(2, 3, 3.867786)]
    [InlineData(9, 11, 1.057435)]
    public void TheSharpnessRatioEqualsOpenCvs(double periodX, double periodY, double expected) =>
        Assert.Equal(expected, Sharpness.Ratio(Grey(periodX, periodY)), 1e-3);

    [Fact]
    public void WavesTooLongForDetailAreBlurredAndShortOnesCrisp()
    {
        Assert.Equal(0, Sharpness.Grade(Grey(9, 11)));
        Assert.Equal(1, Sharpness.Grade(Grey(2, 3)));
    }

    [Fact]
    public void AFlatFaceIsNotSharp() => Assert.Equal(0, Sharpness.Grade(new byte[FaceAligner.Bytes]));

    [Fact]
    public void TheTemplateLooksIntoTheCamera()
    {
        var pose = HeadPose.From(FaceAligner.Template);
        Assert.Equal(0, pose.Yaw, 0.02);
        Assert.Equal(0, pose.Pitch, 0.02);
        Assert.Equal(0, pose.Roll, 0.02);
        Assert.Equal(1, pose.Frontal);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(-0.4)]
    public void ARolledHeadOnlyRolls(double radians)
    {
        var turn = new SimilarityTransform(3 * Math.Cos(radians), 3 * Math.Sin(radians), 100, 50);
        var five = new float[10];
        for (var i = 0; i < 10; i += 2)
        {
            var (x, y) = turn.Apply(FaceAligner.Template[i], FaceAligner.Template[i + 1]);
            (five[i], five[i + 1]) = ((float)x, (float)y);
        }
        var pose = HeadPose.From(five);
        Assert.Equal(radians, pose.Roll, 0.02);
        Assert.Equal(0, pose.Yaw, 0.02);
        Assert.Equal(1, pose.Frontal);
    }

    [Fact]
    public void ATurnedHeadIsLessFrontalTheFurtherItTurns()
    {
        var last = 1f;
        foreach (var beside in (float[])[8, 16, 26])
        {
            var five = FaceAligner.Template.ToArray();
            five[4] += beside;
            var pose = HeadPose.From(five);
            Assert.Equal(beside / 35.24, pose.Yaw, 0.02);
            Assert.True(pose.Frontal < last);
            last = pose.Frontal;
        }
        Assert.InRange(last, 0, 0.15f);
    }

    [Fact]
    public void PointsInOnePlaceAreGradedWithoutNonsense()
    {
        var grade = QualityGrader.Grade(new FaceBox(0, 0, 1, 1, 0.7f), new float[10], new byte[FaceAligner.Bytes], 0);
        Assert.InRange(grade.Overall, 0, 0.1f);
        Assert.InRange(grade.FrontalPose, 0, 1);
    }

    [Fact]
    public void ASmallFaceIsWorseThanALargeOne()
    {
        var aligned = Grey(3, 4);
        var large = QualityGrader.Grade(Large, FaceAligner.Template, aligned, null);
        var small = QualityGrader.Grade(new FaceBox(0, 0, 30, 40, 1), FaceAligner.Template, aligned, null);
        Assert.Equal(200, large.HeightPixels);
        Assert.Equal(40, small.HeightPixels);
        Assert.True(small.Overall < large.Overall);
        Assert.True(QualityGrader.Grade(new FaceBox(0, 0, 12, 16, 1), FaceAligner.Template, aligned, null).Overall < small.Overall);
    }

    // numpy: clip(floor(mean + swing * sin(x / 7) + 0.15 * swing * cos(y / 5)), 0, 255); rows 28..99 and columns 22..89 sorted; the part >= 250,
    // and the 4,651st of 4,896 less the 244th.
    [Theory]
    [InlineData(140, 130, 0.11254085, 252)]
    [InlineData(120, 60, 0, 123)]
    [InlineData(20, 9, 0, 18)]
    public void WhiteAndRangeEqualNumpys(double mean, double swing, double white, int range)
    {
        var measured = Exposure.Measure(Waves(mean, swing));
        Assert.Equal(white, measured.White, 1e-6);
        Assert.Equal(range, measured.Range);
    }

    [Fact]
    public void DarkButLegibleIsWellExposedAndWhiteOrFlatIsNot()
    {
        Assert.Equal(1, Exposure.Grade(Waves(40, 25)));
        Assert.InRange(Exposure.Grade(Waves(20, 9)), 0.3f, 0.6f);
        Assert.InRange(Exposure.Grade(Waves(235, 70)), 0.2f, 0.8f);
        foreach (var grey in (byte[])[0, 128, 255])
        {
            var flat = new byte[FaceAligner.Bytes];
            flat.AsSpan().Fill(grey);
            Assert.Equal(0, Exposure.Grade(flat));
        }
    }

    [Fact]
    public void TheOverallGradeIsTheWeightedGeometricMeanOfItsParts()
    {
        var aligned = Waves(235, 70);
        var five = FaceAligner.Template.ToArray();
        five[4] += 12;
        var grade = QualityGrader.Grade(new FaceBox(0, 0, 40, 50, 0.9f), five, aligned, 0.6f);
        double size = Math.Log(50 / 16.0) / Math.Log(112 / 16.0);
        double parts = (0.05 * Math.Log(size)) + (0.15 * Math.Log(Math.Max(grade.Sharpness, 0.02))) + (0.05 * Math.Log(grade.FrontalPose))
            + (0.1 * Math.Log(grade.Exposure)) + (0.1 * Math.Log(0.8));
        Assert.Equal(Math.Exp(parts + (0.55 * Math.Log(0.6))), grade.Overall, 1e-4);
        // Without the encoder's word the others share its weight.
        Assert.Equal(Math.Exp(parts / 0.45), QualityGrader.Grade(new FaceBox(0, 0, 40, 50, 0.9f), five, aligned, null).Overall, 1e-4);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0.5)]
    [InlineData(9, 1)]
    public void EvidenceIsGradedWithinItsRange(float evidence, float expected) => Assert.Equal(expected, new EvidenceRange(2, 4).Grade(evidence));

    private static byte[] Waves(double mean, double swing)
    {
        var pixels = new byte[FaceAligner.Bytes];
        for (var i = 0; i < 112 * 112; i++)
        {
            var value = Math.Floor(mean + (swing * Math.Sin(i % 112 / 7.0)) + (0.15 * swing * Math.Cos(i / 112 / 5.0)));
            pixels.AsSpan(3 * i, 3).Fill((byte)Math.Clamp(value, 0, 255));
        }
        return pixels;
    }

    private static byte[] Grey(double periodX, double periodY)
    {
        var pixels = new byte[FaceAligner.Bytes];
        for (var i = 0; i < 112 * 112; i++)
        {
            pixels.AsSpan(3 * i, 3).Fill((byte)Math.Floor(128 + (50 * Math.Sin(i % 112 / periodX)) + (50 * Math.Cos(i / 112 / periodY))));
        }
        return pixels;
    }
}
