using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceEdge.Vision;

/// <summary>The list of models, <c>models.json</c>: what each is for and the SHA-256 of the very file that was measured.</summary>
public sealed class ModelManifest
{
    /// <summary>The name of the manifest in the models folder.</summary>
    public const string FileName = "models.json";

    private readonly string _directory;
    private readonly ModelEntry[] _entries;

    private ModelManifest(string directory, ModelEntry[] entries)
    {
        _directory = directory;
        _entries = entries;
    }

    /// <summary>Reads the manifest of the folder that the settings name; no name means <c>models</c> beside the program.</summary>
    /// <exception cref="ModelException">The folder or the manifest is missing, unreadable or not a manifest.</exception>
    public static ModelManifest ReadOf(string modelsDirectory) =>
        Read(modelsDirectory.Length > 0 ? modelsDirectory : Path.Combine(AppContext.BaseDirectory, "models"));

    /// <summary>Reads the manifest of a models folder. A relative folder is relative to the current one.</summary>
    /// <exception cref="ModelException">The folder or the manifest is missing, unreadable or not a manifest.</exception>
    public static ModelManifest Read(string directory)
    {
        directory = Path.GetFullPath(directory);
        var path = Path.Combine(directory, FileName);
        try
        {
            var list = JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.ModelList);
            if (list?.Models is not { Length: > 0 } entries)
            {
                throw new ModelException($"The model manifest {path} lists no models. Run `make models`, or set ModelsDirectory.");
            }
            return new ModelManifest(directory, entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The model manifest {path} can not be read ({e.Message}). Run `make models`, or set ModelsDirectory.", e);
        }
        catch (JsonException e)
        {
            throw new ModelException($"The model manifest {path} is not valid: {e.Message}", e);
        }
    }

    /// <summary>The entry for a role such as <c>detector</c>.</summary>
    /// <exception cref="ModelException">No model has that role.</exception>
    public ModelEntry Find(string role) =>
        Array.Find(_entries, e => e.Role == role)
        ?? throw new ModelException($"{Path.Combine(_directory, FileName)} names no model with the role '{role}'.");

    /// <summary>The encoder of that name, one of those that stand side by side in the role <c>encoder</c>; the first one for no name.</summary>
    /// <exception cref="ModelException">There is none; the message names those there are.</exception>
    public ModelEntry FindEncoder(string name)
    {
        var encoders = Array.FindAll(_entries, e => e.Role == "encoder");
        return Array.Find(encoders, e => e.Name == name || name.Length == 0)
            ?? throw new ModelException(
                $"{Path.Combine(_directory, FileName)} names no encoder '{name}' (Vision:Encoder, or that of the gallery); it has: {string.Join(", ", encoders.Select(e => e.Name))}.");
    }

    /// <summary>
    /// The bytes of a model, after their SHA-256 was found to be the manifest's. It guards against mix-ups, a file of another release or
    /// a card that loses bits, not against attackers, who would change the manifest too. So where no hash can be computed
    /// (<see cref="OpenSsl.IsPresent"/>) the bytes are taken as they are, and the log, <c>doctor</c> and the verbs say so.
    /// </summary>
    /// <exception cref="ModelException">The file is missing, unreadable, or another one.</exception>
    public byte[] ReadVerified(ModelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var path = Path.Combine(_directory, entry.File);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The {entry.Role} model {path} can not be read ({e.Message}). Run `make models`, or set ModelsDirectory.", e);
        }

        if (!OpenSsl.IsPresent)
        {
            return bytes;
        }

        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return string.Equals(found, entry.Sha256, StringComparison.OrdinalIgnoreCase)
            ? bytes
            : throw new ModelException(
                $"The {entry.Role} model {path} is not the one that was measured: its SHA-256 is {found}, {FileName} says {entry.Sha256}. "
                + "A different model would recognise the wrong people. Run `make models` again.");
    }
}

/// <summary>One model of the manifest.</summary>
/// <param name="Role">What it is for: <c>detector</c>, <c>checker</c>, <c>landmarks</c> or <c>encoder</c>.</param>
/// <param name="Name">Its name; the encoder's is stored beside every encoding, because encodings of two encoders never compare.</param>
/// <param name="File">Its file in the models folder.</param>
/// <param name="Sha256">SHA-256 of the file, 64 hexadecimal digits.</param>
/// <param name="Dimensions">Numbers in an encoding; only for an encoder, else 0.</param>
/// <param name="Kind">What an encoder is shown and gives.</param>
/// <param name="Evidence">
/// Two lengths of an encoder's output: of next to no face, and of all of one (<see cref="Face.Evidence"/>); null when the length does not tell.
/// </param>
public sealed record ModelEntry(
    string Role, string Name, string File, string Sha256, int Dimensions = 0, EncoderKind Kind = EncoderKind.ArcFace,
    EvidenceRange? Evidence = null);

/// <summary>From what <see cref="Face.Evidence"/> to what the part of the quality that follows from it rises.</summary>
/// <param name="None">Next to no face.</param>
/// <param name="All">All of a face; larger than <paramref name="None"/>.</param>
public sealed record EvidenceRange(float None, float All)
{
    /// <summary>0 at <see cref="None"/> and below, 1 at <see cref="All"/> and above.</summary>
    public float Grade(float evidence) => Math.Clamp((evidence - None) / (All - None), 0, 1);
}

/// <summary>The shape of <c>models.json</c>.</summary>
/// <param name="Models">The models, in any order.</param>
internal sealed record ModelList(ModelEntry[]? Models);

/// <summary>Source-generated JSON of the manifest; a member that is missing is an error, one that is unknown is not.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelList))]
internal sealed partial class ManifestJson : JsonSerializerContext;
