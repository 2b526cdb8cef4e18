namespace FaceEdge.Evaluation;

/// <summary>How a stream went.</summary>
/// <param name="Photos">Photos sent.</param>
/// <param name="Answered">The photos that got an id, scored as clusters.</param>
/// <param name="RefusalsAlone">All photos, each refused one as an id of its own: this way refusing hard photos does not pay.</param>
/// <param name="Strangers">Answered photos of people of whom no photo had an id yet, the very first photo left out.</param>
/// <param name="StrangersMatched">Those of them that got an id that was there: false positive identifications.</param>
/// <param name="Known">Answered photos of people who had registered an id.</param>
/// <param name="KnownMissed">Those of them that got another id: false negative identifications.</param>
/// <param name="Refused">Photos refused, by code.</param>
internal sealed record StreamScore(
    int Photos, ClusterScore Answered, ClusterScore RefusalsAlone, int Strangers, int StrangersMatched, int Known, int KnownMissed,
    SortedDictionary<string, int> Refused)
{
    /// <summary>False positive identification rate as it came out: strangers taken for someone known, 0..1.</summary>
    public double Fpir => Strangers > 0 ? (double)StrangersMatched / Strangers : 0;

    /// <summary>False negative identification rate as it came out: known people taken for somebody else or for new, 0..1.</summary>
    public double Fnir => Known > 0 ? (double)KnownMissed / Known : 0;

    /// <summary>Scores the answers of one stream, in their order.</summary>
    public static StreamScore Of(IReadOnlyList<StreamAnswer> answers)
    {
        var owners = new Dictionary<long, string>();
        var registered = new HashSet<string>();
        var seen = new HashSet<string>();
        int strangers = 0, strangersMatched = 0, known = 0, knownMissed = 0;
        foreach (StreamAnswer answer in answers)
        {
            if (answer.Id == 0)
            {
                continue;
            }

            if (registered.Contains(answer.Person))
            {
                known++;
                knownMissed += owners.GetValueOrDefault(answer.Id) == answer.Person ? 0 : 1;
            }
            else if (owners.Count > 0 && !seen.Contains(answer.Person))
            {
                strangers++;
                strangersMatched += answer.New ? 0 : 1;
            }

            seen.Add(answer.Person);
            if (answer.New)
            {
                owners[answer.Id] = answer.Person;
                registered.Add(answer.Person);
            }
        }

        return new StreamScore(
            answers.Count,
            ClusterScore.Of([.. answers.Where(static answer => answer.Id != 0).Select(static answer => (answer.Person, answer.Id))]),
            ClusterScore.Of([.. answers.Select(static (answer, i) => (answer.Person, answer.Id != 0 ? answer.Id : -1L - i))]),
            strangers, strangersMatched, known, knownMissed,
            Refusal.Count(answers.Select(static answer => answer.Refused)));
    }
}
