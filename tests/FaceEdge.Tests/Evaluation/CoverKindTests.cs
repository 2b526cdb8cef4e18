using FaceEdge.Evaluation.Covers;
using FaceEdge.Imaging;
using FaceEdge.Tests.Vision;

namespace FaceEdge.Tests.Evaluation;

[Collection("models")]
public class CoverKindTests(Models models)
{
    [Fact]
    public void NamesAreForScripts() => Assert.All(CoverKind.All, static kind => Assert.Matches("^[a-z0-9-]+$", kind.Name));

    [Fact]
    public void NoTwoKindsHaveOneName() => Assert.Equal(CoverKind.All.Count, CoverKind.All.DistinctBy(static kind => kind.Name).Count());

    /// <summary>So that what is measured can be measured again; and that many drawings are many samples.</summary>
    [Fact]
    public void ASeedDrawsTheSameEveryTimeAndAnotherSomethingElse()
    {
        byte[] first = Draw(seed: 1);
        Assert.Equal(first, Draw(seed: 1));
        Assert.NotEqual(first, Draw(seed: 2));
    }

    [Fact]
    public void NothingIsDrawnWhereThereIsNoFace()
    {
        using RgbImage blank = Photos.Blank(200, 200, 128);
        byte[] photo = JpegEncoder.Encode(blank, 0, 0, 200, 200, 200, 90);
        Assert.Null(DrawnPhoto.Draw(photo, CoverKind.All[0], 1, models.Analyzer, new FaceEdgeOptions()));
    }

    private byte[] Draw(int seed)
    {
        byte[]? drawn = DrawnPhoto.Draw(
            File.ReadAllBytes(Repository.Photo("cage.jpg")), CoverKind.All.Single(static kind => kind.Name == "scarf"), seed, models.Analyzer, new FaceEdgeOptions());
        Assert.NotNull(drawn);
        return drawn;
    }
}
