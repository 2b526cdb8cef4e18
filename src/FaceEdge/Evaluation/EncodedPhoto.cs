using FaceEdge.Recognition;
using FaceEdge.Vision;

namespace FaceEdge.Evaluation;

/// <summary>A photo and what the daemon sees on it.</summary>
/// <param name="Photo">Which.</param>
/// <param name="Encoding">Of its subject; null when the daemon would refuse it.</param>
/// <param name="Evidence">How much of a face the encoder saw, see <see cref="Face.Evidence"/>.</param>
/// <param name="Refused">Why it would, as a code of docs/api.md.</param>
internal sealed record EncodedPhoto(LabelledPhoto Photo, float[]? Encoding, float Evidence, string? Refused)
{
    /// <summary>
    /// Encodes photos as the daemon does when it knows nobody, on all cores. The result depends on the photos alone, not on the
    /// order in which they get done.
    /// </summary>
    /// <param name="photos">Which.</param>
    /// <param name="analyzer">Loaded models.</param>
    /// <param name="options">Limits and sizes.</param>
    /// <param name="done">Told after each photo, from any thread.</param>
    /// <param name="cancel">Gives up after the photos under way.</param>
    public static EncodedPhoto[] Encode(
        IReadOnlyList<LabelledPhoto> photos, FaceAnalyzer analyzer, FaceEdgeOptions options, Action done, CancellationToken cancel)
    {
        var encoded = new EncodedPhoto[photos.Count];
        var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
        Parallel.For(0, photos.Count, cores, i =>
        {
            try
            {
                Face face = Find(photos[i], analyzer, options);
                encoded[i] = new EncodedPhoto(photos[i], face.Encoding, face.Evidence, null);
            }
            catch (Exception e) when (Refusal.Is(e))
            {
                encoded[i] = new EncodedPhoto(photos[i], null, 0, Refusal.CodeOf(e));
            }

            done();
        });
        return encoded;
    }

    private static Face Find(LabelledPhoto photo, FaceAnalyzer analyzer, FaceEdgeOptions options)
    {
        using Sighting sighting = PhotoLook.Find(File.ReadAllBytes(photo.Path), options, analyzer, new Lookup(null));
        return sighting.Face is null ? throw new RecognitionException(RecognitionProblem.NoFace, "no face")
            : sighting.FaceHeight < options.Vision.MinMatchHeight ? throw new RecognitionException(RecognitionProblem.FaceTooSmall, "too small")
            : sighting.Face;
    }
}
