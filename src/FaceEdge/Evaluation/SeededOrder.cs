namespace FaceEdge.Evaluation;

/// <summary>Orders that depend on a seed alone, the same on every machine and in every language: bench/clusters.mjs has the same.</summary>
internal static class SeededOrder
{
    /// <summary>Shuffles in place: Fisher-Yates in Durstenfeld's form, on <see cref="SeededNumbers"/>.</summary>
    public static T[] Shuffle<T>(T[] items, int seed)
    {
        var numbers = new SeededNumbers(seed);
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)Math.Floor(numbers.Next() * (i + 1));
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }
}
