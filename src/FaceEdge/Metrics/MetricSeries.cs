namespace FaceEdge.Metrics;

/// <summary>A number, or the buckets of a histogram, that measurements of one combination of labels add up to.</summary>
/// <param name="labels">As in the text form, without braces: <c>stage="detect"</c>.</param>
/// <param name="bounds">Upper bounds of the buckets, rising; null for a plain number.</param>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[(bounds?.Length ?? -1) + 1];
    private double _sum;

    /// <summary>The labels.</summary>
    public string Labels { get; } = labels;

    /// <summary>Upper bounds of the buckets; the last bucket, without a bound, is not among them.</summary>
    public IReadOnlyList<double> Bounds => bounds ?? [];

    /// <summary>Takes one measurement.</summary>
    /// <param name="value">What was measured, or what is to be added to a counter.</param>
    /// <param name="replace">The value is the whole, not an addition.</param>
    public void Record(double value, bool replace)
    {
        int bucket = bounds is null ? 0 : BucketOf(value);
        lock (_lock)
        {
            _sum = replace ? value : _sum + value;
            if (bounds is not null)
            {
                _buckets[bucket]++;
            }
        }
    }

    /// <summary>The number, or the sum of what was measured.</summary>
    /// <param name="cumulative">Receives for each bound how many measurements were at most that, then how many there were.</param>
    public double Read(List<long> cumulative)
    {
        cumulative.Clear();
        lock (_lock)
        {
            long total = 0;
            foreach (long count in _buckets)
            {
                cumulative.Add(total += count);
            }

            return _sum;
        }
    }

    /// <summary>The first bucket whose bound is not below the value: bounds are inclusive.</summary>
    private int BucketOf(double value)
    {
        int at = Array.BinarySearch(bounds!, value);
        return at >= 0 ? at : ~at;
    }
}
