namespace FaceEdge.Evaluation.Covers;

/// <summary>What became of the photos of one kind.</summary>
/// <param name="Kind">What was drawn on them; <see cref="Clean"/> for nothing.</param>
/// <param name="Group">What should become of those that match nobody.</param>
/// <param name="Photos">How many were posted.</param>
/// <param name="Right">Got the id of who is on them.</param>
/// <param name="New">Made a new person.</param>
/// <param name="Wrong">Got somebody else's id.</param>
/// <param name="Refused">The others, by code.</param>
internal sealed record CoverTally(string Kind, string Group, int Photos, int Right, int New, int Wrong, SortedDictionary<string, int> Refused)
{
    /// <summary>The kind of photos as they are.</summary>
    public const string Clean = "clean";

    /// <summary>Counts.</summary>
    /// <param name="kind">Of the photos; null for clean ones.</param>
    /// <param name="outcomes">What became of each.</param>
    public static CoverTally Of(CoverKind? kind, IReadOnlyCollection<CoverOutcome> outcomes) => new(
        kind?.Name ?? Clean,
        (kind?.Group ?? CoverGroup.Ordinary) switch { CoverGroup.Covered => "covered", CoverGroup.WashedOut => "washed_out", _ => "ordinary" },
        outcomes.Count,
        outcomes.Count(static outcome => outcome.Refused is null && !outcome.New && outcome.Right),
        outcomes.Count(static outcome => outcome.New),
        outcomes.Count(static outcome => outcome.Refused is null && !outcome.New && !outcome.Right),
        Refusal.Count(outcomes.Select(static outcome => outcome.Refused)));
}

/// <summary>What became of one photo.</summary>
/// <param name="Right">It got the id of who is on it.</param>
/// <param name="New">It made a new person.</param>
/// <param name="Refused">Why it was refused, as a code of docs/api.md.</param>
internal readonly record struct CoverOutcome(bool Right, bool New, string? Refused);
