namespace FaceEdge.Storage.Salvage;

/// <summary>What could be read of a damaged database.</summary>
/// <param name="People">People with a face that can be read.</param>
/// <param name="Faces">Faces that can be read.</param>
/// <param name="Pictures">Faces whose picture can be read.</param>
/// <param name="LostPeople">Ids of people of whom no face can be read, those that are known of.</param>
/// <param name="HurtPeople">Ids of people who lost a face and have another.</param>
/// <param name="LostFaces">Faces that can not be read, those that are known of.</param>
/// <param name="HighestId">The highest id anything in the file speaks of.</param>
public sealed record SalvageReport(
    long People, long Faces, long Pictures, IReadOnlyList<long> LostPeople, IReadOnlyList<long> HurtPeople, long LostFaces, long HighestId)
{
    /// <summary>Ids named at most.</summary>
    private const int Named = 20;

    /// <summary>Who was lost, in words; empty when nobody was.</summary>
    public string Losses =>
        (LostPeople.Count == 0 ? "" : $"{LostPeople.Count} people could not be read: {Names(LostPeople)}; ")
        + (HurtPeople.Count == 0 ? "" : $"{HurtPeople.Count} people lost a face and have others: {Names(HurtPeople)}; ");

    /// <summary>Some ids, for people.</summary>
    internal static string Names(IReadOnlyList<long> ids) => string.Join(", ", ids.Take(Named)) + (ids.Count > Named ? $" and {ids.Count - Named} more" : "");
}
