using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceEdge.Imaging;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Reencode;

/// <summary>
/// <c>faceedge reencode</c>: changes the model of a living gallery from its kept pictures. Beside a running daemon it prepares the encodings and
/// then asks it to change; without one it does all itself. Killed, it goes on where it was when it is run again.
/// </summary>
internal static class ReencodeCommand
{
    /// <summary>Ids named on a terminal; all of them with <c>--json</c>.</summary>
    private const int Named = 20;

    private static readonly Option<string> Encoder = new("--encoder")
    {
        Description = "The encoder to change to: fr512, mfn192 or dlib128",
        HelpName = "NAME",
        Required = true,
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be done, and who would be left behind" };

    private static readonly Option<bool> LeaveBehind = new("--leave-behind")
    {
        Description = "Change although people without a usable picture can not be matched then",
    };

    private static readonly Option<bool> Json = Options.Json("the outcome");

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "reencode",
            "Change the encoder of the gallery: every kept picture is encoded again, then the new encoder is put in force. Everybody keeps their id. "
            + "The daemon may run: it answers with the old encoder until the new encodings are whole. Run it as the daemon's user.")
        {
            Encoder,
            DryRun,
            LeaveBehind,
            Json,
        };
        DataFolder.Accept(command);
        command.SetAction((parsed, cancel) => Failures.TellAsync(() => RunAsync(parsed, cancel)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        FaceEdgeOptions options = DataFolder.Load(parsed);
        string encoder = parsed.GetValue(Encoder)!;
        bool leave = parsed.GetValue(LeaveBehind);
        bool dry = parsed.GetValue(DryRun);
        ModelManifest.Read(options.ModelsDirectory).FindEncoder(encoder);
        DataFolder.RefuseOthersFolder(options.DataDirectory);
        GalleryAccess.MakeReady(options.DataDirectory, mayUpgrade: !dry);
        using var store = EncodingStore.Open(options.DataDirectory);
        if (!dry)
        {
            store.RetryUnreadable(encoder);
        }

        Plan plan = Plan.Of(store, encoder);
        plan.Tell(parsed.GetValue(Json) ? TextWriter.Null : Console.Out, Named);
        bool blocked = plan.LeftBehind.Count > 0 && !leave;
        if (dry || blocked)
        {
            return End(parsed, plan, dry ? "dry-run" : "refused", dry ? ExitCodes.Ok : ExitCodes.Failed);
        }

        LowPriority.Take();
        SkiaLibrary.Check();
        ModelWarning.Tell();
        using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision, encoder);
        Encode(store, analyzer, options, (int)plan.Progress.ToDo, cancel);

        // Pictures on which the new models find nobody are known only now.
        plan = Plan.Of(store, encoder);
        if (plan.LeftBehind.Count > 0 && !leave)
        {
            plan.Tell(parsed.GetValue(Json) ? TextWriter.Null : Console.Out, Named);
            return End(parsed, plan, "refused", ExitCodes.Failed);
        }

        await GalleryAccess.PutInForceAsync(options, store, analyzer, cancel);
        plan = Plan.Of(store, encoder);
        return End(parsed, plan, "changed", ExitCodes.Ok);
    }

    private static void Encode(EncodingStore store, FaceAnalyzer analyzer, FaceEdgeOptions options, int total, CancellationToken cancel)
    {
        using var progress = new ProgressBar("encoding", Math.Max(1, total));
        Reencoding.Run(
            store,
            analyzer,
            options,
            done =>
            {
                for (int i = 0; i < done; i++)
                {
                    progress.Step();
                }
            },
            cancel);
    }

    private static int End(ParseResult parsed, Plan plan, string outcome, int code)
    {
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new ReencodeReport(outcome, plan.InForce, plan.Encoder, plan.Progress, plan.LeftBehind), ReencodeJson.Default.ReencodeReport));
        }

        switch (outcome)
        {
            case "refused":
                Console.Error.WriteLine(
                    $"faceedge: reencode: {plan.LeftBehind.Count} people would match nobody under {plan.Encoder}, so {plan.InForce} stays in force. "
                    + "Run it again with --leave-behind to change all the same; what was encoded is kept.");
                break;
            case "changed" when !parsed.GetValue(Json):
                Console.WriteLine($"{plan.Encoder} is in force: {plan.Progress.Ready} faces of {plan.Progress.People - plan.LeftBehind.Count} people. Set Vision:Encoder to it, or to nothing.");
                break;
        }

        return code;
    }
}

/// <summary>What <c>--json</c> prints.</summary>
/// <param name="Outcome"><c>dry-run</c>, <c>refused</c> or <c>changed</c>.</param>
/// <param name="InForce">The encoder in force now.</param>
/// <param name="Encoder">The encoder asked for.</param>
/// <param name="Progress">How far its encodings are.</param>
/// <param name="LeftBehind">Ids of the people who match nobody under it.</param>
internal sealed record ReencodeReport(string Outcome, string? InForce, string Encoder, EncodingProgress Progress, List<long> LeftBehind);

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ReencodeReport))]
internal sealed partial class ReencodeJson : JsonSerializerContext;
