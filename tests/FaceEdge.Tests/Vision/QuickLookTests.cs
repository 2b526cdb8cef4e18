using FaceEdge.Imaging;
using FaceEdge.Recognition;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

/// <summary>The look that may settle who the subject is: it does so on portraits, says nobody else, and stays silent wherever there is a doubt.</summary>
[Collection("models")]
public sealed class QuickLookTests(Models models) : IDisposable
{
    private readonly FaceAnalyzer _without = FaceAnalyzer.Load("", new VisionOptions { QuickLook = false });

    [Theory]
    [InlineData("franck_02159.jpg")]
    [InlineData("franck_04117.jpg")]
    [InlineData("audrey.jpg")]
    [InlineData("bieber_small.jpg")]
    [InlineData("cage2_crop.jpg")]
    [InlineData("SeanConnery.jpg")]
    public void AClearFaceIsSettledAsTheSameFace(string photo)
    {
        using var image = Photos.Load(photo);
        var quick = models.Analyzer.AnalyzeSubject(image, out var others)!;
        Assert.Null(others);
        var full = _without.AnalyzeSubject(image, out var faces)!;
        Assert.Equal(1, faces);
        Assert.InRange(quick.Box.OverlapWith(full.Box), 0.6f, 1);
        Assert.InRange(Photos.Cosine(quick.Encoding, full.Encoding), 0.97f, 1.0001f);
    }

    [Theory]
    [InlineData("sample1.jpg")]
    [InlineData("sample2.jpg")]
    [InlineData("sample3.jpg")]
    [InlineData("sample4.jpg")]
    [InlineData("sample5.jpg")]
    [InlineData("sample6.jpg")]
    public void TheSubjectOfAGroupIsTheSameWithAndWithoutIt(string photo)
    {
        using var image = Photos.Load(photo);
        Assert.InRange(models.Analyzer.AnalyzeSubject(image, out _)!.Box.OverlapWith(_without.AnalyzeSubject(image, out _)!.Box), 0.6f, 1);
    }

    [Fact]
    public void OthersAreCountedOnlyForWhoAsks()
    {
        // A small face in the corner of a portrait, which needs no look to know who the subject is.
        var photo = Photos.Load("franck_02159.jpg");
        using (var small = Photos.Load("audrey_crop.jpg"))
        {
            const int side = 100;
            var pixels = new byte[3 * side * side];
            Resampler.Resize(small.Pixels, small.Width, small.Height, pixels, side, side);
            for (var y = 0; y < side; y++)
            {
                pixels.AsSpan(3 * y * side, 3 * side).CopyTo(photo.Pixels[(3 * (y + 20) * photo.Width)..]);
            }
        }
        var alone = models.Analyzer.AnalyzeSubject(photo, out var others)!;
        Assert.Null(others);
        using var sighting = Sighting.Find(photo, models.Analyzer, new Lookup(null));
        Assert.Equal(2, sighting.CountFaces(models.Analyzer));
        Assert.Equal(alone.Box, sighting.Face!.Box);
    }

    [Fact]
    public void ASettingTurnsItOffAtOnce()
    {
        using var image = Photos.Load("audrey.jpg");
        _without.Configure(new VisionOptions());
        _without.AnalyzeSubject(image, out var others);
        Assert.Null(others);
        _without.Configure(new VisionOptions { QuickLook = false });
        _without.AnalyzeSubject(image, out others);
        Assert.Equal(1, others);
    }

    [Fact]
    public void TheLargestSureFaceIsChosenAndPutInside()
    {
        FaceBox[] seen = [new(10, 10, 60, 70, 1), new(390, 100, 610, 350, 0.9985f), new(5, 300, 100, 400, 0.5f)];
        Assert.True(Choose(seen, out var subject));
        Assert.Equal(new FaceBox(390, 100, 600, 350, 0.9985f), subject);
    }

    public static TheoryData<string, FaceBox[]> Doubts => new()
    {
        { "nothing", [] },
        { "not sure", [new(200, 100, 300, 220, 0.997f)] },
        { "too low", [new(200, 100, 280, 179, 1)] },
        { "fills the photo", [new(100, 5, 450, 390, 1)] },
        { "cut at the left", [new(-20, 100, 180, 350, 1)] },
        { "cut at the bottom", [new(200, 200, 380, 412, 1)] },
        { "a surer one as large", [new(200, 100, 300, 220, 0.998f), new(400, 100, 500, 220, 1)] },
        { "one nearly as large", [new(200, 100, 300, 220, 1), new(400, 100, 480, 210, 1)] },
        { "something larger", [new(200, 100, 300, 220, 1), new(350, 100, 500, 300, 0.1f)] },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public void ADoubtIsLeftToABetterLook(string doubt, FaceBox[] seen) => Assert.False(Choose(seen, out _), doubt);

    public void Dispose() => _without.Dispose();

    /// <summary>On a photo of 600x400 on which a face is clear from 80 pixels on.</summary>
    private static bool Choose(FaceBox[] seen, out FaceBox subject) => QuickLook.TryChoose(seen, 600, 400, 80, out subject);
}
