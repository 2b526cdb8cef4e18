using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceEdge.Storage;

namespace FaceEdge.Cli;

/// <summary><c>faceedge verify</c>: is the database, or a backup, whole? Reads every page.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string?> Target = new("FILE")
    {
        Description = "A backup; without one the database itself",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Json = Options.Json("what was found");

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var verify = new Command("verify", "Read every page of the database, or of a backup, and say whether it is whole. The daemon may go on running.");
        verify.Add(Target);
        verify.Add(Json);
        DataFolder.Accept(verify);
        verify.SetAction((parsed, _) => Failures.TellAsync(() =>
        {
            DatabaseCheck check = parsed.GetValue(Target) is { } file
                ? DatabaseCheck.OfFile(InputFile.Check(file))
                : DatabaseCheck.OfFolder(DataFolder.Load(parsed).DataDirectory);
            Console.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(check, VerifyJson.Default.DatabaseCheck)
                : check.Problems.Count == 0 ? $"{check.Path}: {Describe(check)}; whole" : string.Join('\n', check.Problems.Select(problem => $"{check.Path}: {problem}")));
            return Task.FromResult(check.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed);
        }));
        return verify;
    }

    /// <summary>What is in a database, for people.</summary>
    public static string Describe(DatabaseCheck check) =>
        $"{check.People} people, {check.Faces} faces ({string.Join(", ", check.Encoders.Select(encoder => $"{encoder.Value} {encoder.Key}"))}), "
        + $"{check.Pictures} pictures, highest id {check.HighestId}, schema {check.Schema}";
}

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DatabaseCheck))]
internal sealed partial class VerifyJson : JsonSerializerContext;
