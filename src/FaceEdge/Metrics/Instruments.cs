using System.Diagnostics.Metrics;

namespace FaceEdge.Metrics;

/// <summary>
/// What the rooms count while they work; the names are those of <c>/metrics</c> (docs/metrics.md). Nobody listening, a measurement
/// costs a comparison. Nothing of a face or a person is ever a label.
/// </summary>
internal static class Instruments
{
    /// <summary>The meter of the process; what belongs to one daemon has a meter of its own with the same name.</summary>
    public const string MeterName = "FaceEdge";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>
    /// Bounds in seconds from what the fastest step takes to what a wait under full load may take. A stage that is always in one
    /// bucket says nothing, so they are denser where the models are (1 to 50 ms).
    /// </summary>
    private static readonly double[] StageBounds = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    /// <summary>Time a stage of a recognition took; written through <see cref="StageClock"/>.</summary>
    public static readonly Histogram<double> Stages = Meter.CreateHistogram(
        "faceedge_recognition_duration_seconds",
        "s",
        "Time that a stage of recognising a photo took.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = StageBounds });

    private static readonly Counter<long> OutcomeCounter =
        Meter.CreateCounter<long>("faceedge_outcomes_total", null, "Photos posted, by what became of them: match, new, or the code of the error.");

    /// <summary>One more photo ended so.</summary>
    /// <param name="outcome"><c>match</c>, <c>new</c>, <c>cancelled</c>, or an error's code as in docs/api.md.</param>
    /// <param name="photos">How many; 0 only makes the outcome appear.</param>
    public static void CountOutcome(string outcome, int photos = 1) => OutcomeCounter.Add(photos, new KeyValuePair<string, object?>("outcome", outcome));

    private static readonly Counter<long> RepeatCounter = Meter.CreateCounter<long>(
        "faceedge_repeated_photos_total", null, "Answered photos whose very bytes had been answered moments before: nothing was decoded or looked at again.");

    /// <summary>One more photo was answered without being looked at again.</summary>
    /// <param name="photos">How many; 0 only makes the counter appear.</param>
    public static void CountRepeatedPhotos(int photos = 1) => RepeatCounter.Add(photos);
}
