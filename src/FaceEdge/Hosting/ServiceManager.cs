using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace FaceEdge.Hosting;

/// <summary>
/// Tells systemd how the daemon is, through the framework's <see cref="ISystemdNotifier"/>, and knows how long systemd waits for a sign
/// of life, which the framework leaves to the program. Started by anything else, it tells nobody. Not <c>AddSystemd</c>: that says
/// READY by itself and brings a log of its own.
/// </summary>
internal sealed class ServiceManager
{
    private readonly ISystemdNotifier _notifier;

    /// <summary>Tells whom the environment names.</summary>
    /// <param name="notifier">The framework's; it connects for each message, so that a socket that was made anew is reached too.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public ServiceManager(ISystemdNotifier notifier, Func<string, string?> variable)
    {
        _notifier = notifier;
        bool ours = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (Listens && ours && long.TryParse(variable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
        {
            WatchdogTimeout = TimeSpan.FromMicroseconds(microseconds);
        }
    }

    /// <summary>Whether a service manager started the daemon.</summary>
    public bool Listens => _notifier.IsEnabled;

    /// <summary>systemd kills the daemon when it does not hear <c>WATCHDOG=1</c> for that long; null when it does not watch.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>Sends one message. One that cannot be sent never harms the daemon: the framework's notifier throws then, which ends here.</summary>
    /// <param name="lines">For instance <c>READY=1</c>.</param>
    /// <returns>False when it could not be sent.</returns>
    public bool Tell(params ReadOnlySpan<string> lines)
    {
        try
        {
            _notifier.Notify(new ServiceState(string.Join('\n', lines)));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException) // An address that is none is an ArgumentException.
        {
            return false; // No log: systemd itself says when it misses one.
        }
    }
}
