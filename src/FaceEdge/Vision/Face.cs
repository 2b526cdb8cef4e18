namespace FaceEdge.Vision;

/// <summary>One analysed face: where it is, how good it is, and its encoding. All coordinates are pixels of the decoded image.</summary>
public sealed class Face
{
    /// <summary>Where the detector found it.</summary>
    public required FaceBox Box { get; init; }

    /// <summary>Image-left eye, image-right eye, nose tip, image-left and image-right corner of the mouth as x, y pairs (10 numbers).</summary>
    public required float[] FivePoints { get; init; }

    /// <summary>How usable it is.</summary>
    public required FaceQuality Quality { get; init; }

    /// <summary>
    /// The encoding: <see cref="FaceAnalyzer.Dimensions"/> numbers, of unit length unless the encoder's <see cref="EncoderKind"/> leaves them
    /// as they are.
    /// </summary>
    public required float[] Encoding { get; init; }

    /// <summary>
    /// Length of the encoder's output before it was scaled to 1: how much of a face the network saw, in its own units (fr512: 2.4 to 5 for
    /// upright faces); for dlib128 <see cref="DlibUprightness"/>. Compares looks at the same face.
    /// </summary>
    public required float Evidence { get; init; }
}
