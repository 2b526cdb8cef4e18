using System.IO.Hashing;
using FaceEdge.Gallery;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>
/// Cameras send the same photo twice. What the models said of an answered one is kept for some seconds, so that the same bytes need not be
/// decoded and looked at again; *who* it is the gallery is asked anew each time, so that no deletion, registration, template or threshold
/// of the meantime is missed. Neither the photo nor an id is kept. A refused photo is not remembered: why it was refused may have changed.
/// </summary>
/// <param name="cache">Where it is kept; null remembers nothing, as where recognition is measured.</param>
/// <param name="options">For how long.</param>
internal sealed class RepeatedPhotos(DerivedCache? cache, CurrentOptions options)
{
    /// <summary>What an entry takes beside the encoding: objects, key, the cache's own node. Rounded up.</summary>
    private const int EntryBytes = 1024;

    /// <summary>Not known outside, so that nobody can work out photos whose keys are equal.</summary>
    private static readonly long Seed = Random.Shared.NextInt64();

    /// <summary>To be read before the settings are, and before the first look at a photo.</summary>
    public long Generation => cache?.Generation ?? 0;

    /// <summary>The name of a photo here; null when nothing is remembered.</summary>
    public PhotoKey? KeyOf(ReadOnlySpan<byte> photo) => cache is not null && options.Value.Cache.RepeatSeconds > 0
        ? new PhotoKey(XxHash128.HashToUInt128(photo, Seed), photo.Length)
        : null;

    /// <summary>What was said of a photo a moment ago; null when nothing was, or its faces are asked for and were not counted then.</summary>
    public AnsweredPhoto? Find(PhotoKey? key, bool countFaces) =>
        key is not null && cache!.Find<AnsweredPhoto>(key) is { } photo && !(countFaces && photo.Faces is null) ? photo : null;

    /// <summary>Remembers an answered photo.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="photo">What was said.</param>
    /// <param name="generation"><see cref="Generation"/> before anything was.</param>
    public void Keep(PhotoKey? key, AnsweredPhoto photo, long generation)
    {
        double seconds = options.Value.Cache.RepeatSeconds; // A reload may have set it to 0 since the key was made.
        if (key is not null && seconds > 0)
        {
            cache!.Keep(key, photo, EntryBytes + (sizeof(float) * photo.Encoding.Length), TimeSpan.FromSeconds(seconds), generation);
        }
    }

    /// <summary>Forgets everything: somebody was deleted, of whom no encoding may stay, or models or settings changed.</summary>
    public void DropAll() => cache?.DropAll();
}

/// <summary>
/// A photo by a hash of its bytes and its length. 128 bits with a secret seed and no cryptography (which would take ten times as long, or need
/// OpenSSL): whoever could make two photos of one key gains the answer to the other photo, which they can have by posting that.
/// </summary>
internal sealed record PhotoKey(UInt128 Hash, int Length);

/// <summary>What the models said of a photo that was answered.</summary>
/// <param name="Encoding">Of the subject.</param>
/// <param name="Evidence">How much of it the encoder saw.</param>
/// <param name="Settled">Whether the encoder looked but once, because the gallery left no doubt then.</param>
/// <param name="Box">As in <see cref="RecognitionResult"/>.</param>
/// <param name="Quality">As in <see cref="RecognitionResult"/>.</param>
/// <param name="Faces">As in <see cref="RecognitionResult"/>.</param>
internal sealed record AnsweredPhoto(float[] Encoding, float Evidence, bool Settled, FaceBox Box, FaceQuality Quality, int? Faces)
{
    /// <summary>Whether the gallery as it is now matches it, in the way it did then; if not, the photo must be looked at anew.</summary>
    /// <param name="gallery">Of the encoder in force.</param>
    /// <param name="nearest">What the gallery says now.</param>
    public bool StillMatches(FaceGallery gallery, out Nearest nearest)
    {
        nearest = gallery.FindNearest(Encoding, Evidence);
        return Settled ? gallery.IsSettled(nearest) : nearest.Matches;
    }

    /// <summary>To look up who it is now. A photo teaches once.</summary>
    public Probe Probe(Nearest nearest) => new(Encoding, Quality.Overall, MayRegister: false, static () => null, Evidence, nearest);
}
