using FaceEdge.Imaging;
using FaceEdge.Recognition;
using FaceEdge.Vision;

namespace FaceEdge.Evaluation.Covers;

/// <summary>A photo with something drawn on the face of its subject, packed again as a camera would.</summary>
internal static class DrawnPhoto
{
    // So good that the packing itself changes nothing of note (docs/decisions/0015: at 30 an encoding keeps a cosine of .97).
    private const int Quality = 92;

    /// <summary>The photo as a JPEG file; null when no face is found on it, so that nothing can be drawn.</summary>
    /// <param name="photo">The clean photo.</param>
    /// <param name="kind">What is drawn.</param>
    /// <param name="seed">Makes no two drawings alike, and each the same on every run.</param>
    /// <param name="analyzer">Finds the face.</param>
    /// <param name="options">How it is decoded.</param>
    /// <exception cref="ImageException">The photo can not be decoded.</exception>
    public static byte[]? Draw(byte[] photo, CoverKind kind, int seed, FaceAnalyzer analyzer, FaceEdgeOptions options)
    {
        using Sighting sighting = PhotoLook.Find(photo, options, analyzer, new Lookup(null));
        if (sighting.Face is not { } face)
        {
            return null;
        }

        RgbImage image = sighting.Image;
        kind.Draw(new FaceCanvas(image, analyzer.LocateLandmarks(image, face.Box)), new SeededNumbers(seed));
        return JpegEncoder.Encode(image, 0, 0, image.Width, image.Height, Math.Max(image.Width, image.Height), Quality);
    }
}
