using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FaceEdge.Http.Connections;

/// <summary>
/// A client may end its sending side once its request is out and still wait for the answer, as some cameras and <c>nc -N</c> do. Kestrel
/// takes the end of what is sent for the end of the connection and drops the answer; here only a connection that is gone both ways ends it.
/// </summary>
internal static class HalfClose
{
    private const int ProtocolTcp = 6;
    private const int TcpInfo = 11;

    /// <summary>TCP_CLOSE: reset by the client, or given up after no answer.</summary>
    private const byte Closed = 7;

    /// <summary>Puts it under whatever speaks on the connection.</summary>
    public static void AllowHalfClose(this ListenOptions listen) => listen.Use(next => connection => RunAsync(connection, next));

    private static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        CancellationToken inputEnded = connection.ConnectionClosed;
        using var gone = new CancellationTokenSource();
        await using CancellationTokenRegistration registration = inputEnded.Register(() =>
        {
            if (!MayStillRead(connection.Features.Get<IConnectionSocketFeature>()?.Socket))
            {
                gone.Cancel();
            }
        });
        connection.ConnectionClosed = gone.Token;
        IDuplexPipe transport = connection.Transport;
        connection.Transport = new Duplex(new LateEndInput(transport.Input), transport.Output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    /// <summary>Whether the other side can still read: a close for both looks the same until something is sent to it, a reset does not.</summary>
    private static bool MayStillRead(Socket? socket)
    {
        try
        {
            Span<byte> state = stackalloc byte[1];
            return socket is not null && (socket.AddressFamily is AddressFamily.Unix
                || (socket.GetRawSocketOption(ProtocolTcp, TcpInfo, state) > 0 && state[0] != Closed));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
