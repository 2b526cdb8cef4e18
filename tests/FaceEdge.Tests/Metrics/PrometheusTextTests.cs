using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaceEdge.Metrics;

namespace FaceEdge.Tests.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid():N}");
    private readonly MetricStore _store;

    public PrometheusTextTests() => _store = new MetricStore(_meter.Name);

    [Fact]
    public void CountersAddUpByLabel()
    {
        Counter<long> photos = _meter.CreateCounter<long>("photos_total", null, "Photos.");
        photos.Add(2, Tag("outcome", "new"));
        photos.Add(1, Tag("outcome", "match"));
        photos.Add(3, Tag("outcome", "new"));

        Assert.Equal(
            """
            # HELP photos_total Photos.
            # TYPE photos_total counter
            photos_total{outcome="match"} 1
            photos_total{outcome="new"} 5

            """, Text());
    }

    [Fact]
    public void BucketsAreCumulativeAndTheirBoundsInclusive()
    {
        Histogram<double> time = _meter.CreateHistogram(
            "time_seconds", "s", "Time.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (double seconds in (double[])[0.25, 0.5, 0.75, 4])
        {
            time.Record(seconds, Tag("stage", "detect"));
        }

        Assert.Equal(
            """
            # HELP time_seconds Time.
            # TYPE time_seconds histogram
            time_seconds_bucket{stage="detect",le="0.5"} 2
            time_seconds_bucket{stage="detect",le="1"} 3
            time_seconds_bucket{stage="detect",le="+Inf"} 4
            time_seconds_sum{stage="detect"} 5.5
            time_seconds_count{stage="detect"} 4

            """, Text());
    }

    [Fact]
    public void ObservedValuesAreThoseOfNow()
    {
        int people = 3;
        _meter.CreateObservableGauge("people", () => people, null, "People.");
        Assert.Contains("\npeople 3\n", Text(), StringComparison.Ordinal);
        people = 2;
        Assert.Contains("\npeople 2\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void LabelValuesAreEscaped()
    {
        _meter.CreateCounter<long>("odd_total", null, "Odd.").Add(1, Tag("name", "a\"b\\c\nd"));
        Assert.Contains("""odd_total{name="a\"b\\c\nd"} 1""", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void AFamilyDoesNotGrowWithoutBound()
    {
        Counter<long> any = _meter.CreateCounter<long>("any_total", null, "Any.");
        for (int i = 0; i < 5000; i++)
        {
            any.Add(1, Tag("value", $"{i}"));
        }

        Assert.InRange(Text().Count(c => c == '\n'), 900, 1100);
    }

    [Fact]
    public async Task NoMeasurementIsLostAmongThreads()
    {
        Counter<long> many = _meter.CreateCounter<long>("many_total", null, "Many.");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                many.Add(1, Tag("x", "y"));
            }
        })));
        Assert.Contains("many_total{x=\"y\"} 40000\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void AMeasurementAllocatesNothingOnceItsSeriesExists()
    {
        Histogram<double> time = _meter.CreateHistogram<double>("quiet_seconds", "s", "Quiet.");
        time.Record(1, Tag("stage", "detect"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            time.Record(1, Tag("stage", "detect"));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void WhatTheProcessTellsPassesPrometheusOwnLint()
    {
        ProcessGauges.AddTo(_meter);
        _meter.CreateCounter<long>("photos_total", null, "Photos.").Add(1, Tag("outcome", "new"));
        _meter.CreateHistogram<double>("time_seconds", "s", "Time.").Record(1);
        Lint(Text());
    }

    public void Dispose()
    {
        _store.Dispose();
        _meter.Dispose();
    }

    /// <summary>`promtool check metrics` of the Debian package prometheus, where it is installed.</summary>
    private static void Lint(string text)
    {
        if (!File.Exists("/usr/bin/promtool"))
        {
            Assert.Skip("promtool is not installed (Debian package prometheus)");
        }

        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        promtool.StandardInput.Write(text);
        promtool.StandardInput.Close();
        string said = promtool.StandardError.ReadToEnd() + promtool.StandardOutput.ReadToEnd();
        promtool.WaitForExit();
        Assert.True(promtool.ExitCode == 0, said);
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private string Text() => PrometheusText.Write(_store.Collect());
}
