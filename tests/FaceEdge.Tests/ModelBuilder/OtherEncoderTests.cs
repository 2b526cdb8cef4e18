using FaceEdge.Gallery;
using FaceEdge.Tests.Vision;
using FaceEdge.Vision;

namespace FaceEdge.Tests.ModelBuilder;

/// <summary>The whole path with the encoder that is not the default.</summary>
public class OtherEncoderTests
{
    [Fact]
    public void Mfn192TellsPeopleApart()
    {
        using var analyzer = FaceAnalyzer.Load("", new VisionOptions { Encoder = "mfn192" });
        Assert.Equal("mfn192", analyzer.Encoder);
        Assert.Equal(192, analyzer.Dimensions);
        var threshold = MatchThreshold.For("mfn192", 20);
        var franck = Photos.Encode(analyzer, "franck_02159.jpg");
        Assert.Equal(192, franck.Length);
        Assert.InRange(Photos.Cosine(franck, Photos.Encode(analyzer, "franck_04117.jpg")), threshold, 1);
        Assert.InRange(Photos.Cosine(Photos.Encode(analyzer, "audrey.jpg"), Photos.Encode(analyzer, "audrey_crop.jpg")), threshold, 1);
        foreach (var stranger in (string[])["audrey.jpg", "bieber_small.jpg", "cage.jpg", "SeanConnery.jpg", "obama4_crop.jpg"])
        {
            Assert.InRange(Photos.Cosine(franck, Photos.Encode(analyzer, stranger)), -1, threshold);
        }
    }
}
