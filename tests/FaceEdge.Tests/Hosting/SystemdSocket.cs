using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting.Systemd;

namespace FaceEdge.Tests.Hosting;

/// <summary>The socket that systemd would listen on.</summary>
internal sealed class SystemdSocket : IDisposable
{
    /// <summary>The framework reads the address of the process's environment, which all tests share.</summary>
    private static readonly Lock OneAtATime = new();

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };

    /// <param name="abstractName">Without a file, as systemd in containers does.</param>
    public SystemdSocket(bool abstractName = false)
        : this((abstractName ? "@" : Path.GetTempPath()) + $"faceedge-{Guid.NewGuid():N}")
    {
    }

    /// <summary>At an address as NOTIFY_SOCKET names it.</summary>
    public SystemdSocket(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
    }

    /// <summary>What NOTIFY_SOCKET would be.</summary>
    public string Address { get; }

    /// <summary>The environment of a service that is watched.</summary>
    public static Func<string, string?> Environment(string? watchdogMicroseconds = null, string? watchdogProcess = null) => name => name switch
    {
        "WATCHDOG_USEC" => watchdogMicroseconds,
        "WATCHDOG_PID" => watchdogProcess,
        _ => null,
    };

    /// <summary>The framework's notifier for an address.</summary>
    public static ISystemdNotifier NotifierOf(string? address)
    {
        lock (OneAtATime)
        {
            const string Variable = "NOTIFY_SOCKET";
            string? before = System.Environment.GetEnvironmentVariable(Variable);
            System.Environment.SetEnvironmentVariable(Variable, address);
            var notifier = new SystemdNotifier();
            System.Environment.SetEnvironmentVariable(Variable, before);
            return notifier;
        }
    }

    /// <summary>What the daemon tells this socket with.</summary>
    public ISystemdNotifier Notifier() => NotifierOf(Address);

    /// <summary>The next message.</summary>
    public string Receive()
    {
        byte[] message = new byte[4096];
        return Encoding.UTF8.GetString(message, 0, _socket.Receive(message));
    }

    /// <summary>Everything that is there already.</summary>
    public List<string> ReceiveWaiting()
    {
        var messages = new List<string>();
        while (_socket.Available > 0)
        {
            messages.Add(Receive());
        }

        return messages;
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Address);
    }
}
