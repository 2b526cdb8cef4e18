using FaceEdge.Gallery;

namespace FaceEdge.Evaluation;

/// <summary>Finds photos by the names a pairs file uses: relative to the folder, with or without extension, in their person's folder or not.</summary>
internal sealed class PhotoIndex
{
    private readonly Dictionary<string, EncodedPhoto> _byName = new(StringComparer.Ordinal);

    private readonly EncodingMetric _metric;

    /// <summary>An index of photos.</summary>
    /// <param name="photos">Encoded photos.</param>
    /// <param name="encoder">Whose encodings they are.</param>
    public PhotoIndex(IEnumerable<EncodedPhoto> photos, string encoder)
    {
        _metric = EncodingMetric.Of(encoder);
        foreach (EncodedPhoto photo in photos)
        {
            string name = photo.Photo.Name;
            foreach (string key in (ReadOnlySpan<string>)[name, Path.ChangeExtension(name, null), Path.GetFileName(name), Path.GetFileNameWithoutExtension(name)])
            {
                _byName.TryAdd(key, photo);
            }
        }
    }

    /// <summary>Checks that every photo of a list is there, before anything is made of them.</summary>
    /// <param name="photos">The photos of the folder.</param>
    /// <param name="pairs">The list.</param>
    /// <exception cref="EvaluationException">One is not; the message names it.</exception>
    public static void Check(IEnumerable<LabelledPhoto> photos, IEnumerable<PhotoPair> pairs)
    {
        var index = new PhotoIndex(photos.Select(static photo => new EncodedPhoto(photo, null, 0, null)), "");
        foreach (PhotoPair pair in pairs)
        {
            index.Find(pair.A);
            index.Find(pair.B);
        }
    }

    /// <summary>The score of a pair; null when one of its photos was refused.</summary>
    /// <exception cref="EvaluationException">There is no such photo.</exception>
    public ScoredPair? Compare(PhotoPair pair) => Find(pair.A).Encoding is { } a && Find(pair.B).Encoding is { } b
        ? new ScoredPair(pair.Fold, _metric.Compare(a, b), pair.Same)
        : null;

    private EncodedPhoto Find(string name) => _byName.TryGetValue(name, out EncodedPhoto? photo)
        ? photo
        : throw new EvaluationException($"the pairs file names {name}, which is not in the folder");
}
