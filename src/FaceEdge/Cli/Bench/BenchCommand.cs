using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FaceEdge.Cli.Doctor;
using FaceEdge.Cli.Evaluate;
using FaceEdge.Gallery;
using FaceEdge.Hosting;
using FaceEdge.Imaging;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Cli.Bench;

/// <summary><c>faceedge bench</c>: what recognition costs on this box. It keeps nothing and leaves the daemon's data alone.</summary>
internal static class BenchCommand
{
    private const string Drawn = "drawn";

    /// <summary>Photos beyond those that teach the template, after which every buffer is there.</summary>
    private const int WarmUp = 5;

    private static readonly Option<string?> Photo = new("--photo")
    {
        Description = "A photo with a face, as your camera makes them [default: a face drawn for it, 1920x1080]",
        HelpName = "FILE",
    };

    private static readonly Option<int> People = Options.Number(
        "--people", "Made-up people to search among; 100,000 take 0.2 GB of memory or more", otherwise: 10_000, most: 10_000_000);

    private static readonly Option<int> Seconds = Options.Number("--seconds", "How long each load, and the search, is measured", otherwise: 5, most: 3600, "S");

    private static readonly Option<bool> Json = Options.Json("the figures");

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var bench = new Command(
            "bench",
            "Measure what recognition costs on this box: stages of one photo, latency and throughput, search, memory. Keeps nothing, and "
            + "does not touch the daemon's data; a daemon that is at work beside it makes the figures worse. Any setting of the README's table "
            + "can be given as --Section:Key VALUE.")
        {
            Photo, People, Seconds, Json,
        };
        SettingArguments.AcceptUnshown(bench);
        bench.SetAction((parsed, cancel) => Failures.TellAsync(async () =>
        {
            FaceEdgeOptions options = OptionsLoader.Load(SettingArguments.Of(parsed));
            SkiaLibrary.Check();
            try
            {
                BenchReport report = await MeasureAsync(
                    options, parsed.GetValue(Photo), parsed.GetValue(People), TimeSpan.FromSeconds(parsed.GetValue(Seconds)), cancel);
                Console.Write(parsed.GetValue(Json) ? JsonSerializer.Serialize(report, BenchJson.Default.BenchReport) + "\n" : Write(report));
                return ExitCodes.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageException or RecognitionException)
            {
                return Failures.Stop(ExitCodes.NoInput, "bench", e);
            }
        }));
        return bench;
    }

    /// <summary>Measures everything.</summary>
    /// <param name="options">As the daemon would run.</param>
    /// <param name="file">The photo; null for the drawn one.</param>
    /// <param name="people">To search among.</param>
    /// <param name="time">For each load, and for the search.</param>
    /// <param name="cancel">Gives up.</param>
    internal static async Task<BenchReport> MeasureAsync(
        FaceEdgeOptions options, string? file, int people, TimeSpan time, CancellationToken cancel)
    {
        byte[] photo = file is null ? DrawnFace.Jpeg(1920, 1080) : await File.ReadAllBytesAsync(InputFile.Check(file), cancel);
        (int width, int height) = ImageDecoder.ReadSize(photo);
        string folder = Directory.CreateTempSubdirectory("faceedge-bench-").FullName;
        try
        {
            long started = Stopwatch.GetTimestamp();
            using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
            var start = new StartReport(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await using ImageDatabase database = ImageDatabase.Open(folder, NullLogger.Instance);
            var current = new CurrentOptions(options);
            using FaceGallery gallery = FaceGallery.Load(database, current, analyzer.Encoder, analyzer.Dimensions, NullLogger.Instance);
            using var recognizer = new Recognizer(new Engine(analyzer, gallery), current);
            long idle = Environment.WorkingSet;
            var bench = new RecognitionBench(recognizer, photo);
            using var stages = new StageListener();
            RecognitionResult first = await bench.OnceAsync(cancel);
            for (int i = 0; i < options.Gallery.MaxFacesPerPerson + WarmUp; i++)
            {
                await bench.OnceAsync(cancel); // The person is known then, and has nothing left to teach.
            }

            // Who is new or still being learned costs this on top.
            StageReport[] learning = [.. stages.Report().Where(static stage => stage.Stage == "look_again")];
            stages.Forget();
            List<LoadReport> loads = [await bench.RunAsync(clients: 1, time, cancel)];
            StageReport[] heard = [.. stages.Report(), .. learning];
            for (int clients = 2; clients < 2 * Environment.ProcessorCount; clients *= 2)
            {
                loads.Add(await bench.RunAsync(Math.Min(clients, Environment.ProcessorCount), time, cancel));
            }

            long after = Environment.WorkingSet;
            return new BenchReport(
                Product.Version, MachineChecks.Cpu().What, Environment.ProcessorCount, analyzer.Encoder, start,
                new PhotoReport(file ?? Drawn, width, height, photo.Length, first.Box.Height), heard, loads,
                SearchBench.Run(people, analyzer.Dimensions, time, cancel), new MemoryReport(idle, after));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The page for people.</summary>
    internal static string Write(BenchReport report)
    {
        var page = new StringWriter(CultureInfo.InvariantCulture);
        page.WriteLine($"faceedge {report.Version} on {report.Processor}");
        page.WriteLine($"encoder {report.Encoder}; models loaded, checked and run once in {report.Start.ModelsMs:0} ms");
        page.WriteLine($"photo: {(report.Photo.File == Drawn ? "a face drawn for it (--photo FILE for your own)" : report.Photo.File)}, "
            + $"{report.Photo.Width}x{report.Photo.Height}, {report.Photo.Bytes / 1000.0:0} kB, face {report.Photo.FaceHeight:0} pixels high");
        page.WriteLine();
        List<string[]> rows = [["stage of one photo", "median ms", "p95 ms"]];
        rows.AddRange(report.Stages.Select(static stage => new[] { stage.Stage, Milliseconds(stage.MedianMs), Milliseconds(stage.P95Ms) }));
        page.WriteLine(TextTable.Write(rows));
        page.WriteLine("look_again: only for a face that is new, in doubt or still being learned; all else is of somebody known well.");
        page.WriteLine();
        rows = [["clients at once", "photos/s", "median ms", "p95 ms", "CPU ms/photo", "allocated B/photo"]];
        rows.AddRange(report.Loads.Select(static load => new[]
        {
            load.Clients.ToString(CultureInfo.InvariantCulture), Number(load.PhotosPerSecond), Number(load.MedianMs), Number(load.P95Ms),
            Number(load.CpuMs), load.AllocatedBytes.ToString("0", CultureInfo.InvariantCulture),
        }));
        page.WriteLine(TextTable.Write(rows));
        page.WriteLine($"search among {report.Search.People} people x {report.Search.Dimensions}: median {Milliseconds(report.Search.MedianMs)} ms, "
            + $"p95 {Milliseconds(report.Search.P95Ms)} ms, {report.Search.Bytes / 1e6:0} MB");
        page.WriteLine($"resident memory: {report.Memory.IdleBytes / 1e6:0} MB idle with models, {report.Memory.AfterPhotosBytes / 1e6:0} MB after the photos");
        return page.ToString();
    }

    private static string Milliseconds(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
