namespace FaceEdge.Migration;

/// <summary>
/// What becomes of people of whom there is an encoding of the original's and no picture. The figures are measured as docs/migration.md says: 181 people of
/// LFW known from one encoding, other photos of theirs posted to the daemon.
/// </summary>
internal static class Outlook
{
    /// <summary>Of a row, in a few words.</summary>
    /// <param name="originalsInForce">Whether the gallery compares by the original's encodings.</param>
    public static string OfRow(bool originalsInForce) => originalsInForce
        ? "no picture: known again only by dlib128, and 63 % of the next photos become new ids at the default rate"
        : "no picture: not known again, the next photo becomes a new id";

    /// <summary>Of all of them, with what can be done.</summary>
    /// <param name="people">How many they are, at least 1.</param>
    /// <param name="originalsInForce">Whether the gallery compares by the original's encodings.</param>
    /// <param name="encoder">The encoder that it compares by otherwise.</param>
    public static string OfPeople(long people, bool originalsInForce, string encoder)
    {
        string who = people == 1 ? "1 person has no picture:" : $"{people} people have no picture:";
        return originalsInForce
            ? $"{who} they are known again only by dlib128, and at the default rate (Gallery:FalsePositiveRate) 63 % of their next photos become new ids. "
                + "Gallery:Threshold 0.5 keeps the original's behaviour: 17 % do, and more strangers are taken for somebody known."
            : $"{who} their encodings are kept but not compared under {encoder}, so their next photo becomes a new id. To know them again, begin with the original's "
                + "encodings: --keep-encodings into an empty gallery, or 'faceedge reencode --encoder dlib128' later.";
    }
}
