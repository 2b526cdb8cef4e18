namespace FaceEdge.Vision;

/// <summary>How usable a face is for recognition; see <see cref="QualityGrader"/> for how each part is measured.</summary>
/// <param name="Overall">All parts in one number, 0 (useless) .. 1 (all that can be asked for): their weighted geometric mean.</param>
/// <param name="HeightPixels">Height of the face's box in pixels of the decoded image.</param>
/// <param name="Sharpness">Fine detail against coarse detail of the aligned face, 0 (unusably blurred) .. 1 (crisp).</param>
/// <param name="FrontalPose">1 for a face that looks into the camera, falling to 0 for a profile or a head on its side.</param>
/// <param name="Exposure">1 when light and dark are all there, falling to 0 for a face that is blown out, black or without contrast.</param>
/// <param name="DetectorScore">The detector's score, 0..1.</param>
/// <param name="Evidence">How much of a face the encoder saw, 0..1; null when the encoder does not tell.</param>
public readonly record struct FaceQuality(
    float Overall,
    float HeightPixels,
    float Sharpness,
    float FrontalPose,
    float Exposure,
    float DetectorScore,
    float? Evidence);
