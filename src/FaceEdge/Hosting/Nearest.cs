namespace FaceEdge.Hosting;

/// <summary>What somebody may have meant who mistyped a name.</summary>
internal static class Nearest
{
    /// <summary>A sentence with the name that is nearest, after a space; nothing when none is near.</summary>
    public static string DidYouMean(string given, IEnumerable<string> names) =>
        To(given, names) is { } name ? $" Did you mean {name}?" : "";

    /// <summary>The nearest name: one letter in three may be wrong, missing or too many; null when none is so near.</summary>
    public static string? To(string given, IEnumerable<string> names)
    {
        (string? best, int distance) = (null, Math.Max(1, given.Length / 3) + 1);
        foreach (string name in names)
        {
            if (Distance(given.ToUpperInvariant(), name.ToUpperInvariant()) is var far && far < distance)
            {
                (best, distance) = (name, far);
            }
        }

        return best;
    }

    /// <summary>Levenshtein's: letters to change, add or take away.</summary>
    private static int Distance(string one, string other)
    {
        if (one.Length > 100 || other.Length > 100)
        {
            return int.MaxValue;
        }

        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 0; i < one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < other.Length; j++)
            {
                int changed = diagonal + (one[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
