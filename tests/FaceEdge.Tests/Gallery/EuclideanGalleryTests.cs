using FaceEdge.Gallery;
using FaceEdge.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Tests.Gallery;

/// <summary>The gallery of dlib128: nearest by Euclidean distance among templates that are not of unit length.</summary>
public sealed class EuclideanGalleryTests : IAsyncDisposable
{
    private const int Dimensions = 128;
    private readonly string _folder = Directory.CreateTempSubdirectory("faceedge-euclid-").FullName;
    private readonly Random _random = new(11);
    private ImageDatabase _database;
    private FaceGallery _gallery;

    public EuclideanGalleryTests() => (_database, _gallery) = Open(threshold: 0);

    /// <summary>Long and short encodings: the cosine, or the dot product alone, would name others.</summary>
    [Fact]
    public async Task TheNearestIsWhoAPlainSearchByDistanceFinds()
    {
        await ReopenAsync(threshold: 0.999); // Everybody is somebody else.
        float[][] people = [.. Enumerable.Range(0, 300).Select(i => Encoding(1 + (i % 10 / 10.0)))];
        foreach (float[] person in people)
        {
            Assert.True((await IdentifyAsync(person)).New);
        }

        await ReopenAsync(threshold: 0.0001);
        int byCosine = 0;
        for (int i = 0; i < 500; i++)
        {
            float[] probe = Between(people[_random.Next(150)], people[150 + _random.Next(150)], 0.35);
            int nearest = Enumerable.Range(0, 300).MinBy(p => Distance(probe, people[p]));

            Identification found = await IdentifyAsync(probe, mayRegister: false);

            Assert.Equal(nearest + 1, found.Id);
            Assert.Equal(1 - Distance(probe, people[nearest]), found.Similarity, 1e-4);
            byCosine += Enumerable.Range(0, 300).MaxBy(p => Cosine(probe, people[p])) == nearest ? 1 : 0;
        }

        Assert.True(byCosine < 500, "the cosine would have found the same, so nothing was tested");
    }

    [Fact]
    public async Task TheSameEncodingHasDistanceZero()
    {
        float[] face = Encoding(1.4);
        await IdentifyAsync(face);
        // The root of a float's last digit: 1e-7 of the square.
        Assert.Equal(1, (await IdentifyAsync(face)).Similarity, 2e-3);
    }

    [Theory]
    [InlineData(-0.01, 1)]
    [InlineData(0.01, 2)]
    public async Task WhoIsBeyondTheToleranceIsSomebodyElse(double beyond, int expected)
    {
        double distance = 1 - MatchThreshold.For("dlib128", 1, new GalleryOptions()) + beyond;
        float[] face = Encoding(1.4);
        await IdentifyAsync(face);
        Identification found = await IdentifyAsync(At(face, distance));
        Assert.Equal(expected, found.Id);
        Assert.Equal(1 - distance, found.Similarity, 1e-4);
        Assert.Equal(MatchThreshold.For("dlib128", 1, new GalleryOptions()), found.Threshold);
    }

    [Fact]
    public async Task TheTemplateIsTheMeanAsItIsAlsoAfterARestart()
    {
        float[] first = Encoding(1.5);
        float[] second = At(first, 0.35);
        await IdentifyAsync(first);
        await IdentifyAsync(second);
        for (int i = 0; i < 200 && (await IdentifyAsync(first, mayRegister: false)).Similarity > 0.9; i++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        // Half-way between the two, so both are as far from it.
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(0.825, (await IdentifyAsync(first, mayRegister: false)).Similarity, 1e-3);
            Assert.Equal(0.825, (await IdentifyAsync(second, mayRegister: false)).Similarity, 1e-3);
            await ReopenAsync(threshold: 0);
        }
    }

    [Fact]
    public async Task NobodyIsNearWhenEverybodyWasForgotten()
    {
        float[] face = Encoding(1.4);
        await IdentifyAsync(face);
        await _gallery.ForgetAsync(1);
        Identification found = await IdentifyAsync(face);
        Assert.Equal((2, true), (found.Id, found.New));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _gallery.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, static (x, y) => ((double)x - y) * ((double)x - y)).Sum());

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, static (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(static x => (double)x * x) * b.Sum(static x => (double)x * x));

    private static float[] Between(float[] a, float[] b, double part) => [.. a.Zip(b, (x, y) => (float)(x + (part * (y - x))))];

    private float[] Encoding(double length) => [.. Direction().Select(x => (float)(x * length))];

    /// <summary>An encoding at that distance from another.</summary>
    private float[] At(float[] face, double distance) => [.. face.Zip(Direction(), (x, d) => (float)(x + (d * distance)))];

    private float[] Direction()
    {
        double[] direction = [.. Enumerable.Range(0, Dimensions).Select(_ => _random.NextDouble() - 0.5)];
        double length = Math.Sqrt(direction.Sum(static x => x * x));
        return [.. direction.Select(x => (float)(x / length))];
    }

    private (ImageDatabase Database, FaceGallery Gallery) Open(double threshold)
    {
        ImageDatabase database = ImageDatabase.Open(_folder, NullLogger.Instance);
        var options = new FaceEdgeOptions { Gallery = new GalleryOptions { Threshold = threshold } };
        return (database, FaceGallery.Load(database, new CurrentOptions(options), "dlib128", Dimensions, NullLogger.Instance));
    }

    private async Task ReopenAsync(double threshold)
    {
        await _database.DisposeAsync();
        _gallery.Dispose();
        (_database, _gallery) = Open(threshold);
    }

    private Task<Identification> IdentifyAsync(float[] face, bool mayRegister = true) =>
        _gallery.IdentifyAsync(new Probe(face, 1, mayRegister, static () => null));
}
