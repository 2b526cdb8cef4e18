namespace FaceEdge.Hosting;

/// <summary>
/// Feeds systemd's watchdog at half its time while <see cref="PipelineHealth"/> finds the pipeline healthy, and keeps the status
/// line of <c>systemctl status</c> up to date. When the pipeline hangs the beat stops, and systemd restarts the daemon.
/// </summary>
internal sealed partial class Heartbeat : IAsyncDisposable
{
    /// <summary>How often the status line is looked at when nobody watches.</summary>
    private static readonly TimeSpan Unwatched = TimeSpan.FromSeconds(30);

    private readonly ServiceManager _manager;
    private readonly PipelineHealth _health;
    private readonly Func<string> _status;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private string _told = "";

    /// <summary>Starts to beat, if systemd listens.</summary>
    /// <param name="manager">To whom.</param>
    /// <param name="health">Asked before every beat, when systemd watches.</param>
    /// <param name="status">One line about the daemon's state.</param>
    /// <param name="logger">Hears why a beat was left out.</param>
    public Heartbeat(ServiceManager manager, PipelineHealth health, Func<string> status, ILogger<Heartbeat> logger)
    {
        (_manager, _health, _status, _logger) = (manager, health, status, logger);
        _beating = manager.Listens ? Task.Run(BeatAsync) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        await _health.FinishAsync(TimeSpan.FromSeconds(5));
        _stop.Dispose();
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(_manager.WatchdogTimeout / 2 ?? Unwatched);
        try
        {
            do
            {
                await TellAsync();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    private async Task TellAsync()
    {
        // A quarter of the time for the look: a beat comes at the latest after three quarters.
        string? illness = _manager.WatchdogTimeout is { } timeout ? await _health.CheckAsync(timeout / 4) : null;
        string status = illness is not null ? $"not healthy: {illness}" : _health.Ailment is { } ailment ? $"keeps nobody new: {ailment}" : _status();
        if (status != _told)
        {
            _manager.Tell($"STATUS={status.ReplaceLineEndings(" ")}");
            _told = status;
        }

        if (illness is not null)
        {
            LogNoBeat(_logger, illness);
        }
        else if (_manager.WatchdogTimeout is not null)
        {
            _manager.Tell("WATCHDOG=1");
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "the watchdog is not fed, systemd will restart the daemon unless it recovers: {Illness}")]
    private static partial void LogNoBeat(ILogger logger, string illness);
}
