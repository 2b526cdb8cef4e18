using System.Net.Sockets;
using System.Text;

namespace FaceEdge.Tests.Hosting;

/// <summary>The socket that systemd would listen on.</summary>
internal sealed class SystemdSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };

    /// <param name="abstractName">Without a file, as systemd in containers does.</param>
    public SystemdSocket(bool abstractName = false)
    {
        string name = $"faceedge-{Guid.NewGuid():N}";
        Address = abstractName ? "@" + name : Path.Combine(Path.GetTempPath(), name);
        _socket.Bind(new UnixDomainSocketEndPoint(abstractName ? '\0' + name : Address));
    }

    /// <summary>What NOTIFY_SOCKET would be.</summary>
    public string Address { get; }

    /// <summary>The environment of a service that is watched.</summary>
    public Func<string, string?> Environment(string? watchdogMicroseconds = null, string? watchdogProcess = null) => name => name switch
    {
        "NOTIFY_SOCKET" => Address,
        "WATCHDOG_USEC" => watchdogMicroseconds,
        "WATCHDOG_PID" => watchdogProcess,
        _ => null,
    };

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
