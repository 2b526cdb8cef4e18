using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceEdge.Imaging;
using FaceEdge.Migration;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli;

/// <summary><c>faceedge import</c>: takes people over from the original application's database, ids and all.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = new("FILE") { Description = "The database to take people from; it is only read" };

    private static readonly Option<string?> Table = new("--table") { Description = "The table, when several have the columns Person, Person_Img and Face_Encoding", HelpName = "NAME" };

    private static readonly Option<string?> Images = new("--images") { Description = "The folder of the pictures, when the table holds their names", HelpName = "FOLDER" };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would become of each row and store nothing" };

    private static readonly Option<bool> Json = Options.Json("a line for each row and one for the whole");

    private static readonly Option<ClashPolicy> Clash = new("--clash")
    {
        Description = "When an id is, or was, somebody else's here: refuse the import, skip those people, or reuse ids that nobody has now "
            + "(to import again after the gallery was lost)",
        HelpName = "refuse|skip|reuse",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var import = new Command("import", "Take people over from the original application's database under the ids they have. The daemon must be stopped.");
        import.Add(Source);
        import.Add(Table);
        import.Add(Images);
        import.Add(DryRun);
        import.Add(Json);
        import.Add(Clash);
        DataFolder.Accept(import);
        import.SetAction((parsed, cancel) => Failures.TellAsync(() => RunAsync(parsed, cancel)));
        return import;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        FaceEdgeOptions options = DataFolder.Load(parsed);
        bool dry = parsed.GetValue(DryRun), json = parsed.GetValue(Json);
        ClashPolicy policy = parsed.GetValue(Clash);
        SkiaLibrary.Check();
        OpenSsl.Check("To tell rows apart that were imported before, import");
        var pictures = FindPictures(parsed.GetValue(Images), options.Limits.MaxUploadBytes);
        using LegacySource source = LegacySource.Open(parsed.GetValue(Source)!, parsed.GetValue(Table));
        int rows = (int)Math.Min(source.Count(), int.MaxValue);

        // Opened before the ledger is read: it keeps a daemon out, and brings an older gallery to this version's schema.
        await using ImageDatabase? target = dry ? null : DataFolder.OpenForWriting(options.DataDirectory);
        using ImportLedger ledger = dry ? ImportLedger.Look(options.DataDirectory) : ImportLedger.Beside(options.DataDirectory);
        options.Vision.Encoder = ledger.Encoder ?? options.Vision.Encoder;
        using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
        var importer = new Importer(source, ledger, pictures, new Portraits(analyzer, options), options.Limits, policy);
        var told = new Told(json, everyRow: dry || json);
        try
        {
            List<long> clashing;
            using (var progress = new ProgressBar("looking at ids", rows))
            {
                clashing = importer.Survey(progress.Step, cancel);
            }

            if (clashing.Count > 0 && policy == ClashPolicy.Refuse)
            {
                throw new SourceException(
                    $"{clashing.Count} of the ids in {Path.GetFullPath(parsed.GetValue(Source)!)} can not be kept, so nothing was imported: "
                    + string.Join("; ", clashing.Take(5).Select(id => $"{id}: {importer.ReasonOf(id)}")) + (clashing.Count > 5 ? "; .." : "")
                    + ". An id must never mean two people. Import into an empty DataDirectory, or leave those people out with --clash skip. "
                    + "If the gallery was lost and these are the people it knew: --clash reuse.");
            }

            ImportSummary summary;
            using (var progress = new ProgressBar(dry ? "looking" : "importing", rows))
            {
                summary = await importer.RunAsync(
                    target,
                    verdict =>
                    {
                        told.Row(verdict, progress);
                        progress.Step();
                    },
                    cancel);
            }

            told.Whole(summary);
            return summary.LeftOut + summary.Clash > 0 ? ExitCodes.Failed : ExitCodes.Ok;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"faceedge: import: interrupted after {told.Rows} rows; the same command goes on from there");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (told.Rows > 0 && !dry && e is StorageException or SourceException)
        {
            Console.Error.WriteLine($"faceedge: import: {told.Rows} rows are done; the same command goes on from there");
            throw;
        }
    }

    private static PictureCell FindPictures(string? folder, long maxBytes)
    {
        try
        {
            return new PictureCell(folder, maxBytes);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new SourceException(e.Message, e);
        }
    }

    /// <summary>What is printed.</summary>
    private sealed class Told(bool json, bool everyRow)
    {
        public long Rows { get; private set; }

        public void Row(RowVerdict verdict, ProgressBar progress)
        {
            Rows++;
            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize(verdict, ImportJson.Default.RowVerdict));
            }
            else if (everyRow || verdict.Notes.Count > 0)
            {
                progress.Clear();
                string word = JsonSerializer.Serialize(verdict.Verdict, ImportJson.Default.Verdict).Trim('"').Replace('_', ' ');
                Console.WriteLine($"row {verdict.Row,-7} person {verdict.Person?.ToString() ?? "?",-8} {word,-13} {string.Join("; ", verdict.Notes)}".TrimEnd());
            }
        }

        public void Whole(ImportSummary s)
        {
            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize(s, ImportJson.Default.ImportSummary));
                return;
            }

            Console.WriteLine($"{s.Rows} rows, {s.People} people{(s.DryRun ? " (dry run: nothing was stored)" : "")}; {Math.Max(1, s.Rows) / Math.Max(0.001, s.Seconds):0} rows a second");
            foreach ((long count, string meaning) in (ReadOnlySpan<(long, string)>)
                [
                    (s.Encoded, $"with a picture, encoded with {s.Encoder}"),
                    (s.EncodingOnly, $"with an encoding only: it matches under the encoder that made it (dlib128 for face_recognition's){(s.Encoder == "dlib128" ? "" : $", not under {s.Encoder}")}"),
                    (s.Known, "imported before, unchanged"),
                    (s.Duplicate, "the same as a row before"),
                    (s.Forgotten, "of people forgotten since the last import, who stay so"),
                    (s.Clash, "left out: the id is, or was, somebody else's here"),
                    (s.LeftOut, "left out: nothing in them can be used"),
                    (s.OneFace, "to look at: two people with one face"),
                    (s.TwoFaces, "to look at: one person with two faces"),
                ])
            {
                if (count > 0)
                {
                    Console.WriteLine($"{count,8} {meaning}");
                }
            }

            if (!everyRow && s.EncodingOnly + s.Duplicate + s.Forgotten > 0)
            {
                Console.WriteLine("--dry-run or --json say which rows these are");
            }

            Console.WriteLine($"the next new person gets id {s.NextId}");
        }
    }
}

/// <summary>Source-generated JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RowVerdict))]
[JsonSerializable(typeof(ImportSummary))]
internal sealed partial class ImportJson : JsonSerializerContext;
