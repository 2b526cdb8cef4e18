using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceEdge.Evaluation;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Evaluate;

/// <summary><c>faceedge evaluate detect</c>: are the faces that are there found, and nothing else?</summary>
internal static class DetectCommand
{
    private static readonly Option<string> Faces = new("--annotations")
    {
        Description = "The faces of each photo: CSV with the header photo,x,y or photo,x,y,w,h (middle and size in pixels); a photo with nothing behind it shows no face",
        HelpName = "FILE",
        Required = true,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("detect", "Find the faces of annotated photos: hits, misses, false boxes.");
        command.Add(Faces);
        return EvaluateCommand.Accept(command, RunAsync);
    }

    private static Task RunAsync(ParseResult parsed, FaceEdgeOptions options, FaceAnalyzer analyzer, CancellationToken cancel)
    {
        string folder = parsed.GetValue(EvaluateCommand.Folder)!;
        AnnotatedPhoto[] photos = Annotations.Read(InputFile.Check(parsed.GetValue(Faces)!, pipes: true));
        if (photos.FirstOrDefault(photo => !File.Exists(Path.Combine(folder, photo.Name))) is { } missing)
        {
            throw new EvaluationException($"the annotations name {missing.Name}, which is not in {folder}");
        }

        var found = new DetectPhotoReport[photos.Length];
        using (var progress = new ProgressBar("detecting", photos.Length))
        {
            var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
            Parallel.For(0, photos.Length, cores, i =>
            {
                found[i] = Find(photos[i], Path.Combine(folder, photos[i].Name), options, analyzer);
                progress.Step();
            });
        }

        var report = new DetectReport(
            photos.Length, photos.Sum(static photo => photo.Faces.Count), found.Sum(static photo => photo.Hits), found.Sum(static photo => photo.Misses),
            found.Sum(static photo => photo.FalseBoxes), found.Count(static photo => photo is { Misses: 0, FalseBoxes: 0, Refused: null }),
            Refusal.Count(found.Select(static photo => photo.Refused)), found);
        Console.Write(parsed.GetValue(EvaluateCommand.Json) ? JsonSerializer.Serialize(report, EvaluateJson.Default.DetectReport) + "\n" : Write(report));
        return Task.CompletedTask;
    }

    /// <summary>Finds the faces of one photo; one that can not be decoded has all its faces missed.</summary>
    private static DetectPhotoReport Find(AnnotatedPhoto photo, string path, FaceEdgeOptions options, FaceAnalyzer analyzer)
    {
        try
        {
            using RgbImage image = ImageDecoder.Decode(File.ReadAllBytes(path), options.Limits.MaxPixels, options.Imaging.TargetSide);
            float scale = (float)image.OriginalWidth / image.Width;
            FaceBox[] boxes = [.. analyzer.DetectFaces(image).Select(box => box with { X1 = box.X1 * scale, Y1 = box.Y1 * scale, X2 = box.X2 * scale, Y2 = box.Y2 * scale })];
            DetectionScore score = DetectionScore.Of(photo.Faces, boxes);
            return new DetectPhotoReport(photo.Name, photo.Faces.Count, score.Hits, score.Misses, score.FalseBoxes, null);
        }
        catch (Exception e) when (Refusal.Is(e))
        {
            return new DetectPhotoReport(photo.Name, photo.Faces.Count, 0, photo.Faces.Count, 0, Refusal.CodeOf(e));
        }
    }

    private static string Write(DetectReport report)
    {
        var page = new StringWriter(CultureInfo.InvariantCulture);
        List<string[]> rows = [["photo", "faces", "hits", "misses", "false boxes"]];
        rows.AddRange(report.Found
            .Where(static photo => photo is not { Misses: 0, FalseBoxes: 0, Refused: null })
            .Select(static photo => Row(photo.Refused is null ? photo.Name : $"{photo.Name} ({photo.Refused})", photo.Faces, photo.Hits, photo.Misses, photo.FalseBoxes)));
        rows.Add(Row($"all {report.Photos} photos", report.Faces, report.Hits, report.Misses, report.FalseBoxes));
        page.Write(TextTable.Write(rows));
        page.WriteLine($"{report.Whole} of {report.Photos} photos are right; the others are listed.");
        return page.ToString();
    }

    private static string[] Row(string name, params ReadOnlySpan<int> numbers)
    {
        var row = new string[numbers.Length + 1];
        row[0] = name;
        for (int i = 0; i < numbers.Length; i++)
        {
            row[i + 1] = numbers[i].ToString(CultureInfo.InvariantCulture);
        }

        return row;
    }
}
