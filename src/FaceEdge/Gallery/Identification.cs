namespace FaceEdge.Gallery;

/// <summary>Who a probe is.</summary>
/// <param name="Id">The person, or 0 when nobody matches and the face is not good enough to register.</param>
/// <param name="New">Whether this probe registered the person.</param>
/// <param name="Similarity">
/// How alike the nearest template was before registering: the cosine, or 1 less the distance for an encoder compared by distance. At most 1;
/// 0 in an empty gallery.
/// </param>
/// <param name="Threshold">What it was held against: the threshold in force, moved by the evidence of the two (see <see cref="Calibration.Offset"/>).</param>
public readonly record struct Identification(long Id, bool New, float Similarity, float Threshold);
