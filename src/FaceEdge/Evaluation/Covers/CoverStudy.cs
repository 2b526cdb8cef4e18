using FaceEdge.Gallery;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Evaluation.Covers;

/// <summary>Somebody known from one photo, and another photo of the same person.</summary>
internal sealed record KnownPerson(LabelledPhoto First, LabelledPhoto Another);

/// <summary>
/// What the daemon's own recogniser makes of covered faces: people are known from one clean photo each, then another photo of each is posted with
/// something drawn on it. Each photo meets the same gallery: who was registered is deleted again, and nobody learns.
/// </summary>
/// <param name="analyzer">Loaded models.</param>
/// <param name="options">The policy.</param>
/// <param name="seed">Of what is drawn.</param>
internal sealed class CoverStudy(FaceAnalyzer analyzer, CurrentOptions options, int seed)
{
    /// <summary>Posts every known person's other photo, clean and once for each kind, and every stranger's clean and with what must pass.</summary>
    /// <param name="known">Who is enrolled first.</param>
    /// <param name="strangers">Photos of people who are not.</param>
    /// <param name="done">Told after each photo.</param>
    /// <param name="cancel">Ends it early.</param>
    public async Task<(CoverTally[] OfKnown, CoverTally[] OfStrangers)> RunAsync(
        KnownPerson[] known, LabelledPhoto[] strangers, Action done, CancellationToken cancel)
    {
        CoverKind?[] all = [null, .. CoverKind.All];
        CoverKind?[] ordinary = [.. all.Where(static kind => kind is null or { Group: CoverGroup.Ordinary })];
        var ofKnown = new CoverTally[all.Length];
        var ofStrangers = new CoverTally[ordinary.Length];
        (LabelledPhoto Photo, int Number)[] others = [.. known.Select(static (person, i) => (person.Another, i))];
        (LabelledPhoto Photo, int Number)[] unknown = [.. strangers.Select(static (photo, i) => (photo, i))];
        int next = -1;
        var workers = new Task[Environment.ProcessorCount];
        for (int worker = 0; worker < workers.Length; worker++)
        {
            workers[worker] = Task.Run(
                async () =>
                {
                    string folder = Directory.CreateTempSubdirectory("faceedge-evaluate-").FullName;
                    try
                    {
                        await using ImageDatabase database = ImageDatabase.Open(folder, NullLogger.Instance);
                        using FaceGallery gallery = FaceGallery.Load(database, options, analyzer.Encoder, analyzer.Dimensions, NullLogger.Instance);
                        using var recognizer = new Recognizer(new Engine(analyzer, gallery), options);
                        Dictionary<long, string> people = await EnrolAsync(known, recognizer, cancel);
                        int i;
                        while ((i = Interlocked.Increment(ref next)) < all.Length + ordinary.Length)
                        {
                            CoverKind? kind = i < all.Length ? all[i] : ordinary[i - all.Length];
                            var outcomes = new List<CoverOutcome>();
                            foreach ((LabelledPhoto photo, int number) in i < all.Length ? others : unknown)
                            {
                                cancel.ThrowIfCancellationRequested();
                                if (await PostAsync(photo, kind, number, recognizer, people) is { } outcome)
                                {
                                    outcomes.Add(outcome);
                                }

                                done();
                            }

                            var tally = CoverTally.Of(kind, outcomes);
                            if (i < all.Length)
                            {
                                ofKnown[i] = tally;
                            }
                            else
                            {
                                ofStrangers[i - all.Length] = tally;
                            }
                        }

                        await database.DisposeAsync(); // Before the gallery.
                    }
                    finally
                    {
                        Directory.Delete(folder, recursive: true);
                    }
                },
                cancel);
        }

        await Task.WhenAll(workers);
        return (ofKnown, ofStrangers);
    }

    /// <summary>How many photos <see cref="RunAsync"/> posts.</summary>
    public static int Photos(int known, int strangers) =>
        (known * (1 + CoverKind.All.Count)) + (strangers * (1 + CoverKind.All.Count(static kind => kind.Group is CoverGroup.Ordinary)));

    private static async Task<Dictionary<long, string>> EnrolAsync(KnownPerson[] known, Recognizer recognizer, CancellationToken cancel)
    {
        var people = new Dictionary<long, string>();
        foreach (KnownPerson person in known)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                RecognitionResult result = await recognizer.RecognizeAsync(await File.ReadAllBytesAsync(person.First.Path, cancel), cancel);
                people.TryAdd(result.Id, person.First.Person);
            }
            catch (Exception e) when (Refusal.Is(e))
            {
                // Not known then: the other photo is a stranger's, and counts as it is answered.
            }
        }

        return people;
    }

    /// <summary>Null when nothing could be drawn.</summary>
    private async Task<CoverOutcome?> PostAsync(
        LabelledPhoto photo, CoverKind? kind, int number, Recognizer recognizer, Dictionary<long, string> people)
    {
        try
        {
            byte[] file = await File.ReadAllBytesAsync(photo.Path);
            byte[]? drawn = kind is null ? file : DrawnPhoto.Draw(file, kind, SeedOf(kind, number), analyzer, options.Value);
            if (drawn is null)
            {
                return null;
            }

            RecognitionResult result = await recognizer.RecognizeAsync(drawn, CancellationToken.None);
            if (result.New)
            {
                await recognizer.ForgetAsync(result.Id);
            }

            return new CoverOutcome(people.GetValueOrDefault(result.Id) == photo.Person, result.New, null);
        }
        catch (Exception e) when (Refusal.Is(e))
        {
            return new CoverOutcome(false, false, Refusal.CodeOf(e));
        }
    }

    /// <summary>A seed for each drawing, the same on every machine.</summary>
    private int SeedOf(CoverKind kind, int number)
    {
        int kinds = CoverKind.All.Count;
        int at = CoverKind.All.TakeWhile(other => other != kind).Count();
        return unchecked((seed * 1_000_003) + (number * kinds) + at);
    }
}
