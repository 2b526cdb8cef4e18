using System.Numerics.Tensors;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

/// <summary>Photos of the npm packages, decoded.</summary>
internal static class Photos
{
    public static RgbImage Load(string name) => ImageDecoder.Decode(File.ReadAllBytes(Repository.Photo(name)), 100_000_000, 65_500);

    /// <summary>An image of that size in one colour.</summary>
    public static RgbImage Blank(int width, int height, byte grey)
    {
        var image = RgbImage.Rent(width, height);
        image.Pixels.Fill(grey);
        return image;
    }

    /// <summary>A rectangle cut out of a photo; it must lie inside.</summary>
    public static RgbImage Cut(RgbImage from, int x, int y, int width, int height)
    {
        var cut = RgbImage.Rent(width, height);
        for (var row = 0; row < height; row++)
        {
            from.Pixels.Slice(3 * (((y + row) * from.Width) + x), 3 * width).CopyTo(cut.Pixels[(3 * row * width)..]);
        }
        return cut;
    }

    /// <summary>The encoding of a photo's subject, which must be there.</summary>
    public static float[] Encode(FaceAnalyzer analyzer, string name)
    {
        using var image = Load(name);
        var face = analyzer.AnalyzeSubject(image, out _);
        Assert.NotNull(face);
        return face.Encoding;
    }

    public static float Cosine(float[] a, float[] b) => TensorPrimitives.CosineSimilarity<float>(a, b);
}

/// <summary>The models, loaded once for all tests that need them.</summary>
public sealed class Models : IDisposable
{
    public FaceAnalyzer Analyzer { get; } = FaceAnalyzer.Load("", new VisionOptions());

    public void Dispose() => Analyzer.Dispose();
}

/// <summary>Tests of this collection share one <see cref="Models"/>.</summary>
[CollectionDefinition("models")]
public sealed class ModelsCollection : ICollectionFixture<Models>;
