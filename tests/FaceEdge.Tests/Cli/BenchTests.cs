using System.Text.Json;
using FaceEdge.Cli.Bench;
using FaceEdge.Imaging;

namespace FaceEdge.Tests.Cli;

public class BenchTests
{
    [Theory]
    [InlineData(1920, 1080)]
    [InlineData(640, 480)]
    [InlineData(1000, 1400)]
    public void TheDrawnPhotoHasTheSizeAskedFor(int width, int height) => Assert.Equal((width, height), ImageDecoder.ReadSize(DrawnFace.Jpeg(width, height)));

    [Fact]
    public async Task EveryStageIsMeasuredOnADrawnFace()
    {
        var options = new FaceEdgeOptions { ModelsDirectory = Path.Combine(Repository.Root, "models", "built") };
        BenchReport report = await BenchCommand.MeasureAsync(
            options, null, people: 200, TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        // The instruments are the process's: tests that run beside this one may add stages of theirs.
        Assert.Subset(
            report.Stages.Select(static stage => stage.Stage).ToHashSet(),
            new HashSet<string> { "wait", "decode", "detect", "landmarks", "align", "encode", "search" });
        Assert.All(report.Stages, stage => Assert.True(stage.Times >= 1 && stage.MedianMs <= stage.P95Ms));
        Assert.InRange(report.Photo.FaceHeight, 250, 800);
        Assert.Equal(1, report.Loads[0].Clients);
        Assert.Equal(Environment.ProcessorCount, report.Loads[^1].Clients);
        Assert.All(report.Loads, load => Assert.True(load.Photos >= 2 * load.Clients));
        Assert.Equal((200, 512), (report.Search.People, report.Search.Dimensions));

        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
        Assert.Equal("fr512", json.RootElement.GetProperty("encoder").GetString());
        Assert.Contains("clients at once", BenchCommand.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APhotoThatIsMissingIsToldAndLeavesNothing()
    {
        var options = new FaceEdgeOptions { ModelsDirectory = Path.Combine(Repository.Root, "models", "built") };
        await Assert.ThrowsAsync<FileNotFoundException>(() => BenchCommand.MeasureAsync(
            options, Path.Combine(Path.GetTempPath(), "faceedge-no-such-photo.jpg"), 1, TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void QuantilesAreNearestRanks()
    {
        var samples = new Samples();
        Assert.Equal(0, samples.Quantile(0.5));
        foreach (double value in (double[])[5, 1, 4, 2, 3])
        {
            samples.Add(value);
        }

        Assert.Equal(3, samples.Quantile(0.5));
        Assert.Equal(5, samples.Quantile(0.95));
        Assert.Equal(1, samples.Quantile(0.01));
    }
}
