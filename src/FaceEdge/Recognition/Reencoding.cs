using FaceEdge.Imaging;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>Makes the encodings of another encoder from the kept pictures, on the path of a photo.</summary>
public static class Reencoding
{
    /// <summary>Faces whose encodings are kept by one write: all that a kill loses.</summary>
    private const int Batch = 8;

    /// <summary>Encodes every face that lacks an encoding of the analyzer's encoder and has a picture; ends when there is none left.</summary>
    /// <param name="store">Where they lie.</param>
    /// <param name="analyzer">Of the new encoder.</param>
    /// <param name="options">How pictures are decoded.</param>
    /// <param name="done">Told how many faces were done, after each write.</param>
    /// <param name="cancel">Stops after the faces under way; what was written stays.</param>
    /// <exception cref="StorageException">The database can not be read or written. What was written before stays.</exception>
    /// <exception cref="ModelException">A model failed.</exception>
    public static void Run(EncodingStore store, FaceAnalyzer analyzer, FaceEdgeOptions options, Action<int> done, CancellationToken cancel)
    {
        int configured = options.Limits.MaxConcurrentRecognitions;
        int cores = configured > 0 ? configured : Environment.ProcessorCount;
        while (store.Next(analyzer.Encoder, Batch) is { Count: > 0 } pictures)
        {
            cancel.ThrowIfCancellationRequested();
            var encodings = new (long FaceId, float[]? Encoding)[pictures.Count];
            try
            {
                Parallel.For(0, pictures.Count, new ParallelOptions { MaxDegreeOfParallelism = cores }, i =>
                    encodings[i] = (pictures[i].FaceId, Encode(pictures[i].Image, analyzer, options)));
            }
            catch (AggregateException e) when (e.InnerException is ModelException model)
            {
                throw new ModelException(model.Message, model);
            }

            store.Add(analyzer.Encoder, encodings);
            done(encodings.Length);
        }
    }

    /// <summary>The encoding of the subject; null when the picture shows none, or is damaged.</summary>
    private static float[]? Encode(byte[] picture, FaceAnalyzer analyzer, FaceEdgeOptions options)
    {
        try
        {
            // Nobody counts as known: an original may lie on its side.
            using Sighting sighting = PhotoLook.Find(picture, options, analyzer, new Lookup(null));
            return sighting.Face?.Encoding;
        }
        catch (ImageException)
        {
            return null;
        }
    }
}
