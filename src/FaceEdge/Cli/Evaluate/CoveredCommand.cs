using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceEdge.Evaluation;
using FaceEdge.Evaluation.Covers;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Evaluate;

/// <summary><c>faceedge evaluate covered</c>: do dark glasses, masks and glaring light make new people of known ones, and do ordinary faces pass?</summary>
internal static class CoveredCommand
{
    private static readonly Option<int> People = Options.Number(
        "--people", "People known from one photo, drawn from those with two or more; a number above those there are means all", otherwise: 200, most: 1_000_000);

    private static readonly Option<int> Strangers = Options.Number(
        "--strangers", "Photos of other people, one each", otherwise: 400, most: 1_000_000);

    private static readonly Option<int> Seed = Options.Number("--seed", "Of who is drawn and of what is drawn on them", otherwise: 1, most: 1_000_000);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "covered",
            "Draw dark glasses, masks, hands, hats and too much light on photos of known people: right, new and wrong ids, and refusals by code. "
            + "Clean photos, clear glasses and beards must pass.");
        command.Add(People);
        command.Add(Strangers);
        command.Add(Seed);
        return EvaluateCommand.Accept(command, RunAsync);
    }

    private static async Task RunAsync(ParseResult parsed, FaceEdgeOptions options, FaceAnalyzer analyzer, CancellationToken cancel)
    {
        LabelledPhoto[] photos = LabelledPhotos.In(parsed.GetValue(EvaluateCommand.Folder)!);
        int seed = parsed.GetValue(Seed);
        LabelledPhoto[][] people = SeededOrder.Shuffle<LabelledPhoto[]>(
            [.. photos.GroupBy(static photo => photo.Person).OrderBy(static person => person.Key, StringComparer.Ordinal).Select(static person => person.ToArray())], seed);
        KnownPerson[] known = [.. people.Where(static person => person.Length > 1).Take(parsed.GetValue(People)).Select(static person => new KnownPerson(person[0], person[1]))];
        if (known.Length == 0)
        {
            throw new EvaluationException($"nobody has two photos in {parsed.GetValue(EvaluateCommand.Folder)}");
        }

        HashSet<string> names = [.. known.Select(static person => person.First.Person)];
        LabelledPhoto[] strangers = [.. people.Where(person => !names.Contains(person[0].Person)).Take(parsed.GetValue(Strangers)).Select(static person => person[0])];
        // No picture is kept, and one clean photo is all that anybody is known from.
        options.Storage.KeepImages = KeepImages.None;
        options.Gallery.LearnMargin = 1;
        var study = new CoverStudy(analyzer, new CurrentOptions(options), seed);
        CoverTally[] ofKnown, ofStrangers;
        using (var progress = new ProgressBar("posting", CoverStudy.Photos(known.Length, strangers.Length)))
        {
            (ofKnown, ofStrangers) = await study.RunAsync(known, strangers, progress.Step, cancel);
        }

        var report = new CoveredReport(analyzer.Encoder, photos.Length, known.Length, strangers.Length, ofKnown, ofStrangers);
        Console.Write(parsed.GetValue(EvaluateCommand.Json) ? JsonSerializer.Serialize(report, EvaluateJson.Default.CoveredReport) + "\n" : Write(report));
    }

    private static string Write(CoveredReport report)
    {
        var page = new StringWriter(CultureInfo.InvariantCulture);
        page.WriteLine($"{report.Known} people known from one photo, encoder {report.Encoder}; another photo of each, with something drawn on it");
        page.Write(TextTable.Write(Rows(report.OfKnown)));
        page.WriteLine();
        page.WriteLine($"{report.Strangers} photos of people who are not known");
        page.Write(TextTable.Write(Rows(report.OfStrangers)));
        return page.ToString();
    }

    private static List<string[]> Rows(IReadOnlyList<CoverTally> tallies)
    {
        string[] codes = [.. tallies.SelectMany(static tally => tally.Refused.Keys).Distinct().Order(StringComparer.Ordinal)];
        static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
        return
        [
            ["", "photos", "right id", "new id", "wrong id", .. codes],
            .. tallies.Select(tally => (string[])
            [
                tally.Kind, Number(tally.Photos), Number(tally.Right), Number(tally.New), Number(tally.Wrong),
                .. codes.Select(code => Number(tally.Refused.GetValueOrDefault(code))),
            ]),
        ];
    }
}
