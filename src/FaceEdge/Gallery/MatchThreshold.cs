namespace FaceEdge.Gallery;

/// <summary>
/// The similarity from which two faces are one person (a cosine; for dlib128 1 less the tolerance), by the number of people known: among more people the most similar stranger is
/// more similar, so the bar must rise or strangers are merged.
/// </summary>
public static class MatchThreshold
{
    /// <summary>
    /// Working points (people known, threshold): where match-or-register on streams of LFW photos in random order had the best
    /// B-cubed F1 (models/cards).
    /// </summary>
    private static readonly (double People, double Threshold)[] Fr512 = [(20, 0.375), (100, 0.425), (400, 0.45), (4300, 0.50)];
    private static readonly (double People, double Threshold)[] Mfn192 = [(20, 0.475), (100, 0.50), (400, 0.55), (2084, 0.575)];
    private static readonly (double People, double Threshold)[] Dlib128 = [(20, 0.4375), (100, 0.475), (400, 0.50), (2084, 0.525)];

    /// <summary>The threshold for a gallery of that many people: linear in the logarithm between the measured points, level outside them.</summary>
    /// <param name="encoder">Whose encodings are compared; one that was not measured gets the points of fr512.</param>
    /// <param name="people">People in the gallery, 0 or more.</param>
    /// <returns>A cosine; for dlib128 1 less a distance.</returns>
    public static float For(string encoder, int people)
    {
        var measured = encoder switch { "mfn192" => Mfn192, "dlib128" => Dlib128, _ => Fr512 };
        if (people <= measured[0].People)
        {
            return (float)measured[0].Threshold;
        }

        for (int i = 1; i < measured.Length; i++)
        {
            (double upper, double high) = measured[i];
            if (people <= upper)
            {
                (double lower, double low) = measured[i - 1];
                return (float)(low + ((high - low) * Math.Log(people / lower) / Math.Log(upper / lower)));
            }
        }

        return (float)measured[^1].Threshold;
    }
}
