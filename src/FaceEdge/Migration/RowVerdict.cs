using System.Text.Json.Serialization;

namespace FaceEdge.Migration;

/// <summary>What becomes of a row.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    /// <summary>Its picture was encoded with the encoder in use; an encoding that came with it is kept as well.</summary>
    [JsonStringEnumMemberName("encoded")]
    Encoded,

    /// <summary>There is no usable picture; its encoding is kept and matches under the encoder that made it.</summary>
    [JsonStringEnumMemberName("encoding_only")]
    EncodingOnly,

    /// <summary>An earlier import took it.</summary>
    [JsonStringEnumMemberName("known")]
    Known,

    /// <summary>An equal row came before it.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,

    /// <summary>An earlier import took it and the person was forgotten since; that stays so.</summary>
    [JsonStringEnumMemberName("forgotten")]
    Forgotten,

    /// <summary>Its id is not free; see <see cref="Clashes"/>.</summary>
    [JsonStringEnumMemberName("clash")]
    Clash,

    /// <summary>Nothing of it can be used.</summary>
    [JsonStringEnumMemberName("left_out")]
    LeftOut,
}

/// <summary>What was found of one row.</summary>
/// <param name="Row">Its place in the table, from 1.</param>
/// <param name="Person">Whose; null when that can not be read.</param>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Format">How its encoding is written; null when none could be read.</param>
/// <param name="Notes">What there is to say about it, each in a few words.</param>
/// <param name="Outlook">What will happen to the person from now on, where that is not simply to be known; null for nothing.</param>
/// <param name="Name">What the person is called; null when that is not known.</param>
internal sealed record RowVerdict(
    long Row, long? Person, Verdict Verdict, string? Format, IReadOnlyList<string> Notes, string? Outlook = null, string? Name = null);

/// <summary>An import as a whole.</summary>
/// <param name="DryRun">Whether nothing was stored.</param>
/// <param name="Encoder">The encoder in force afterwards.</param>
/// <param name="Rows">Rows looked at.</param>
/// <param name="People">People of whom something was taken, now or before.</param>
/// <param name="Encoded">Rows by verdict.</param>
/// <param name="EncodingOnly">Rows by verdict.</param>
/// <param name="Known">Rows by verdict.</param>
/// <param name="Duplicate">Rows by verdict.</param>
/// <param name="Forgotten">Rows by verdict.</param>
/// <param name="Clash">Rows by verdict.</param>
/// <param name="LeftOut">Rows by verdict.</param>
/// <param name="OneFace">Rows whose face is another person's, too.</param>
/// <param name="TwoFaces">Rows whose face is unlike the same person's others.</param>
/// <param name="LikenessChecked">Faces that were compared with each other for that.</param>
/// <param name="NextId">The id that the next new person gets.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="WithoutPicture">People of the source none of whose rows has a picture.</param>
/// <param name="Split">People who were split off an id that several share, and got ids of their own.</param>
/// <param name="Named">People with a name where an id belongs, who got ids.</param>
internal sealed record ImportSummary(
    bool DryRun, string Encoder, long Rows, long People, long Encoded, long EncodingOnly, long Known, long Duplicate, long Forgotten, long Clash,
    long LeftOut, long OneFace, long TwoFaces, long LikenessChecked, long NextId, double Seconds,
    long WithoutPicture = 0, long Split = 0, long Named = 0);
