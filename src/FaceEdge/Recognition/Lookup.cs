using FaceEdge.Gallery;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>
/// What the gallery says of the face of one photo, asked while it is being analysed: how far to look at a face depends on whether it is known.
/// The last answer is kept for who asks of the same encoding again. Used by one photo, one thread at a time.
/// </summary>
/// <param name="gallery">Whom to ask; null when nobody is known, as where photos are only encoded.</param>
internal sealed class Lookup(FaceGallery? gallery)
{
    private float[]? _encoding;
    private Nearest _nearest;
    private float[]? _settled;

    /// <summary>A <see cref="FirstLook"/>.</summary>
    public bool Suffices(float[] encoding, float evidence)
    {
        if (gallery is null)
        {
            return false;
        }

        _nearest = gallery.FindNearest(encoding, evidence);
        _settled = gallery.IsSettled(_nearest) ? encoding : null;
        _encoding = _settled; // If it is not settled, the second look changes the encoding.
        return _settled is not null;
    }

    /// <summary>Whether the first look at a face settled who it is: neither a second one nor more pixels would tell anything that matters.</summary>
    public bool IsSettled(Face? face) => face is not null && ReferenceEquals(_settled, face.Encoding);

    /// <summary>Whether somebody matches.</summary>
    public bool Knows(Face face) => Of(face) is { Matches: true };

    /// <summary>What the gallery says, by a new search unless the last one was for the same encoding; null without a gallery.</summary>
    public Nearest? Of(Face face)
    {
        if (gallery is not null && !ReferenceEquals(_encoding, face.Encoding))
        {
            _nearest = gallery.FindNearest(face.Encoding, face.Evidence);
            _encoding = face.Encoding;
        }

        return gallery is null ? null : _nearest;
    }
}
