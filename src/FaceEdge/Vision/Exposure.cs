namespace FaceEdge.Vision;

/// <summary>
/// Measures light on the aligned face, from the brows to the chin: how much of it is blown out to white, and how far its dark and light parts are
/// apart. A dark face whose parts still differ is no worse for the encoder, nor is one lit from one side (docs/decisions/0015).
/// </summary>
public static class Exposure
{
    private const int White = 250;

    // Of faces with 60 to 80 % of white half are not recognised any more, of those with more three in four.
    private const float UselessWhite = 0.9f;
    private const float HarmlessWhite = 0.1f;

    // From the 5th to the 95th percentile of grey. LFW spans 53 or more (99.9 %); under 20 the detector begins to miss faces.
    private const float UselessRange = 8;
    private const float FullRange = 32;

    /// <summary>Exposure of an aligned face (112x112 RGB): 0 (white, black or without contrast) .. 1 (nothing is lost).</summary>
    public static float Grade(ReadOnlySpan<byte> aligned)
    {
        var (white, range) = Measure(aligned);
        return Math.Clamp((UselessWhite - white) / (UselessWhite - HarmlessWhite), 0, 1)
            * Math.Clamp((range - UselessRange) / (FullRange - UselessRange), 0, 1);
    }

    /// <summary>The part of the face (0..1) that is white, and the grey levels (0..255) between its 5th and 95th percentile.</summary>
    public static (float White, int Range) Measure(ReadOnlySpan<byte> aligned)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        for (var y = AlignedGrey.Top; y < AlignedGrey.Bottom; y++)
        {
            for (var x = AlignedGrey.Left; x < AlignedGrey.Right; x++)
            {
                counts[AlignedGrey.At(aligned, x, y)]++;
            }
        }
        const int pixels = (AlignedGrey.Bottom - AlignedGrey.Top) * (AlignedGrey.Right - AlignedGrey.Left);
        var white = 0;
        foreach (var count in counts[White..])
        {
            white += count;
        }
        return ((float)white / pixels, Level(counts, pixels * 95 / 100) - Level(counts, pixels * 5 / 100));
    }

    /// <summary>The grey level of the pixel of that rank, the darkest having rank 0.</summary>
    private static int Level(ReadOnlySpan<int> counts, int rank)
    {
        var level = 0;
        for (var below = counts[0]; below <= rank; below += counts[level])
        {
            level++;
        }
        return level;
    }
}
