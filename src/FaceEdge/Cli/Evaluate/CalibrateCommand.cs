using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceEdge.Evaluation;
using FaceEdge.Gallery;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Evaluate;

/// <summary>
/// <c>faceedge evaluate calibrate</c>: the figures that <see cref="MatchThreshold"/> computes thresholds from, and how thresholds made of some
/// people hold on others.
/// </summary>
internal static class CalibrateCommand
{
    private static readonly int[] Sizes = [20, 100, 400, 1000, 2000];
    private static readonly double[] Rates = [0.005, 0.01, 0.02];

    private static readonly Option<double?> Slope = new("--slope")
    {
        Description = "Use this evidence slope instead of choosing the best",
        HelpName = "X",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("calibrate", "Measure what thresholds are computed from, on some hundred people or more, and check it on people left out.");
        command.Add(Slope);
        return EvaluateCommand.Accept(command, RunAsync);
    }

    private static Task RunAsync(ParseResult parsed, FaceEdgeOptions options, FaceAnalyzer analyzer, CancellationToken cancel)
    {
        LabelledPhoto[] photos = LabelledPhotos.In(parsed.GetValue(EvaluateCommand.Folder)!);
        TailFit.Check(photos.LongLength * (photos.DistinctBy(static photo => photo.Person).Count() - 1)); // Not after the minutes that encoding takes.
        EncodedPhoto[] encoded = EvaluateCommand.Encode(photos, analyzer, options, cancel);
        TemplateScores scores = TemplateScores.Of(encoded, analyzer.Encoder, cancel);
        var calibrator = new Calibrator(scores);
        double rate = options.Gallery.FalsePositiveRate;
        double? slope = parsed.GetValue(Slope);
        Calibration Fit(int without) => slope is { } given ? calibrator.FitTail(given, without) : calibrator.Fit(rate, without);
        Calibration all = Fit(-1);
        int[] sizes = [.. Sizes.Where(size => size < scores.People.Length)];
        var check = new List<CalibrationCheck>();
        cancel.ThrowIfCancellationRequested();
        Calibration[] left = [.. Enumerable.Range(0, Calibrator.Folds).Select(Fit)];
        foreach (double asked in Rates)
        {
            foreach (int size in sizes)
            {
                double[] measured = [.. left.Select((calibration, fold) => new IdentificationRates(scores, calibration)
                    .Fpir(size, calibration.ThresholdFor(size, asked), probe => calibrator.FoldOf(probe.Person) == fold))];
                double[] missed = [.. left.Select((calibration, fold) => new IdentificationRates(scores, calibration)
                    .Fnmr(calibration.ThresholdFor(size, asked), probe => calibrator.FoldOf(probe.Person) == fold))];
                check.Add(new CalibrationCheck(asked, size, all.ThresholdFor(size, asked), measured.Average(), measured.Min(), measured.Max(), missed.Average()));
            }
        }

        Calibration inForce = MatchThreshold.Of(analyzer.Encoder);
        var report = new CalibrationReport(
            analyzer.Encoder, scores.Probes.Length, scores.People.Length, all, inForce, calibrator.Missed(calibrator.FitTail(0), rate),
            calibrator.Missed(all, rate), check);
        Console.Write(parsed.GetValue(EvaluateCommand.Json) ? JsonSerializer.Serialize(report, EvaluateJson.Default.CalibrationReport) + "\n" : Write(report));
        return Task.CompletedTask;
    }

    private static string Write(CalibrationReport report)
    {
        static string Constants(Calibration c) => string.Create(CultureInfo.InvariantCulture,
            $"new({c.Body}, {c.Shape}, {c.Scale}, {c.EvidenceMean}, {c.EvidenceDeviation}, {c.EvidenceSlope})");
        static string Percent(double value) => value.ToString("0.00 %", CultureInfo.InvariantCulture);
        var page = new StringWriter(CultureInfo.InvariantCulture);
        page.WriteLine($"{report.Faces} faces of {report.People} people against one template a person, encoder {report.Encoder}");
        page.WriteLine($"measured here: {Constants(report.Measured)}");
        page.WriteLine($"in force:      {Constants(report.InForce)}");
        page.WriteLine($"known people missed in a gallery of everybody: {Percent(report.MissedWithoutEvidence)} without the evidence, {Percent(report.Missed)} with it");
        page.WriteLine();
        page.WriteLine($"thresholds made without a fifth of the people, measured on that fifth ({Calibrator.Folds} times):");
        List<string[]> rows = [["strangers to be matched", "people", "threshold", "strangers matched", "lowest", "highest", "known missed"]];
        rows.AddRange(report.LeftOut.Select(static line => new[]
        {
            Percent(line.Asked), line.People.ToString(CultureInfo.InvariantCulture), line.Threshold.ToString("0.000", CultureInfo.InvariantCulture),
            Percent(line.Fpir), Percent(line.LowestFpir), Percent(line.HighestFpir), Percent(line.Fnmr),
        }));
        page.Write(TextTable.Write(rows));
        return page.ToString();
    }
}
