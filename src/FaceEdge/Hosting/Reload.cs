using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FaceEdge.Hosting;

/// <summary>
/// Reads the settings again on SIGHUP (<c>systemctl reload</c>) and puts in force what can change while photos are being answered. A
/// wrong file changes nothing. Started from a terminal, SIGHUP keeps its meaning: the terminal was closed, so end.
/// </summary>
internal sealed partial class Reload : IDisposable
{
    /// <summary>What was built at start and stays as it is until the next: name, value, and how to keep the old one.</summary>
    private static readonly (string Name, Func<FaceEdgeOptions, object> Value, Action<FaceEdgeOptions, FaceEdgeOptions> Keep)[] Fixed =
    [
        ("Urls", o => o.Urls, (to, from) => to.Urls = from.Urls),
        ("DataDirectory", o => o.DataDirectory, (to, from) => to.DataDirectory = from.DataDirectory),
        ("ModelsDirectory", o => o.ModelsDirectory, (to, from) => to.ModelsDirectory = from.ModelsDirectory),
        ("Limits:MaxConnections", o => o.Limits.MaxConnections, (to, from) => to.Limits.MaxConnections = from.Limits.MaxConnections),
        ("Vision:Provider", o => o.Vision.Provider, (to, from) => to.Vision.Provider = from.Vision.Provider),
        ("Vision:Encoder", o => o.Vision.Encoder, (to, from) => to.Vision.Encoder = from.Vision.Encoder),
        ("Vision:Threads", o => o.Vision.Threads, (to, from) => to.Vision.Threads = from.Vision.Threads),
        ("Limits:MaxConcurrentRequests", o => o.Limits.MaxConcurrentRequests,
            (to, from) => to.Limits.MaxConcurrentRequests = from.Limits.MaxConcurrentRequests),
        ("Limits:MaxConcurrentRecognitions", o => o.Limits.MaxConcurrentRecognitions,
            (to, from) => to.Limits.MaxConcurrentRecognitions = from.Limits.MaxConcurrentRecognitions),
        ("Limits:MaxUploadMemory", o => o.Limits.MaxUploadMemory, (to, from) => to.Limits.MaxUploadMemory = from.Limits.MaxUploadMemory),
        ("Cache:Bytes", o => o.Cache.Bytes, (to, from) => to.Cache.Bytes = from.Cache.Bytes),
        ("Limits:ShutdownSeconds", o => o.Limits.ShutdownSeconds, (to, from) => to.Limits.ShutdownSeconds = from.Limits.ShutdownSeconds),
    ];

    private readonly CurrentOptions _current;
    private readonly Func<FaceEdgeOptions> _read;
    private readonly Action<FaceEdgeOptions> _apply;
    private readonly ServiceManager _manager;
    private readonly ILogger _logger;
    private readonly Lock _oneAtATime = new();
    private PosixSignalRegistration? _signal;

    /// <summary>A reload that waits for <see cref="Listen"/>.</summary>
    /// <param name="current">What is replaced.</param>
    /// <param name="read">Reads and validates the settings from everywhere they may be set.</param>
    /// <param name="apply">Hands them to whoever does not look at <paramref name="current"/>.</param>
    /// <param name="manager">Told about it.</param>
    /// <param name="logger">Told about it, too.</param>
    public Reload(CurrentOptions current, Func<FaceEdgeOptions> read, Action<FaceEdgeOptions> apply, ServiceManager manager, ILogger<Reload> logger) =>
        (_current, _read, _apply, _manager, _logger) = (current, read, apply, manager, logger);

    /// <summary>Reloads on every SIGHUP from now on.</summary>
    public void Listen()
    {
        if (Console.IsInputRedirected)
        {
            _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                Run();
            });
        }
    }

    /// <summary>Reads the settings and puts them in force, if they are right.</summary>
    public void Run()
    {
        lock (_oneAtATime)
        {
            // sd_notify(3): the time lets systemd tell this reload from an earlier one.
            long microseconds = (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
            _manager.Tell("RELOADING=1", string.Create(CultureInfo.InvariantCulture, $"MONOTONIC_USEC={microseconds}"));
            try
            {
                FaceEdgeOptions next = _read();
                string[] waiting = KeepFixed(next, _current.Value);
                _current.Replace(next);
                _apply(next);
                LogReloaded(_logger);
                if (waiting.Length > 0)
                {
                    LogNeedsRestart(_logger, string.Join(", ", waiting));
                }
            }
            catch (ConfigurationException e)
            {
                LogRefused(_logger, e.Message);
            }
            finally
            {
                _manager.Tell("READY=1");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _signal?.Dispose();

    /// <summary>Takes over what can not change; the names of what should have.</summary>
    private static string[] KeepFixed(FaceEdgeOptions next, FaceEdgeOptions current)
    {
        string[] changed = [.. Fixed.Where(setting => !setting.Value(next).Equals(setting.Value(current))).Select(setting => setting.Name)];
        foreach (var setting in Fixed)
        {
            setting.Keep(next, current);
        }

        return changed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "reload: the settings were read again and are in force")]
    private static partial void LogReloaded(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "reload: changed, but needs a restart and is as it was: {Settings}")]
    private static partial void LogNeedsRestart(ILogger logger, string settings);

    [LoggerMessage(Level = LogLevel.Error, Message = "reload: refused, the settings stay as they were: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
