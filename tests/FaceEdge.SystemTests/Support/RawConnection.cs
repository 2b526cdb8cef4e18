using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceEdge.SystemTests.Support;

/// <summary>A bare TCP connection, for what no well-behaved client does.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Longest = Patience.Seconds(60);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawConnection> OpenAsync(DaemonProcess daemon)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, daemon.Port);
        return connection;
    }

    /// <summary>Request line and headers of a post to <c>/face/predict</c>; more headers end in CR LF.</summary>
    public static string PredictHead(string contentType, long? length, string more = "") =>
        "POST /face/predict HTTP/1.1\r\nHost: localhost\r\n"
        + $"Content-Type: {contentType}\r\n"
        + (length is { } known ? $"Content-Length: {known}\r\n" : "Transfer-Encoding: chunked\r\n")
        + more + "\r\n";

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Longest);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, patience.Token)..];
        }
    }

    /// <summary>Says that nothing more will come, but still listens.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Everything up to the end of one answer (by its Content-Length), or what came before the connection ended.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        using var patience = new CancellationTokenSource(Longest);
        var bytes = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (!IsWhole(Encoding.Latin1.GetString(bytes.ToArray())))
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(buffer, patience.Token);
            }
            catch (SocketException)
            {
                break; // Reset: what came is what there is.
            }

            if (read == 0)
            {
                break;
            }

            bytes.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(string text)
    {
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (end < 0 || at < 0 || at > end)
        {
            return false;
        }

        int length = int.Parse(text[(at + 16)..text.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
        return text.Length >= end + 4 + length;
    }
}
