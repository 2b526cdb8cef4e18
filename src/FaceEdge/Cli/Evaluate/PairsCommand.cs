using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceEdge.Evaluation;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Evaluate;

/// <summary><c>faceedge evaluate pairs</c>: how well two photos are told to show one person or two (1:1).</summary>
internal static class PairsCommand
{
    private static readonly double[] Rates = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

    private static readonly Option<string?> Pairs = new("--pairs")
    {
        Description = "Pairs to judge in cross-validation: CSV with the header fold,a,b,same, or LFW's pairs.txt",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Roc = new("--roc") { Description = "Write the ROC curve as SVG", HelpName = "FILE.svg" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("pairs", "Compare photos two by two: accuracy over a list of pairs, error rates over all pairs of the folder.");
        command.Add(Pairs);
        command.Add(Roc);
        return EvaluateCommand.Accept(command, RunAsync);
    }

    private static Task RunAsync(ParseResult parsed, FaceEdgeOptions options, FaceAnalyzer analyzer, CancellationToken cancel)
    {
        LabelledPhoto[] photos = LabelledPhotos.In(parsed.GetValue(EvaluateCommand.Folder)!);
        PhotoPair[]? pairs = parsed.GetValue(Pairs) is { } file ? PairsFile.Read(InputFile.Check(file, pipes: true)) : null;
        PhotoIndex.Check(photos, pairs ?? []); // Not after the minutes that encoding takes.
        if (parsed.GetValue(Roc) is { } plot && InputFile.Check(plot) is not null)
        {
            EvaluateCommand.CheckWritable(plot);
        }

        EncodedPhoto[] encoded = EvaluateCommand.Encode(photos, analyzer, options, cancel);
        Verification scores = AllPairs.Compare(encoded, analyzer.Encoder, cancel);
        var report = new PairsReport(
            analyzer.Encoder, photos.Length, photos.DistinctBy(static photo => photo.Person).Count(),
            encoded.Count(static photo => photo.Encoding is not null), Refusal.Count(encoded.Select(static photo => photo.Refused)),
            pairs is null ? null : Judge(pairs, new PhotoIndex(encoded, analyzer.Encoder)),
            new AllPairsReport(
                scores.Genuine.Total, scores.Impostor.Total, [.. Rates.Select(scores.At).OfType<WorkingPoint>()], [.. scores.Roc()]));
        Console.Write(parsed.GetValue(EvaluateCommand.Json) ? JsonSerializer.Serialize(report, EvaluateJson.Default.PairsReport) + "\n" : Write(report));
        if (parsed.GetValue(Roc) is { } svg)
        {
            EvaluateCommand.WriteFile(svg, RocPlot.Draw(report.AllPairs.Roc, $"{report.Encoder}, {report.Faces} photos of {report.People} people"));
        }

        return Task.CompletedTask;
    }

    private static AccuracyReport Judge(PhotoPair[] pairs, PhotoIndex photos)
    {
        ScoredPair?[] scored = [.. pairs.Select(pair => photos.Compare(pair))];
        ScoredPair[] compared = [.. scored.OfType<ScoredPair>()];
        FoldAccuracy accuracy = FoldAccuracy.Of(compared);
        double right = 0;
        int fold = 0;
        foreach (IGrouping<int, PhotoPair> all in pairs.GroupBy(static pair => pair.Fold).OrderBy(static group => group.Key))
        {
            int judged = compared.Count(pair => pair.Fold == all.Key);
            right += judged == 0 ? 0 : accuracy.Folds[fold++] * judged / all.Count();
        }

        return new AccuracyReport(
            pairs.Length, compared.Length, accuracy.Folds.Length, accuracy.Mean, accuracy.StandardDeviation, accuracy.StandardError,
            right / pairs.Select(static pair => pair.Fold).Distinct().Count(), accuracy.Folds, accuracy.Thresholds);
    }

    private static string Write(PairsReport report)
    {
        var page = new StringWriter(CultureInfo.InvariantCulture);
        page.WriteLine($"{report.Photos} photos of {report.People} people, encoder {report.Encoder}; {report.Faces} faces encoded");
        foreach ((string code, int count) in report.Refused)
        {
            page.WriteLine($"  refused: {count} {code}");
        }

        if (report.Accuracy is { } accuracy)
        {
            page.WriteLine();
            page.WriteLine($"{accuracy.Compared} of {accuracy.Pairs} pairs compared in {accuracy.Folds} folds, each judged by the threshold best on the others:");
            page.WriteLine($"  accuracy {accuracy.Mean:0.0000}, standard deviation {accuracy.StandardDeviation:0.0000}, standard error {accuracy.StandardError:0.0000}"
                + $", threshold {accuracy.Thresholds.Average():0.000}");
            page.WriteLine($"  accuracy {accuracy.MeanOfAll:0.0000} when pairs that could not be compared count as wrong");
        }

        page.WriteLine();
        page.WriteLine($"all pairs of the folder: {report.AllPairs.Genuine} of one person, {report.AllPairs.Impostor} of two");
        List<string[]> rows = [["FMR (FAR)", "TPR", "FNMR", "threshold", "false matches"]];
        rows.AddRange(report.AllPairs.Points.Select(static point => new[]
        {
            point.Fmr.ToString("0e-0", CultureInfo.InvariantCulture), point.Tpr.ToString("0.0000", CultureInfo.InvariantCulture),
            point.Fnmr.ToString("0.0000", CultureInfo.InvariantCulture), point.Threshold.ToString("0.000", CultureInfo.InvariantCulture),
            point.Impostors.ToString(CultureInfo.InvariantCulture),
        }));
        page.Write(TextTable.Write(rows));
        if (report.AllPairs.Points.Count < Rates.Length)
        {
            page.WriteLine("Lower rates can not be measured with so few pairs of photos.");
        }

        return page.ToString();
    }
}
