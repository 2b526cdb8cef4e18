namespace FaceEdge.Storage;

/// <summary>A row of somebody else's database, ready to be stored.</summary>
/// <param name="Hash">Tells it from every other row: equal rows have equal hashes.</param>
/// <param name="PersonId">Whose it is, at least 1.</param>
/// <param name="Pictured">Whether its picture was encoded; if not, a later run may try again.</param>
/// <param name="Faces">What is to be stored; none when the row was known already and nothing came to it.</param>
public sealed record ImportedRow(byte[] Hash, long PersonId, bool Pictured, IReadOnlyList<NewFace> Faces);

/// <summary>What is known of a row or a person from earlier imports.</summary>
public enum ImportStanding
{
    /// <summary>Never imported.</summary>
    New,

    /// <summary>Imported, with its picture.</summary>
    Known,

    /// <summary>Imported, but without a picture: only its encoding was taken.</summary>
    KnownWithoutPicture,
}

/// <summary>Whether a person's id may be taken over.</summary>
public enum IdStanding
{
    /// <summary>Nobody ever had it.</summary>
    Free,

    /// <summary>An earlier import took it.</summary>
    Imported,

    /// <summary>An earlier import took it; the person was forgotten since.</summary>
    Forgotten,

    /// <summary>Somebody who was not imported has it.</summary>
    Taken,

    /// <summary>Nobody has it now, but it was given before, or skipped after a loss.</summary>
    GivenBefore,
}
