using FaceEdge.Gallery;
using FaceEdge.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Tests.Gallery;

/// <summary>The policy on a real database, with encodings made to measure.</summary>
public sealed class FaceGalleryTests : IAsyncDisposable
{
    private const int Dimensions = 512;
    private readonly string _folder = Directory.CreateTempSubdirectory("faceedge-gallery-").FullName;
    private readonly Random _random = new(7);
    private ImageDatabase _database;
    private FaceGallery _gallery;

    public FaceGalleryTests() => (_database, _gallery) = Open(new GalleryOptions());

    [Fact]
    public async Task TheFirstPersonIsOneAndTheNextIsTwo()
    {
        float threshold = MatchThreshold.For("test", 0, new GalleryOptions());
        Assert.Equal(new Identification(1, true, 0, threshold), await IdentifyAsync(NewFace()));
        Identification second = await IdentifyAsync(NewFace());
        Assert.Equal(2, second.Id);
        Assert.True(second.New);
    }

    [Fact]
    public async Task ASimilarFaceIsTheSamePerson()
    {
        float[] face = NewFace();
        await IdentifyAsync(face);

        Identification again = await IdentifyAsync(Near(face, 0.7));

        Assert.Equal(1, again.Id);
        Assert.False(again.New);
        Assert.Equal(0.7, again.Similarity, 1e-3);
    }

    [Fact]
    public async Task AFaceUnderTheThresholdIsSomebodyElse()
    {
        float[] face = NewFace();
        await IdentifyAsync(face);
        Assert.Equal(2, (await IdentifyAsync(Near(face, _gallery.Threshold - 0.005))).Id);
    }

    [Fact]
    public async Task ThirtyTwoSimultaneousProbesOfOneNewFaceMakeOnePerson()
    {
        for (int round = 0; round < 10; round++)
        {
            float[] face = NewFace();
            Identification[] answers = await Task.WhenAll(
                Enumerable.Range(0, 32).Select(_ => Task.Run(() => IdentifyAsync(face))));

            Assert.Single(answers, static answer => answer.New);
            Assert.Single(answers.Select(static answer => answer.Id).Distinct());
        }

        Assert.Equal(10, _database.Count().People);
    }

    [Fact]
    public async Task APoorFaceOfAStrangerIsNobodyAndLeavesNothing()
    {
        Identification answer = await IdentifyAsync(NewFace(), mayRegister: false);
        Assert.Equal(0, answer.Id);
        Assert.Equal((0, 0), _database.Count());
    }

    [Fact]
    public async Task APoorFaceOfSomebodyKnownMatchesButDoesNotTeach()
    {
        float[] face = NewFace();
        await IdentifyAsync(face);
        Assert.Equal(1, (await IdentifyAsync(Near(face, 0.6), mayRegister: false)).Id);
        await ReopenAsync(new GalleryOptions());
        Assert.Equal((1, 1), _database.Count());
    }

    [Fact]
    public async Task ACoveredFaceOfAStrangerIsNobodyAndLeavesNothing()
    {
        int asked = 0;
        Identification answer = await _gallery.IdentifyAsync(new Probe(NewFace(), 1, true, static () => null, Uncovered: () => ++asked == 0));
        Assert.Equal((0, 1), (answer.Id, asked));
        Assert.Equal((0, 0), _database.Count());
    }

    [Fact]
    public async Task ACoveredFaceOfSomebodyKnownMatchesButDoesNotTeachAndAnOpenOneStillDoes()
    {
        float[] face = NewFace();
        await IdentifyAsync(face);
        for (int i = 0; i < 20; i++) // More than may be on their way to the database at once: what is refused keeps no place.
        {
            Assert.Equal(1, (await _gallery.IdentifyAsync(new Probe(Near(face, 0.7), 1, true, static () => null, Uncovered: static () => false))).Id);
        }

        await _gallery.LearnedAsync();
        Assert.Equal((1, 1), _database.Count());
        Assert.Equal(1, (await _gallery.IdentifyAsync(new Probe(Near(face, 0.7), 1, true, static () => null, Uncovered: static () => true))).Id);
        await _gallery.LearnedAsync();
        Assert.Equal((1, 2), _database.Count());
    }

    [Fact]
    public async Task WhetherAFaceIsCoveredIsNotAskedWhenItWouldNotBeKept()
    {
        await ReopenAsync(new GalleryOptions { MaxFacesPerPerson = 1 });
        float[] face = NewFace();
        await IdentifyAsync(face);
        static bool Asked() => throw new InvalidOperationException("asked");
        Assert.Equal(1, (await _gallery.IdentifyAsync(new Probe(Near(face, 0.7), 1, true, static () => null, Uncovered: Asked))).Id);
        Assert.Equal(0, (await _gallery.IdentifyAsync(new Probe(NewFace(), 1, false, static () => null, Uncovered: Asked))).Id);
    }

    [Fact]
    public async Task TheTemplateIsTheMeanOfTheFacesAlsoAfterARestart()
    {
        float[] first = NewFace();
        float[] second = Near(first, 0.6);
        await IdentifyAsync(first);
        await IdentifyAsync(second);
        await EventuallyAsync(() => _database.Count().Faces == 2);

        // Of two unit vectors with cosine c, each has cosine sqrt((1 + c) / 2) to their renormalised mean.
        double expected = Math.Sqrt((1 + 0.6) / 2);
        await EventuallyAsync(async () => Math.Abs((await IdentifyAsync(first, mayRegister: false)).Similarity - expected) < 1e-3);
        await ReopenAsync(new GalleryOptions());
        Assert.Equal(expected, (await IdentifyAsync(first, mayRegister: false)).Similarity, 1e-3);
        Assert.Equal(expected, (await IdentifyAsync(second, mayRegister: false)).Similarity, 1e-3);
    }

    [Fact]
    public async Task AFaceThatOnlyJustMatchesDoesNotTeach()
    {
        float[] face = NewFace();
        await IdentifyAsync(face);
        Assert.Equal(1, (await IdentifyAsync(Near(face, _gallery.Threshold + 0.015))).Id);
        await ReopenAsync(new GalleryOptions());
        Assert.Equal((1, 1), _database.Count());
    }

    /// <summary>Both were seen well: strangers so seen resemble each other more, so more is asked for. The evidence comes back with the face.</summary>
    [Fact]
    public async Task EvidenceOfProbeAndTemplateMovesTheThresholdAlsoAfterARestart()
    {
        await ReopenAsync(new GalleryOptions(), "fr512");
        Calibration calibration = MatchThreshold.Of("fr512");
        float much = (float)(calibration.EvidenceMean + calibration.EvidenceDeviation);
        float[] face = NewFace();
        await _gallery.IdentifyAsync(new Probe(face, 1, true, static () => null, much));
        for (int opened = 0; opened < 2; opened++)
        {
            Identification known = await _gallery.IdentifyAsync(new Probe(face, 1, false, static () => null, much));
            Assert.Equal(_gallery.Threshold + (2 * calibration.EvidenceSlope), known.Threshold, 1e-5);
            Assert.Equal(_gallery.Threshold + calibration.EvidenceSlope, (await IdentifyAsync(face, mayRegister: false)).Threshold, 1e-5);
            float[] near = Near(face, _gallery.Threshold + (1.5 * calibration.EvidenceSlope));
            Assert.False(_gallery.FindNearest(near, much).Matches);
            Assert.True(_gallery.FindNearest(near, 0).Matches);
            await ReopenAsync(new GalleryOptions(), "fr512");
        }
    }

    [Fact]
    public async Task APersonStopsLearningAtTheConfiguredNumberOfFaces()
    {
        await ReopenAsync(new GalleryOptions { MaxFacesPerPerson = 3 });
        float[] face = NewFace();
        for (int i = 0; i < 12; i++)
        {
            await IdentifyAsync(Near(face, 0.8));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await ReopenAsync(new GalleryOptions());
        Assert.Equal((1, 3), _database.Count());
    }

    [Fact]
    public async Task AForgottenPersonIsAStrangerWithANewId()
    {
        float[] face = NewFace();
        await IdentifyAsync(NewFace());
        await IdentifyAsync(face);

        Assert.True(await _gallery.ForgetAsync(2));
        Assert.False(await _gallery.ForgetAsync(2));

        Assert.Equal(1, _gallery.People);
        Assert.Equal(3, (await IdentifyAsync(face)).Id);
    }

    /// <summary>Deletions race with enrolments of the very ids that are being given: what is gone from the disk must be gone from memory.</summary>
    [Fact]
    public async Task NobodyForgottenWhileBeingEnrolledStays()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        Task<long> forgetting = Task.Run(async () =>
        {
            long next = 1;
            while (!stop.IsCancellationRequested)
            {
                next += await _gallery.ForgetAsync(next) ? 1 : 0;
            }

            return next - 1;
        });
        Task[] enrolling = [.. Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                await IdentifyAsync(EncodingMatrixTests.Unit(random));
            }
        }))];

        await Task.WhenAll([forgetting, .. enrolling]);
        Assert.Equal(_database.Count().People, _gallery.People);
        Assert.True(await forgetting > 0, "nobody was forgotten, so nothing was tested");
    }

    [Fact]
    public async Task EverybodyIsKnownAgainAfterARestart()
    {
        float[][] faces = [.. Enumerable.Range(0, 200).Select(_ => NewFace())];
        foreach (float[] face in faces)
        {
            await IdentifyAsync(face);
        }

        await ReopenAsync(new GalleryOptions());

        Assert.Equal(200, _gallery.People);
        for (int i = 0; i < faces.Length; i++)
        {
            Identification again = await IdentifyAsync(faces[i], mayRegister: false);
            Assert.Equal((i + 1, 1), (again.Id, Math.Round(again.Similarity, 4)));
        }
    }

    [Fact]
    public async Task AFixedThresholdIsUsedAsItIs()
    {
        await ReopenAsync(new GalleryOptions { Threshold = 0.8 });
        float[] face = NewFace();
        await IdentifyAsync(face);
        Identification answer = await IdentifyAsync(Near(face, 0.75));
        Assert.Equal((2, 0.8f), (answer.Id, answer.Threshold));
    }

    public async ValueTask DisposeAsync()
    {
        _gallery.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task EventuallyAsync(Func<bool> condition) => await EventuallyAsync(() => Task.FromResult(condition()));

    /// <summary>A second look of the encoder is left out only for who matches clearly after the first and has nothing left to teach.</summary>
    [Theory]
    [InlineData("fr512", 1, 0.06, true)]
    [InlineData("fr512", 1, 0.04, false)]
    [InlineData("fr512", 2, 0.06, false)]
    [InlineData("test", 1, 0.5, false)]
    public async Task OneLookSettlesWhoMatchesClearlyAndHasNothingToTeach(string encoder, int mostFaces, double aboveThreshold, bool settled)
    {
        await ReopenAsync(new GalleryOptions { MaxFacesPerPerson = mostFaces }, encoder);
        float[] face = NewFace();
        Assert.False(_gallery.IsSettled(_gallery.FindNearest(face, 0)));
        await IdentifyAsync(face);
        Assert.Equal(settled, _gallery.IsSettled(_gallery.FindNearest(Near(face, _gallery.Threshold + aboveThreshold), 0)));
    }

    [Fact]
    public async Task WhatASearchSaidAMomentAgoIsUsedOnlyWhileItIsTrue()
    {
        float[] face = NewFace();
        Nearest nobody = _gallery.FindNearest(face, 0);
        Assert.Equal(1, (await IdentifyAsync(face)).Id);
        // Registered since: not a second time.
        Assert.Equal(new Identification(1, false, 1, _gallery.Threshold), await IdentifyAsync(face, nobody));
        Nearest known = _gallery.FindNearest(face, 0);
        Assert.Equal(1, (await IdentifyAsync(face, known)).Id);
        await _gallery.ForgetAsync(1);
        Assert.Equal(2, (await IdentifyAsync(face, known)).Id);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        Assert.Fail("did not happen within five seconds");
    }

    private (ImageDatabase Database, FaceGallery Gallery) Open(GalleryOptions options, string encoder = "test")
    {
        ImageDatabase database = ImageDatabase.Open(_folder, NullLogger.Instance);
        return (database, FaceGallery.Load(database, new CurrentOptions(new FaceEdgeOptions { Gallery = options }), encoder, Dimensions, NullLogger.Instance));
    }

    private async Task ReopenAsync(GalleryOptions options, string encoder = "test")
    {
        _gallery.Dispose();
        await _database.DisposeAsync();
        (_database, _gallery) = Open(options, encoder);
    }

    private Task<Identification> IdentifyAsync(float[] face, bool mayRegister = true) =>
        _gallery.IdentifyAsync(new Probe(face, 1, mayRegister, static () => null));

    private Task<Identification> IdentifyAsync(float[] face, Nearest nearest) =>
        _gallery.IdentifyAsync(new Probe(face, 1, true, static () => null, Nearest: nearest));

    private float[] NewFace() => EncodingMatrixTests.Unit(_random);

    /// <summary>A unit vector with that cosine to another.</summary>
    private float[] Near(float[] face, double cosine)
    {
        float[] other = NewFace();
        double dot = face.Zip(other, static (a, b) => (double)a * b).Sum();
        double[] orthogonal = [.. other.Zip(face, (o, f) => o - (dot * f))];
        double length = Math.Sqrt(orthogonal.Sum(static x => x * x));
        return [.. face.Zip(orthogonal, (f, o) => (float)((cosine * f) + (Math.Sqrt(1 - (cosine * cosine)) * o / length)))];
    }
}
