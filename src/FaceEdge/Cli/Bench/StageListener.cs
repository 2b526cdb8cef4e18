using System.Diagnostics.Metrics;
using FaceEdge.Metrics;

namespace FaceEdge.Cli.Bench;

/// <summary>Hears the times that the rooms measure for <c>/metrics</c>, each stage by itself.</summary>
internal sealed class StageListener : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, Samples> _stages = [];
    private readonly Lock _lock = new();

    /// <summary>Listens from now on.</summary>
    public StageListener()
    {
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            string stage = tags[0].Value as string ?? "";
            lock (_lock)
            {
                if (!_stages.TryGetValue(stage, out Samples? samples))
                {
                    _stages[stage] = samples = new Samples();
                }

                samples.Add(1000 * seconds);
            }
        });
        _listener.EnableMeasurementEvents(Instruments.Stages);
    }

    /// <summary>Forgets what was heard so far: the first photos pay for memory that later ones find.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _stages.Clear();
        }
    }

    /// <summary>What was heard, in the order in which the stages come.</summary>
    public StageReport[] Report()
    {
        lock (_lock)
        {
            return [.. _stages.Select(static stage =>
                new StageReport(stage.Key, stage.Value.Quantile(0.5), stage.Value.Quantile(0.95), stage.Value.Count))];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
