using System.Numerics.Tensors;
using FaceEdge.Gallery;
using FaceEdge.Tests.Vision;
using FaceEdge.Vision;

namespace FaceEdge.Tests.ModelBuilder;

/// <summary>The whole path with the encoder that is not the default.</summary>
public class OtherEncoderTests
{
    /// <summary>
    /// The encoding that Python's face_recognition publishes in its <c>examples/web_service_example.py</c>, made by dlib of its photo of Barack
    /// Obama (of which we have another photo only).
    /// </summary>
    private static readonly float[] PublishedObama =
    [
        -0.09634063f, 0.12095481f, -0.00436332f, -0.07643753f, 0.0080383f, 0.01902981f, -0.07184699f, -0.09383309f, 0.18518871f, -0.09588896f,
        0.23951106f, 0.0986533f, -0.22114635f, -0.1363683f, 0.04405268f, 0.11574756f, -0.19899382f, -0.09597053f, -0.11969153f, -0.12277931f,
        0.03416885f, -0.00267565f, 0.09203379f, 0.04713435f, -0.12731361f, -0.35371891f, -0.0503444f, -0.17841317f, -0.00310897f, -0.09844551f,
        -0.06910533f, -0.00503746f, -0.18466514f, -0.09851682f, 0.02903969f, -0.02174894f, 0.02261871f, 0.0032102f, 0.20312519f, 0.02999607f,
        -0.11646006f, 0.09432904f, 0.02774341f, 0.22102901f, 0.26725179f, 0.06896867f, -0.00490024f, -0.09441824f, 0.11115381f, -0.22592428f,
        0.06230862f, 0.16559327f, 0.06232892f, 0.03458837f, 0.09459756f, -0.18777156f, 0.00654241f, 0.08582542f, -0.13578284f, 0.0150229f,
        0.00670836f, -0.08195844f, -0.04346499f, 0.03347827f, 0.20310158f, 0.09987706f, -0.12370517f, -0.06683611f, 0.12704916f, -0.02160804f,
        0.00984683f, 0.00766284f, -0.18980607f, -0.19641446f, -0.22800779f, 0.09010898f, 0.39178532f, 0.18818057f, -0.20875394f, 0.03097027f,
        -0.21300618f, 0.02532415f, 0.07938635f, 0.01000703f, -0.07719778f, -0.12651891f, -0.04318593f, 0.06219772f, 0.09163868f, 0.05039065f,
        -0.04922386f, 0.21839413f, -0.02394437f, 0.06173781f, 0.0292527f, 0.06160797f, -0.15553983f, -0.02440624f, -0.17509389f, -0.0630486f,
        0.01428208f, -0.03637431f, 0.03971229f, 0.13983178f, -0.23006812f, 0.04999552f, 0.0108454f, -0.03970895f, 0.02501768f, 0.08157793f,
        -0.03224047f, -0.04502571f, 0.0556995f, -0.24374914f, 0.25514284f, 0.24795187f, 0.04060191f, 0.17597422f, 0.07966681f, 0.01920104f,
        -0.01194376f, -0.02300822f, -0.17204897f, -0.0596558f, 0.05307484f, 0.07417042f, 0.07126575f, 0.00209804f,
    ];

    [Fact]
    public void Mfn192TellsPeopleApart()
    {
        using var analyzer = FaceAnalyzer.Load("", new VisionOptions { Encoder = "mfn192" });
        Assert.Equal("mfn192", analyzer.Encoder);
        Assert.Equal(192, analyzer.Dimensions);
        var threshold = MatchThreshold.For("mfn192", 20, new GalleryOptions());
        var franck = Photos.Encode(analyzer, "franck_02159.jpg");
        Assert.Equal(192, franck.Length);
        Assert.InRange(Photos.Cosine(franck, Photos.Encode(analyzer, "franck_04117.jpg")), threshold, 1);
        Assert.InRange(Photos.Cosine(Photos.Encode(analyzer, "audrey.jpg"), Photos.Encode(analyzer, "audrey_crop.jpg")), threshold, 1);
        foreach (var stranger in (string[])["audrey.jpg", "bieber_small.jpg", "cage.jpg", "SeanConnery.jpg", "obama4_crop.jpg"])
        {
            Assert.InRange(Photos.Cosine(franck, Photos.Encode(analyzer, stranger)), -1, threshold);
        }
    }

    [Fact]
    public void Dlib128TellsPeopleApartAndKnowsAPublishedEncoding()
    {
        using var analyzer = FaceAnalyzer.Load("", new VisionOptions { Encoder = "dlib128" });
        Assert.Equal(128, analyzer.Dimensions);
        var tolerance = 1 - MatchThreshold.For("dlib128", 20, new GalleryOptions());
        var franck = Photos.Encode(analyzer, "franck_02159.jpg");
        Assert.Equal(128, franck.Length);
        Assert.InRange(Distance(franck, Photos.Encode(analyzer, "franck_04117.jpg")), 0, tolerance);
        Assert.InRange(Distance(Photos.Encode(analyzer, "audrey.jpg"), Photos.Encode(analyzer, "audrey_crop.jpg")), 0, tolerance);
        // Measured 0.338; the next in all photos of the packages is at 0.71.
        Assert.InRange(Distance(PublishedObama, Photos.Encode(analyzer, "obama4_crop.jpg")), 0, 0.4);
        foreach (var stranger in (string[])["audrey.jpg", "bieber_small.jpg", "cage.jpg", "SeanConnery.jpg"])
        {
            Assert.InRange(Distance(franck, Photos.Encode(analyzer, stranger)), tolerance, 2);
            Assert.InRange(Distance(PublishedObama, Photos.Encode(analyzer, stranger)), 0.65, 2);
        }
    }

    private static float Distance(float[] a, float[] b) => TensorPrimitives.Distance<float>(a, b);
}
