namespace FaceEdge.Evaluation;

/// <summary>Orders that depend on a seed alone, the same on every machine and in every language: bench/clusters.mjs has the same.</summary>
internal static class SeededOrder
{
    /// <summary>Shuffles in place: Fisher-Yates in Durstenfeld's form, on mulberry32 (Tommy Ettinger, public domain).</summary>
    public static T[] Shuffle<T>(T[] items, int seed)
    {
        uint state = (uint)seed;
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)Math.Floor(Next(ref state) * (i + 1));
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }

    /// <summary>0 up to, not including, 1.</summary>
    private static double Next(ref uint state)
    {
        unchecked
        {
            state += 0x6D2B79F5;
            uint t = state;
            t = (t ^ (t >> 15)) * (t | 1);
            t ^= t + ((t ^ (t >> 7)) * (t | 61));
            return (t ^ (t >> 14)) / 4294967296.0;
        }
    }
}
