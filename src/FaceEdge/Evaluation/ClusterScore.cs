namespace FaceEdge.Evaluation;

/// <summary>How well ids given to photos agree with the people on them.</summary>
/// <remarks>
/// B-cubed (A. Bagga, B. Baldwin: "Entity-Based Cross-Document Coreferencing Using the Vector Space Model", COLING-ACL 1998; in the
/// form of E. Amigo et al., Information Retrieval 12, 2009): a photo's precision is the share of its id's photos that show its
/// person, its recall the share of its person's photos that have its id, the photo itself included; both are averaged over all photos,
/// F1 is the harmonic mean of the averages. Pairs are unordered pairs of photos.
/// </remarks>
/// <param name="Photos">Photos scored.</param>
/// <param name="People">People on them.</param>
/// <param name="Ids">Ids given.</param>
/// <param name="Precision">B-cubed, 0..1.</param>
/// <param name="Recall">B-cubed, 0..1.</param>
/// <param name="SameIdPairs">Pairs with one id.</param>
/// <param name="SamePersonPairs">Pairs of one person.</param>
/// <param name="RightPairs">Pairs of one person with one id.</param>
/// <param name="MixedIds">Ids that hold several people.</param>
/// <param name="SplitPeople">People with several ids.</param>
internal sealed record ClusterScore(
    int Photos, int People, int Ids, double Precision, double Recall,
    long SameIdPairs, long SamePersonPairs, long RightPairs, int MixedIds, int SplitPeople)
{
    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>Share of the pairs with one id that show two people; 0 when no two photos share an id.</summary>
    public double FalseMergeRate => SameIdPairs > 0 ? (double)(SameIdPairs - RightPairs) / SameIdPairs : 0;

    /// <summary>Share of the pairs of one person that have two ids; 0 when everybody has one photo.</summary>
    public double FalseSplitRate => SamePersonPairs > 0 ? (double)(SamePersonPairs - RightPairs) / SamePersonPairs : 0;

    /// <summary>Scores photos.</summary>
    /// <param name="photos">Who is on each photo and the id it got.</param>
    public static ClusterScore Of(IReadOnlyList<(string Person, long Id)> photos)
    {
        var counts = new Dictionary<(string Person, long Id), int>();
        var ofPerson = new Dictionary<string, (int Photos, int Ids)>();
        var ofId = new Dictionary<long, (int Photos, int People)>();
        foreach ((string person, long id) in photos)
        {
            int before = counts.GetValueOrDefault((person, id));
            counts[(person, id)] = before + 1;
            (int personPhotos, int ids) = ofPerson.GetValueOrDefault(person);
            ofPerson[person] = (personPhotos + 1, before == 0 ? ids + 1 : ids);
            (int idPhotos, int people) = ofId.GetValueOrDefault(id);
            ofId[id] = (idPhotos + 1, before == 0 ? people + 1 : people);
        }

        double precision = 0;
        double recall = 0;
        long right = 0;
        foreach (((string person, long id), int n) in counts)
        {
            precision += (double)n * n / ofId[id].Photos;
            recall += (double)n * n / ofPerson[person].Photos;
            right += Pairs(n);
        }

        int all = Math.Max(1, photos.Count);
        return new ClusterScore(
            photos.Count, ofPerson.Count, ofId.Count, precision / all, recall / all,
            ofId.Values.Sum(static id => Pairs(id.Photos)), ofPerson.Values.Sum(static person => Pairs(person.Photos)), right,
            ofId.Values.Count(static id => id.People > 1), ofPerson.Values.Count(static person => person.Ids > 1));
    }

    private static long Pairs(int n) => (long)n * (n - 1) / 2;
}
