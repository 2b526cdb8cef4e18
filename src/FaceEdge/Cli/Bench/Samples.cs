namespace FaceEdge.Cli.Bench;

/// <summary>Measured times in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _times = [];

    /// <summary>How many.</summary>
    public int Count => _times.Count;

    /// <summary>One more. From one thread at a time.</summary>
    public void Add(double milliseconds) => _times.Add(milliseconds);

    /// <summary>All of another.</summary>
    public void Add(Samples others) => _times.AddRange(others._times);

    /// <summary>The nearest rank; 0 when nothing was measured.</summary>
    /// <param name="share">0.5 for the median.</param>
    public double Quantile(double share)
    {
        if (_times.Count == 0)
        {
            return 0;
        }

        _times.Sort();
        return _times[Math.Max((int)Math.Ceiling(share * _times.Count) - 1, 0)];
    }
}
