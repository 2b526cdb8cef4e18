using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FaceEdge.Metrics;

/// <summary>
/// Adds up what the framework's meters measure, for <see cref="PrometheusText"/>. A measurement costs a look-up without a lock and
/// a few additions, and allocates nothing once its series exists.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    /// <summary>The framework's measurements that are exported too, with their Prometheus names.</summary>
    private static readonly Dictionary<string, string> Foreign = new() { ["http.server.request.duration"] = "http_server_request_duration_seconds" };

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new();
    private readonly Lock _scrape = new();

    /// <summary>Starts listening.</summary>
    /// <param name="meters">Names of the meters whose instruments are exported under their own names.</param>
    public MetricStore(params string[] meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (NameOf(instrument, meters) is { } name)
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(name, static (name, of) => new MetricFamily(name, of), instrument));
            }
        };
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observed instruments for their values of now and gives every family, by name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        lock (_scrape)
        {
            _listener.RecordObservableInstruments();
        }

        return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static string? NameOf(Instrument instrument, string[] meters) =>
        meters.Contains(instrument.Meter.Name) ? instrument.Name : Foreign.GetValueOrDefault(instrument.Name);
}
