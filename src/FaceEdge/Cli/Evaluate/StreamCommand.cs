using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FaceEdge.Evaluation;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Evaluate;

/// <summary><c>faceedge evaluate stream</c>: does every person get exactly one id when photos come in one after another?</summary>
internal static class StreamCommand
{
    private static readonly Option<int> Seeds = Options.Number(
        "--seeds", "Orders of the photos for each number of people, seeds 1 to N", otherwise: 3, most: 1000);

    private static readonly Option<string> Sizes = new("--sizes")
    {
        Description = "Numbers of people, drawn anew for each seed; a number above those there are means all",
        HelpName = "N,N,..",
        DefaultValueFactory = static _ => "20,100,400,2000",
    };

    private static readonly Option<int> MinPhotos = Options.Number("--min-photos", "Only people with at least N photos", otherwise: 1, most: 1_000_000);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("stream", "Send photos one after another to an empty gallery that matches or registers: ids against people.");
        command.Add(Seeds);
        command.Add(Sizes);
        command.Add(MinPhotos);
        return EvaluateCommand.Accept(command, RunAsync);
    }

    private static async Task RunAsync(ParseResult parsed, FaceEdgeOptions options, FaceAnalyzer analyzer, CancellationToken cancel)
    {
        LabelledPhoto[] photos = [.. LabelledPhotos.In(parsed.GetValue(EvaluateCommand.Folder)!)
            .GroupBy(static photo => photo.Person)
            .Where(group => group.Count() >= parsed.GetValue(MinPhotos))
            .SelectMany(static group => group)
            .OrderBy(static photo => photo.Name, StringComparer.Ordinal)];
        int people = photos.DistinctBy(static photo => photo.Person).Count();
        if (people == 0)
        {
            throw new EvaluationException($"nobody has {parsed.GetValue(MinPhotos)} photos in {parsed.GetValue(EvaluateCommand.Folder)}");
        }

        int seeds = parsed.GetValue(Seeds);
        int[] sizes = ReadSizes(parsed.GetValue(Sizes)!, people);
        // No picture is kept: the streams are about ids.
        options.Storage.KeepImages = KeepImages.None;
        var current = new CurrentOptions(options);
        (int Size, int Seed, LabelledPhoto[] Photos)[] streams = [.. from size in sizes.AsEnumerable().Reverse()
                                                                     from seed in Enumerable.Range(1, seeds)
                                                                     select (size, seed, Order(photos, size, people, seed))];
        var scores = new StreamScore[streams.Length];
        using (var progress = new ProgressBar("streaming", streams.Sum(static stream => stream.Photos.Length)))
        {
            var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
            await Parallel.ForAsync(0, streams.Length, cores, async (i, stop) =>
                scores[i] = StreamScore.Of(await PhotoStream.SendAsync(streams[i].Photos, analyzer, current, progress.Step, stop)));
        }

        var report = new StreamReport(analyzer.Encoder, photos.Length, people, [.. sizes.Select(size => Summarise(
            size, [.. streams.Zip(scores).Where(run => run.First.Size == size).Select(run => new StreamOrderReport(run.First.Seed, run.Second))]))]);
        Console.Write(parsed.GetValue(EvaluateCommand.Json) ? JsonSerializer.Serialize(report, EvaluateJson.Default.StreamReport) + "\n" : Write(report));
    }

    private static LabelledPhoto[] Order(LabelledPhoto[] photos, int size, int people, int seed) =>
        SeededOrder.Shuffle(size == people ? [.. photos] : LabelledPhotos.Draw(photos, size, seed), seed);

    private static int[] ReadSizes(string list, int people)
    {
        string[] fields = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 0 && fields.All(static field => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0)
            ? [.. fields.Select(field => Math.Min(people, int.Parse(field, CultureInfo.InvariantCulture))).Distinct().Order()]
            : throw new EvaluationException($"--sizes '{list}' is no list of numbers of people such as 20,100");
    }

    private static StreamSizeReport Summarise(int people, StreamOrderReport[] orders)
    {
        double Mean(Func<StreamScore, double> figure) => orders.Average(order => figure(order.Score));
        double f1 = Mean(static score => score.Answered.F1);
        double deviation = orders.Length > 1 ? Math.Sqrt(orders.Sum(order => Math.Pow(order.Score.Answered.F1 - f1, 2)) / (orders.Length - 1)) : 0;
        var refused = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((string code, int count) in orders.SelectMany(static order => order.Score.Refused))
        {
            refused[code] = refused.GetValueOrDefault(code) + count;
        }

        return new StreamSizeReport(
            people, Mean(static score => score.Photos), Mean(static score => score.Answered.Ids), Mean(static score => score.Answered.Precision),
            Mean(static score => score.Answered.Recall), f1, deviation, Mean(static score => score.RefusalsAlone.F1),
            Mean(static score => score.Answered.FalseMergeRate), Mean(static score => score.Answered.FalseSplitRate), Mean(static score => score.Fpir),
            Mean(static score => score.Fnir), Mean(static score => score.Answered.MixedIds), Mean(static score => score.Answered.SplitPeople),
            Mean(static score => score.Photos - score.Answered.Photos), refused, orders);
    }

    private static string Write(StreamReport report)
    {
        static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
        static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
        List<string[]> rows =
        [
            ["people", .. report.Sizes.Select(static size => Number(size.People))],
            ["photos", .. report.Sizes.Select(static size => Number(size.Photos))],
            ["ids created", .. report.Sizes.Select(static size => Number(size.Ids))],
            ["B-cubed F1", .. report.Sizes.Select(static size => Share(size.F1))],
            ["  its deviation over the orders", .. report.Sizes.Select(static size => Share(size.F1StandardDeviation))],
            ["  with refused photos as ids of their own", .. report.Sizes.Select(static size => Share(size.F1RefusalsAlone))],
            ["B-cubed precision", .. report.Sizes.Select(static size => Share(size.Precision))],
            ["B-cubed recall", .. report.Sizes.Select(static size => Share(size.Recall))],
            ["pairs of one id that are two people", .. report.Sizes.Select(static size => Share(size.FalseMergeRate))],
            ["pairs of one person that have two ids", .. report.Sizes.Select(static size => Share(size.FalseSplitRate))],
            ["strangers taken for someone known (FPIR)", .. report.Sizes.Select(static size => Share(size.Fpir))],
            ["known people missed (FNIR)", .. report.Sizes.Select(static size => Share(size.Fnir))],
            ["ids that hold several people", .. report.Sizes.Select(static size => Number(size.MixedIds))],
            ["people with several ids", .. report.Sizes.Select(static size => Number(size.SplitPeople))],
            ["photos refused", .. report.Sizes.Select(static size => Number(size.RefusedPhotos))],
        ];
        var page = new StringWriter(CultureInfo.InvariantCulture);
        page.WriteLine($"{report.Photos} photos of {report.People} people, encoder {report.Encoder}; means over {report.Sizes[0].Orders.Count} orders");
        page.Write(TextTable.Write(rows));
        foreach ((string code, int count) in report.Sizes[^1].Refused)
        {
            page.WriteLine($"  refused in the largest, all orders: {count} {code}");
        }

        return page.ToString();
    }
}
