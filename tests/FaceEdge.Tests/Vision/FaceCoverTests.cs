using FaceEdge.Evaluation;
using FaceEdge.Evaluation.Covers;
using FaceEdge.Gallery;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

[Collection("models")]
public class FaceCoverTests(Models models)
{
    /// <summary>People on the photos of the npm packages, with glasses, beards and hats.</summary>
    public static TheoryData<string> Open =>
    [
        "franck_01829.jpg", "franck_02045.jpg", "franck_02159.jpg", "franck_02221.jpg", "franck_02683.jpg", "franck_02888.jpg", "franck_03909.jpg",
        "franck_03979.jpg", "franck_04000.jpg", "franck_04035.jpg", "franck_04117.jpg", "cage.jpg", "audrey.jpg", "SeanConnery.jpg", "bieber_small.jpg",
        "Justin-Bieber2_crop.jpg", "sean_guru2_crop.jpg", "cage2_crop.jpg", "audrey_crop.jpg", "bill-murray-snl_crop.jpg", "chuck_crop.jpg",
        "fragrance-George-Clooney-main_crop.jpg", "kim1_crop.jpg", "obama4_crop.jpg", "queen20_crop.jpg", "walter2_crop.jpg",
    ];

    [Theory]
    [MemberData(nameof(Open))]
    public void AnOpenFaceIsNotCovered(string photo)
    {
        (_, FaceCover cover) = Measure(photo, kind: null);
        Assert.True(cover is { Covered: <= 0.5f, WashedOut: <= 0.5f }, cover.ToString());
    }

    [Fact]
    public void RealDarkGlassesAreSeen()
    {
        (_, FaceCover cover) = Measure("terminator_crop.jpg", kind: null);
        Assert.True(cover is { Eyes: > 0.5f, Mouth: < 0.1f, Brow: < 0.1f, WashedOut: < 0.1f }, cover.ToString());
    }

    /// <summary>A covered face may match; one that is hidden so far that it does not match another photo of the same person must not become a new one.</summary>
    [Theory]
    [InlineData("franck_02159.jpg", "franck_04035.jpg")]
    [InlineData("franck_01829.jpg", "franck_04117.jpg")]
    [InlineData("cage2_crop.jpg", "cage.jpg")]
    public void WhatHidesAFaceSoFarThatItNoLongerMatchesIsSeen(string photo, string another)
    {
        float[] known = Photos.Encode(models.Analyzer, another);
        float threshold = MatchThreshold.For("fr512", 1, new GalleryOptions());
        List<string> lost = [], unseen = [];
        foreach (CoverKind kind in CoverKind.All.Where(static kind => kind.Group is not CoverGroup.Ordinary))
        {
            (Face face, FaceCover cover) = Measure(photo, kind);
            if (Photos.Cosine(face.Encoding, known) < threshold)
            {
                lost.Add(kind.Name);
                if (cover is { Covered: <= 0.5f, WashedOut: <= 0.5f })
                {
                    unseen.Add($"{kind.Name} {cover}");
                }
            }
        }

        Assert.Empty(unseen);
        Assert.InRange(lost.Count, 5, 18);
    }

    [Theory]
    [InlineData("franck_02159.jpg")]
    [InlineData("cage2_crop.jpg")]
    public void GlassesBeardsAndPhotosWithoutColourPass(string photo)
    {
        foreach (CoverKind kind in CoverKind.All.Where(static kind => kind.Group is CoverGroup.Ordinary))
        {
            (_, FaceCover cover) = Measure(photo, kind);
            Assert.True(cover is { Covered: <= 0.5f, WashedOut: <= 0.5f }, $"{kind.Name} {cover}");
        }
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

    private (Face Face, FaceCover Cover) Measure(string photo, CoverKind? kind)
    {
        using RgbImage image = Photos.Load(photo);
        Face? face = models.Analyzer.AnalyzeSubject(image, out _);
        Assert.NotNull(face);
        if (kind is not null)
        {
            kind.Draw(new FaceCanvas(image, models.Analyzer.LocateLandmarks(image, face.Box)), new SeededNumbers(7));
            face = models.Analyzer.AnalyzeSubject(image, out _);
            Assert.NotNull(face);
        }

        return (face, models.Analyzer.MeasureCover(image, face)!.Value);
    }
}
