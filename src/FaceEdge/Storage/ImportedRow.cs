namespace FaceEdge.Storage;

/// <summary>A row of somebody else's database, ready to be stored.</summary>
/// <param name="Hash">Tells it from every other row: equal rows have equal hashes.</param>
/// <param name="PersonId">Whose it is, at least 1.</param>
/// <param name="Pictured">Whether its picture was encoded; if not, a later run may try again.</param>
/// <param name="Face">What is to be stored.</param>
/// <param name="Second">The same face's encoding by another encoder; null when there is none.</param>
/// <param name="Name">What the person is called; null when that is not known.</param>
public sealed record ImportedRow(byte[] Hash, long PersonId, bool Pictured, NewFace Face, SecondEncoding? Second, string? Name = null);

/// <summary>A further encoding of a face.</summary>
/// <param name="Encoder">Who made it; another than the face's own.</param>
/// <param name="Values">Its numbers, finite.</param>
public sealed record SecondEncoding(string Encoder, float[] Values);

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
