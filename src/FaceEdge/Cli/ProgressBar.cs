using System.Diagnostics;

namespace FaceEdge.Cli;

/// <summary>A line on standard error that shows how far something long is; nothing when that is no terminal. Any thread may count.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _shown = !Console.IsErrorRedirected;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly string _what;
    private readonly int _total;
    private int _done;
    private long _drawn;

    /// <summary>Shows that it begins: the first step may take a while.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="total">Steps in all.</param>
    public ProgressBar(string what, int total)
    {
        (_what, _total) = (what, total);
        if (_shown)
        {
            _drawn = Stopwatch.GetTimestamp();
            Console.Error.Write($"\r{what} [{"",Width}] 0 of {total} \x1b[K");
        }
    }

    /// <summary>One step is done.</summary>
    public void Step()
    {
        int done = Interlocked.Increment(ref _done);
        long drawn = Volatile.Read(ref _drawn);
        if (_shown && Stopwatch.GetElapsedTime(drawn) > Interval && Interlocked.CompareExchange(ref _drawn, Stopwatch.GetTimestamp(), drawn) == drawn)
        {
            int filled = (int)((long)Width * Math.Min(done, _total) / Math.Max(1, _total));
            double left = Stopwatch.GetElapsedTime(_started).TotalSeconds / done * Math.Max(0, _total - done);
            Console.Error.Write($"\r{_what} [{new string('#', filled),-Width}] {done} of {_total}, {left:0} s left \x1b[K");
        }
    }

    /// <summary>Takes the line away, for something else to be printed; the next step draws it again.</summary>
    public void Clear()
    {
        if (_shown && Interlocked.Exchange(ref _drawn, 0) != 0)
        {
            Console.Error.Write("\r\x1b[K");
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose() => Clear();
}
