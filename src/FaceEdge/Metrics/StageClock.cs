using System.Diagnostics;

namespace FaceEdge.Metrics;

/// <summary>
/// Measures the stages of one photo as laps: each ends where the next begins. The default value measures nothing, for work that is
/// no photo (a warm-up, a health probe).
/// </summary>
internal struct StageClock
{
    private long _lap;

    /// <summary>A running clock.</summary>
    public static StageClock Start() => new() { _lap = Stopwatch.GetTimestamp() };

    /// <summary>What happened since the last lap belongs to nobody, or was measured by its own clock.</summary>
    public void Restart() => _lap = _lap == 0 ? 0 : Stopwatch.GetTimestamp();

    /// <summary>Ends a stage.</summary>
    /// <param name="stage">Its name in <c>faceedge_recognition_duration_seconds{stage}</c>.</param>
    public void Lap(string stage)
    {
        if (_lap != 0)
        {
            long now = Stopwatch.GetTimestamp();
            Instruments.Stages.Record(Stopwatch.GetElapsedTime(_lap, now).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
            _lap = now;
        }
    }
}
