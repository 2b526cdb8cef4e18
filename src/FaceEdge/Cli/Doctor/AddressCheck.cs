using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceEdge.Cli.Doctor;

/// <summary>Whether the address to listen on is free, ours already, or somebody else's.</summary>
internal static class AddressCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks every address of <c>Urls</c>.</summary>
    public static async Task<Finding> RunAsync(string urls)
    {
        const string Name = "address";
        var told = new List<string>();
        bool runs = true;
        foreach (string url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (url.StartsWith("http://unix:", StringComparison.OrdinalIgnoreCase))
            {
                told.Add($"{url} (not asked)");
                continue;
            }

            var address = new Uri(url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"));
            if (await AnswersAsync(address))
            {
                told.Add($"{url} is answered by faceedge");
            }
            else if (FindObstacle(address) is { } obstacle)
            {
                return obstacle.SocketErrorCode is SocketError.AddressAlreadyInUse
                    ? Finding.Fail(Name, $"{url} is taken by another program", $"See which: ss -ltnp 'sport = :{address.Port}'. Stop it, or set Urls to another port.")
                    : Finding.Fail(Name, $"{url}: {obstacle.Message}", "Set Urls to an address of this box and a port above 1023.");
            }
            else
            {
                told.Add($"{url} is free: the daemon does not run");
                runs = false;
            }
        }

        return !runs
            ? Finding.Warn(Name, string.Join("; ", told), "Start it: systemctl start faceedge. If it runs with other Urls (a drop-in), give them: faceedge doctor --Urls URL")
            : Finding.Ok(Name, string.Join("; ", told));
    }

    /// <summary>Whether a faceedge is there. Asked by hand: HttpClient would make the daemon's binary a fifth larger for this one line.</summary>
    private static async Task<bool> AnswersAsync(Uri address)
    {
        string host = address.Host switch { "0.0.0.0" => "127.0.0.1", "[::]" => "::1", var named => named.Trim('[', ']') };
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, address.Port, deadline.Token);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n\r\n"), deadline.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            char[] answer = new char[4096];
            int length = await reader.ReadBlockAsync(answer, deadline.Token);
            return answer.AsSpan(0, length).Contains("\"status\":\"ok\",\"version\":", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Why the address can not be listened on; null when it can.</summary>
    private static SocketException? FindObstacle(Uri address)
    {
        try
        {
            IPAddress ip = address.HostNameType is UriHostNameType.Dns
                ? address.IsLoopback ? IPAddress.Loopback : IPAddress.Any // as Kestrel takes a name
                : IPAddress.Parse(address.Host);
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, address.Port));
            socket.Listen(1);
            return null;
        }
        catch (SocketException e)
        {
            return e;
        }
    }
}
