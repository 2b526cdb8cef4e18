using FaceEdge.Storage;

namespace FaceEdge.Cli.Reencode;

/// <summary>What a change of the encoder means for the people stored.</summary>
/// <param name="InForce">The encoder in force.</param>
/// <param name="Encoder">The encoder to change to.</param>
/// <param name="Progress">How far its encodings are.</param>
/// <param name="LeftBehind">People none of whose faces has an encoding of it, or a picture to make one of.</param>
internal sealed record Plan(string? InForce, string Encoder, EncodingProgress Progress, List<long> LeftBehind)
{
    /// <summary>Looks at the database.</summary>
    /// <exception cref="StorageException">It can not be read.</exception>
    public static Plan Of(EncodingStore store, string encoder) => new(store.InForce, encoder, store.Progress(encoder), store.LeftBehind(encoder));

    /// <summary>Tells it, those left behind first.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="named">Ids to name at most.</param>
    public void Tell(TextWriter to, int named)
    {
        if (LeftBehind.Count > 0)
        {
            string more = LeftBehind.Count > named ? $" and {LeftBehind.Count - named} more (all with --json)" : "";
            to.WriteLine($"Left behind: {LeftBehind.Count} people have no picture that {Encoder} could encode: {string.Join(", ", LeftBehind.Take(named))}{more}.");
            to.WriteLine($"  Their rows and ids stay, but under {Encoder} they match nobody: when they come again, they get a new id.");
            to.WriteLine($"  Back under {InForce} they match again.");
        }

        to.WriteLine($"{InForce ?? "nothing"} is in force. {Progress.People} people, {Progress.Faces} faces: for {Encoder} {Progress.Ready} are ready, {Progress.ToDo} to be encoded, "
            + $"{Progress.WithoutPicture} without a picture, {Progress.Unreadable} on whose picture no face was found.");
    }
}
