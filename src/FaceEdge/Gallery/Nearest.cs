namespace FaceEdge.Gallery;

/// <summary>Whose template an encoding is nearest to, as a scan found it. Rows may have changed since.</summary>
/// <param name="Best">The row, and the state of the matrix before the scan.</param>
/// <param name="Similarity">How alike they are: the cosine, or 1 less the distance for an encoder compared by distance. 0 in an empty gallery.</param>
/// <param name="Threshold">What it is held against: the threshold in force, moved by the evidence of the two (see <see cref="Calibration.Offset"/>).</param>
public readonly record struct Nearest(BestRow Best, float Similarity, float Threshold)
{
    /// <summary>Whether it is the same person.</summary>
    public bool Matches => Best.Row >= 0 && Similarity >= Threshold;
}
