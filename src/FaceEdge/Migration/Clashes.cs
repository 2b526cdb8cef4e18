using FaceEdge.Storage;

namespace FaceEdge.Migration;

/// <summary>What to do with ids of the source that somebody else in the gallery has, or had.</summary>
internal enum ClashPolicy
{
    /// <summary>Import nothing at all.</summary>
    Refuse,

    /// <summary>Leave those people out.</summary>
    Skip,

    /// <summary>Take ids that were given before if nobody has them now: for importing again after the gallery was lost. Leave the others out.</summary>
    Reuse,
}

/// <summary>
/// Which of the source's ids can be kept: one that another person of the gallery has, or had, can not, because then it would mean two people.
/// </summary>
internal sealed class Clashes
{
    [Flags]
    private enum Fact : byte
    {
        None = 0,
        RowKnown = 1,
        Imported = 2,
        Forgotten = 4,
        Taken = 8,
        GivenBefore = 16,
    }

    // A byte a person, so that a hundred thousand are nothing.
    private readonly Dictionary<long, Fact> _people = [];

    /// <summary>The highest id in the source; 0 for none.</summary>
    public long Highest { get; private set; }

    /// <summary>People in the source.</summary>
    public int People => _people.Count;

    /// <summary>Notes a row of the source.</summary>
    public void Note(long person, ImportStanding row, ImportLedger ledger)
    {
        if (!_people.TryGetValue(person, out Fact fact))
        {
            Highest = Math.Max(Highest, person);
            fact = ledger.Person(person) switch
            {
                IdStanding.Imported => Fact.Imported,
                IdStanding.Forgotten => Fact.Forgotten,
                IdStanding.Taken => Fact.Taken,
                IdStanding.GivenBefore => Fact.GivenBefore,
                _ => Fact.None,
            };
        }

        _people[person] = fact | (row == ImportStanding.New ? Fact.None : Fact.RowKnown);
    }

    /// <summary>Whether the person was imported once and forgotten since.</summary>
    public bool IsForgotten(long person) => _people[person].HasFlag(Fact.Forgotten);

    /// <summary>Why a person's id can not be kept; null when it can.</summary>
    public string? Of(long person, ClashPolicy policy) => Of(_people[person], policy);

    /// <summary>Everybody whose id can not be kept, lowest first.</summary>
    public List<long> All(ClashPolicy policy) => [.. _people.Where(p => Of(p.Value, policy) is not null).Select(static p => p.Key).Order()];

    private static string? Of(Fact fact, ClashPolicy policy)
    {
        bool imported = (fact & (Fact.Imported | Fact.Forgotten)) != 0;
        return fact.HasFlag(Fact.Taken) ? "the gallery has somebody else with this id"
            : imported && !fact.HasFlag(Fact.RowKnown) ? "an earlier import took this id from another row"
            : fact.HasFlag(Fact.GivenBefore) && policy != ClashPolicy.Reuse ? "this id was given before to somebody who is gone"
            : null;
    }
}
