namespace FaceEdge.Imaging;

/// <summary>What of the picture a scan holds (ITU-T T.81, B.2.3).</summary>
/// <param name="First">First coefficient in zigzag order (Ss).</param>
/// <param name="Last">Last coefficient (Se).</param>
/// <param name="High">Lower bits that were to come before this scan (Ah); 0 for the first of these coefficients.</param>
/// <param name="Low">Lower bits that are to come after it (Al).</param>
internal readonly record struct JpegScan(int First, int Last, int High, int Low)
{
    /// <summary>Whether the numbers can be those of a progressive picture (G.1.1.1.1).</summary>
    /// <param name="components">How many are interleaved in it.</param>
    internal bool IsPossible(int components) =>
        First <= Last && Last < 64 && Low < 14 && High < 14 && (First == 0 ? Last == 0 : components == 1);
}
