namespace FaceEdge.Vision;

/// <summary>
/// The grey levels of an aligned face, and the part of it that is face on everybody: from the brows to the chin and between the cheeks of
/// <see cref="FaceAligner.Template"/>, so that hair and background do not count.
/// </summary>
internal static class AlignedGrey
{
    public const int Top = 28;
    public const int Bottom = 100;
    public const int Left = 22;
    public const int Right = 90;

    /// <summary>0.299 R + 0.587 G + 0.114 B in 1/256, 0..255.</summary>
    public static int At(ReadOnlySpan<byte> aligned, int x, int y)
    {
        var at = 3 * ((y * FaceAligner.Side) + x);
        return ((77 * aligned[at]) + (150 * aligned[at + 1]) + (29 * aligned[at + 2]) + 128) >> 8;
    }
}
