using System.CommandLine;
using FaceEdge.Imaging;
using FaceEdge.Migration;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli;

/// <summary><c>faceedge import</c>: takes people over from the original application's database, ids and all.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = new("FILE") { Description = "The database to take people from; it is only read. - is standard input, for a file that the service's user can not open" };

    private static readonly Option<string?> Table = new("--table") { Description = "The table, when several have the columns Person, Person_Img and Face_Encoding", HelpName = "NAME" };

    private static readonly Option<string?> Images = new("--images") { Description = "The folder of the pictures, when the table holds their names", HelpName = "FOLDER" };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would become of each row and store nothing" };

    private static readonly Option<bool> Json = Options.Json("a line for each row and one for the whole");

    private static readonly Option<bool> EmptyFirst = new("--empty-first")
    {
        Description = "Begin with nobody: the gallery of now is put aside as a file, its ids are the source's from then on (for a box that only answered trial photos)",
    };

    private static readonly Option<bool> KeepEncodings = new("--keep-encodings")
    {
        Description = "Compare by the source's own encodings (dlib128) as the original did, also where there are pictures; for an empty gallery",
    };

    private static readonly Option<int> MaxRows = Options.Number(
        "--max-rows", "Rows that the source may have: a view can go on for ever", (int)LegacySource.DefaultMaxRows, 100_000_000);

    private static readonly Option<ClashPolicy> Clash = new("--clash")
    {
        Description = "When an id is, or was, somebody else's here: refuse the import, skip those people, or reuse ids that nobody has now "
            + "(to import again after the gallery was lost)",
        HelpName = "refuse|skip|reuse",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Clash.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "refuse", "skip", "reuse");
        var import = new Command("import", "Take people over from the original application's database under the ids they have. The daemon must be stopped.");
        import.Add(Source);
        import.Add(Table);
        import.Add(Images);
        import.Add(DryRun);
        import.Add(Json);
        import.Add(Clash);
        import.Add(EmptyFirst);
        import.Add(KeepEncodings);
        import.Add(MaxRows);
        DataFolder.Accept(import);
        import.SetAction((parsed, cancel) => Failures.TellAsync(() => RunAsync(parsed, cancel)));
        return import;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        FaceEdgeOptions options = DataFolder.Load(parsed);
        bool dry = parsed.GetValue(DryRun), json = parsed.GetValue(Json), empty = parsed.GetValue(EmptyFirst);
        ClashPolicy policy = parsed.GetValue(Clash);
        SkiaLibrary.Check();
        OpenSsl.Check("To tell rows apart that were imported before, import");
        var pictures = FindPictures(parsed.GetValue(Images), options.Limits.MaxUploadBytes);
        using LegacySource source = await OpenSourceAsync(parsed, options.DataDirectory, cancel);
        source.BoundMemory();
        source.StopOn(cancel);
        int rows = (int)source.Count();

        // Opened before the ledger is read: it keeps a daemon out, and brings an older gallery to this version's schema.
        ImageDatabase? target = dry || empty ? null : DataFolder.OpenForWriting(options.DataDirectory);
        try
        {
            using ImportLedger ledger = empty ? ImportLedger.OfEmptied(options.DataDirectory)
                : dry ? ImportLedger.Look(options.DataDirectory)
                : ImportLedger.Beside(options.DataDirectory);
            options.Vision.Encoder = ledger.Encoder ?? (parsed.GetValue(KeepEncodings) ? "dlib128" : options.Vision.Encoder);
            using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
            var importer = new Importer(source, ledger, pictures, new Portraits(analyzer, options), options.Limits, policy);
            var report = new ImportReport(json, everyRow: dry || json);
            try
            {
                Survey(importer, rows, policy, cancel);
                Foresee(importer, options.Vision.Encoder, parsed.GetValue(KeepEncodings));
                if (empty && !dry)
                {
                    target = BeginAnew(options.DataDirectory);
                }

                ImportSummary summary;
                using (var progress = new ProgressBar(dry ? "looking" : "importing", rows))
                {
                    summary = await importer.RunAsync(target, verdict => report.Row(verdict, progress), cancel, progress.Step);
                }

                report.Whole(summary);
                return summary.LeftOut + summary.Clash > 0 ? ExitCodes.Failed : ExitCodes.Ok;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"faceedge: import: interrupted after {report.Rows} rows; the same command{(empty ? " without --empty-first" : "")} goes on from there");
                return ExitCodes.Interrupted;
            }
            catch (Exception e) when (report.Rows > 0 && !dry && e is StorageException or SourceException)
            {
                Console.Error.WriteLine($"faceedge: import: {report.Rows} rows are done; the same command{(empty ? " without --empty-first" : "")} goes on from there");
                throw;
            }
        }
        finally
        {
            if (target is not null)
            {
                await target.DisposeAsync();
            }
        }
    }

    private static async Task<LegacySource> OpenSourceAsync(ParseResult parsed, string dataFolder, CancellationToken cancel)
    {
        string path = parsed.GetValue(Source)!;
        if (path != StandardInput.Name)
        {
            return LegacySource.Open(InputFile.Check(path), parsed.GetValue(Table), parsed.GetValue(MaxRows));
        }

        LegacySource source = await StandardInput.OpenAsync(dataFolder, parsed.GetValue(Table), parsed.GetValue(MaxRows), cancel);
        if (source.KeepsLog)
        {
            Console.Error.WriteLine("faceedge: import: this database keeps its newest rows in a log beside it (-wal), which does not come through standard input. "
                + "With the application stopped, fold it in first: sqlite3 Image.db 'PRAGMA wal_checkpoint(TRUNCATE)'");
        }

        return source;
    }

    private static void Survey(Importer importer, int rows, ClashPolicy policy, CancellationToken cancel)
    {
        List<long> clashing;
        using (var progress = new ProgressBar("looking at ids", rows))
        {
            clashing = importer.Survey(progress.Step, cancel);
        }

        if (clashing.Count > 0 && policy == ClashPolicy.Refuse)
        {
            throw new SourceException(
                $"{clashing.Count} of the ids in the source can not be kept, so nothing was imported: "
                + string.Join("; ", clashing.Take(5).Select(id => $"{id}: {importer.ReasonOf(id)}")) + (clashing.Count > 5 ? "; .." : "")
                + ". An id must never mean two people. If this box only answered trial photos, begin anew: --empty-first (its people are put aside as a file). Or leave "
                + "those people out: --clash skip. If the gallery was lost and these are the people it knew: --clash reuse.");
        }
    }

    /// <summary>Said before anything is stored, not found out from customers afterwards.</summary>
    private static void Foresee(Importer importer, string encoder, bool keepEncodings)
    {
        if (importer.People.WithoutPicture > 0)
        {
            Console.Error.WriteLine($"faceedge: import: {Outlook.OfPeople(importer.People.WithoutPicture, importer.OriginalsInForce, encoder)}");
        }

        if (keepEncodings && encoder != "dlib128")
        {
            Console.Error.WriteLine($"faceedge: import: the gallery has people under {encoder}, which stays in force; the source's encodings are kept beside. "
                + "To compare by them: faceedge reencode --encoder dlib128");
        }
    }

    private static ImageDatabase BeginAnew(string folder)
    {
        DataFolder.RefuseOthersFolder(folder);
        if (ImageDatabase.PutAside(folder) is not { } kept)
        {
            return DataFolder.OpenForWriting(folder);
        }

        Console.Error.WriteLine($"faceedge: import: the gallery of before was put aside as {kept}. It holds faces: delete it when it is not needed.");
        return ImageDatabase.Open(folder, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance); // that the old one is gone is no news
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
}
