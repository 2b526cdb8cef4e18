using System.Globalization;
using FaceEdge.Imaging;

namespace FaceEdge.Hosting;

/// <summary>What the daemon says about its own life: one line when it answers, one when it is told to stop, one at the end.</summary>
internal sealed partial class DaemonLog(ILoggerFactory loggers)
{
    /// <summary>No clock of a working box is before this: FaceEdge did not exist.</summary>
    internal static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ILogger _logger = loggers.CreateLogger("FaceEdge");

    /// <summary>The state in one line, for the log and for <c>systemctl status</c>.</summary>
    public static string Status(int people, float threshold, string encoder) =>
        string.Create(CultureInfo.InvariantCulture, $"{people} people, threshold {threshold:0.###}, model {encoder}");

    /// <summary>It answers from now on.</summary>
    public void Started(string status, string dataDirectory) => LogStarted(_logger, Product.Version, status, dataDirectory);

    /// <summary>Which way JPEGs go: it explains a box that is slower than another.</summary>
    public void Decodes(JpegLane lane)
    {
        if (lane.Problem is null)
        {
            LogLane(_logger, lane.Description);
        }
        else
        {
            LogSlowLane(_logger, lane.Description);
        }
    }

    /// <summary>It was told to stop.</summary>
    public void Stopping() => LogStopping(_logger);

    /// <summary>The last request was answered.</summary>
    public void Stopped() => LogStopped(_logger);

    /// <summary>A box without a battery wakes up in 1970: nothing breaks, but every time it writes is wrong.</summary>
    public void CheckClock(TimeProvider time)
    {
        if (time.GetUtcNow() < Earliest)
        {
            LogClock(_logger, time.GetUtcNow());
        }
    }

    /// <summary>Whether the models are those that were measured can be found out only with OpenSSL; recognising needs none.</summary>
    public void CheckOpenSsl()
    {
        if (!OpenSsl.IsPresent)
        {
            LogOpenSsl(_logger, OpenSsl.ModelsNotCompared);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "faceedge {Version} answers: {Status}, data in {Folder}")]
    private static partial void LogStarted(ILogger logger, string version, string status, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Description}")]
    private static partial void LogLane(ILogger logger, string description);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Description}. Everything works; apt install libturbojpeg0 makes it faster")]
    private static partial void LogSlowLane(ILogger logger, string description);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: requests in flight are finished first")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "the clock says {Time:u}: it was never set, and times in the log and the database are wrong until it is. Recognition does not need it.")]
    private static partial void LogClock(ILogger logger, DateTimeOffset time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogOpenSsl(ILogger logger, string problem);
}
