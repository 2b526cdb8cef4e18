using FaceEdge.Gallery;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Evaluation;

/// <summary>What became of one photo of a stream.</summary>
/// <param name="Person">Who is on it.</param>
/// <param name="Id">The id it got; 0 when it was refused.</param>
/// <param name="New">Whether it registered that id.</param>
/// <param name="Refused">Why it was refused, as a code of docs/api.md.</param>
internal readonly record struct StreamAnswer(string Person, long Id, bool New, string? Refused);

/// <summary>A match-or-register stream: photos one after another through the daemon's own recogniser, on a database of its own that starts empty.</summary>
internal static class PhotoStream
{
    /// <summary>Sends photos and waits after each until the gallery has learned what it will learn, so that every run gives the same.</summary>
    /// <param name="photos">In that order.</param>
    /// <param name="analyzer">Loaded models.</param>
    /// <param name="options">The policy; where data is kept and which pictures are not taken from it.</param>
    /// <param name="done">Told after each photo.</param>
    /// <param name="cancel">Ends it early.</param>
    public static async Task<StreamAnswer[]> SendAsync(
        IReadOnlyList<LabelledPhoto> photos, FaceAnalyzer analyzer, CurrentOptions options, Action done, CancellationToken cancel)
    {
        string folder = Directory.CreateTempSubdirectory("faceedge-evaluate-").FullName;
        try
        {
            await using ImageDatabase database = ImageDatabase.Open(folder, NullLogger.Instance);
            using FaceGallery gallery = FaceGallery.Load(database, options, analyzer.Encoder, analyzer.Dimensions, NullLogger.Instance);
            using var recognizer = new Recognizer(new Engine(analyzer, gallery), options);
            var answers = new StreamAnswer[photos.Count];
            for (int i = 0; i < photos.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                answers[i] = await SendAsync(photos[i], recognizer);
                await gallery.LearnedAsync();
                done();
            }

            await database.DisposeAsync(); // Before the gallery.
            return answers;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<StreamAnswer> SendAsync(LabelledPhoto photo, Recognizer recognizer)
    {
        try
        {
            RecognitionResult result = await recognizer.RecognizeAsync(await File.ReadAllBytesAsync(photo.Path), CancellationToken.None);
            return new StreamAnswer(photo.Person, result.Id, result.New, null);
        }
        catch (Exception e) when (Refusal.Is(e))
        {
            return new StreamAnswer(photo.Person, 0, false, Refusal.CodeOf(e));
        }
    }
}
