using System.Net.Sockets;
using System.Text;

namespace FaceEdge.SystemTests.Support;

/// <summary>Listens where systemd would: give <see cref="Address"/> as NOTIFY_SOCKET.</summary>
internal sealed class ServiceNotifications : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.Seconds(30).TotalMilliseconds };

    public ServiceNotifications() => _socket.Bind(new UnixDomainSocketEndPoint('\0' + Address[1..]));

    /// <summary>An abstract one, so that no file is left.</summary>
    public string Address { get; } = $"@faceedge-{Guid.NewGuid():N}";

    /// <summary>Messages up to and with the first that contains this.</summary>
    public List<string> Until(string text)
    {
        var heard = new List<string>();
        byte[] message = new byte[4096];
        do
        {
            heard.Add(Encoding.UTF8.GetString(message, 0, _socket.Receive(message)));
        }
        while (!heard[^1].Contains(text, StringComparison.Ordinal));
        return heard;
    }

    /// <summary>Forgets what was heard.</summary>
    public void Drain()
    {
        byte[] message = new byte[4096];
        while (_socket.Available > 0)
        {
            _socket.Receive(message);
        }
    }

    /// <summary>Whether something is said within that time.</summary>
    public bool Hears(TimeSpan patience) => _socket.Poll(patience, SelectMode.SelectRead);

    public void Dispose() => _socket.Dispose();
}
