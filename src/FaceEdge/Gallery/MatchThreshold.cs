namespace FaceEdge.Gallery;

/// <summary>
/// The cosine from which two faces are one person, by the number of people known: among more people the most similar stranger is
/// more similar, so the bar must rise or strangers are merged.
/// </summary>
public static class MatchThreshold
{
    /// <summary>Working points measured for <c>fr512</c> (models.md): people known, threshold.</summary>
    private static readonly (double People, double Threshold)[] Measured = [(20, 0.375), (100, 0.425), (400, 0.45), (4300, 0.50)];

    /// <summary>The threshold for a gallery of that many people: linear in the logarithm between the measured points, level outside them.</summary>
    /// <param name="people">People in the gallery, 0 or more.</param>
    /// <returns>A cosine, 0.375..0.5.</returns>
    public static float For(int people)
    {
        if (people <= Measured[0].People)
        {
            return (float)Measured[0].Threshold;
        }

        for (int i = 1; i < Measured.Length; i++)
        {
            (double upper, double high) = Measured[i];
            if (people <= upper)
            {
                (double lower, double low) = Measured[i - 1];
                return (float)(low + ((high - low) * Math.Log(people / lower) / Math.Log(upper / lower)));
            }
        }

        return (float)Measured[^1].Threshold;
    }
}
