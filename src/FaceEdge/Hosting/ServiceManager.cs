using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FaceEdge.Hosting;

/// <summary>
/// Tells systemd how the daemon is, as sd_notify(3) does: a datagram of <c>KEY=value</c> lines to the socket of
/// <c>$NOTIFY_SOCKET</c>. Started by anything else, it tells nobody. A message that can not be sent never harms the daemon.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket? _socket;

    /// <summary>Connects as the environment says.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public ServiceManager(Func<string, string?> variable)
    {
        // "@" stands for the zero byte of an abstract address; AF_VSOCK, for guests of a hypervisor, is not spoken.
        if (variable("NOTIFY_SOCKET") is { Length: > 1 } path && path[0] is '/' or '@')
        {
            _socket = Connect(path[0] == '@' ? '\0' + path[1..] : path);
        }

        bool ours = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (_socket is not null && ours && long.TryParse(variable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
        {
            WatchdogTimeout = TimeSpan.FromMicroseconds(microseconds);
        }
    }

    /// <summary>Whether somebody listens.</summary>
    public bool Listens => _socket is not null;

    /// <summary>systemd kills the daemon when it does not hear <c>WATCHDOG=1</c> for that long; null when it does not watch.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>Sends one message.</summary>
    /// <param name="lines">For instance <c>READY=1</c>.</param>
    /// <returns>False when it could not be sent.</returns>
    public bool Tell(params ReadOnlySpan<string> lines)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
            return true;
        }
        catch (SocketException)
        {
            return false; // No log: systemd itself says when it misses one.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static Socket? Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }
}
