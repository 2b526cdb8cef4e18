using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>The picture kept with a face: the face with a margin, enough to find, align and encode it again with another model.</summary>
internal static class FaceCrop
{
    /// <summary>
    /// Margin on each side as a part of the box: 0.5 makes the crop twice as wide and high as the face, which leaves the detector the
    /// hair, ears and shoulders it was trained to see around a face.
    /// </summary>
    private const float Margin = 0.5f;

    /// <summary>The crop as JPEG, at most <see cref="StorageOptions.CropSide"/> pixels on its longer side.</summary>
    public static byte[] Encode(RgbImage image, FaceBox face, StorageOptions options)
    {
        float marginX = face.Width * Margin;
        float marginY = face.Height * Margin;
        int left = (int)MathF.Floor(face.X1 - marginX);
        int top = (int)MathF.Floor(face.Y1 - marginY);
        int width = (int)MathF.Ceiling(face.Width + (2 * marginX));
        int height = (int)MathF.Ceiling(face.Height + (2 * marginY));
        return JpegEncoder.Encode(image, left, top, width, height, options.CropSide, options.CropQuality);
    }
}
