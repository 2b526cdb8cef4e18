namespace FaceEdge.Gallery;

/// <summary>A face to look up.</summary>
/// <param name="Encoding">As the encoder gives it.</param>
/// <param name="Quality">0..1, kept with the face.</param>
/// <param name="MayRegister">Good enough to make a new person of or to teach a known one.</param>
/// <param name="Image">Makes the picture that is kept with the face, or null; called only when the face is stored.</param>
/// <param name="Evidence">How much of a face the encoder saw, in its own units; 0 when that is not known.</param>
/// <param name="Nearest">What <see cref="FaceGallery.FindNearest"/> said of this very encoding a moment ago, to save a scan; null when it was not asked.</param>
/// <param name="Uncovered">
/// Whether nothing hides the face: asked of one that <paramref name="MayRegister"/> before it is kept, as it takes a while to tell. Null when it need not be asked.
/// </param>
public readonly record struct Probe(
    float[] Encoding, float Quality, bool MayRegister, Func<byte[]?> Image, float Evidence = 0, Nearest? Nearest = null,
    Func<bool>? Uncovered = null);
