using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace FaceEdge.Metrics;

/// <summary>All series of one name: one for each combination of label values.</summary>
internal sealed class MetricFamily
{
    /// <summary>
    /// Series a family may have. Ours have some dozens, and the framework bounds method and route; this is the fuse that keeps
    /// whatever a client can vary from filling the memory.
    /// </summary>
    private const int MaxSeries = 1000;

    private readonly ConcurrentDictionary<(object?, object?, object?), MetricSeries> _series = new();
    private readonly double[]? _bounds;
    private readonly bool _observed;

    /// <summary>The family that an instrument writes.</summary>
    /// <param name="name">Its name in Prometheus.</param>
    /// <param name="instrument">Counter, gauge or histogram.</param>
    public MetricFamily(string name, Instrument instrument)
    {
        Name = name;
        Help = instrument.Description ?? name;
        _observed = instrument.IsObservable;
        (Type, _bounds) = instrument switch
        {
            Histogram<double> histogram => ("histogram", histogram.Advice?.HistogramBucketBoundaries?.ToArray() ?? []),
            Counter<long> or ObservableCounter<long> or ObservableCounter<double> => ("counter", null),
            _ => ("gauge", (double[]?)null),
        };
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>One sentence.</summary>
    public string Help { get; }

    /// <summary><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</summary>
    public string Type { get; }

    /// <summary>The series, in the order of their labels.</summary>
    public IEnumerable<MetricSeries> Series => _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal);

    /// <summary>Takes one measurement; of the tags the first three that have a label count.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (object?, object?, object?) key = default;
        int labels = 0;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (LabelOf(tag.Key) is not null)
            {
                switch (labels++)
                {
                    case 0: key.Item1 = tag.Value; break;
                    case 1: key.Item2 = tag.Value; break;
                    case 2: key.Item3 = tag.Value; break;
                    default: break;
                }
            }
        }

        if (!_series.TryGetValue(key, out MetricSeries? series))
        {
            if (_series.Count >= MaxSeries)
            {
                return;
            }

            series = _series.GetOrAdd(key, new MetricSeries(Write(tags), _bounds));
        }

        series.Record(value, replace: _observed || Type is "gauge");
    }

    /// <summary>The label of a tag; null for one that is not exported. The framework's tags have dots, ours are labels already.</summary>
    private static string? LabelOf(string tag) => tag switch
    {
        "http.request.method" => "method",
        "http.route" => "route",
        "http.response.status_code" => "status",
        _ => tag.Contains('.') ? null : tag,
    };

    private static string Write(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>();
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (labels.Count < 3 && LabelOf(tag.Key) is { } label)
            {
                labels.Add($"{label}=\"{Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")}\"");
            }
        }

        return string.Join(',', labels);
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
