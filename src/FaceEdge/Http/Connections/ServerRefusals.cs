using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace FaceEdge.Http.Connections;

/// <summary>
/// What is no proper HTTP request (two <c>Host</c>, TLS on a plain port, a length that is no number) never reaches our code: Kestrel refuses
/// it itself with an empty answer. Kestrel tells of it first, though, so that its answer is replaced by the error that docs/api.md promises.
/// </summary>
internal sealed partial class ServerRefusals(ILogger logger) : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequestEvent = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>
    /// What a refused client still sends is read, for as long as Kestrel itself reads a refused body: bytes that nobody read reset the
    /// connection when it closes, the answer with it.
    /// </summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(5);

    /// <summary>A client that sends nothing for so long has sent all; many read until the connection ends, so it is not kept waiting.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private static readonly object OutputKey = new();

    /// <summary>Makes the answers of a connection replaceable.</summary>
    public static void ExplainRefusals(ListenOptions listen) => listen.Use(next => connection => RunAsync(connection, next));

    /// <summary>Hears of refusals from now on.</summary>
    public static IDisposable Listen(WebApplication app) => app.Services.GetRequiredService<DiagnosticListener>().Subscribe(
        new ServerRefusals(app.Logger), static name => name == BadRequestEvent);

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features
            || features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException refusal
            || features.Get<IHttpResponseFeature>() is not { HasStarted: false }
            || features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(OutputKey, out object? output) is not true)
        {
            return;
        }

        IHttpRequestFeature? request = features.Get<IHttpRequestFeature>();
        (int status, string code, string message) = ErrorHandling.Describe(refusal);
        LogRefusal(logger, request?.Method ?? "", request?.Path ?? "", status, code, refusal.Message);
        (byte[] json, string type) = Answers.Error(request?.Path ?? "", status, code, message);
        string head = $"""
            HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}
            Content-Length: {json.Length}
            Content-Type: {type}
            Connection: close
            Date: {DateTimeOffset.UtcNow:R}


            """.ReplaceLineEndings("\r\n");
        ((ReplaceableOutput)output!).Replace([.. Encoding.ASCII.GetBytes(head), .. HttpMethods.IsHead(request?.Method ?? "") ? [] : json]);
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
        // The server has stopped.
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
        // Kestrel sends none.
    }

    private static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IDuplexPipe transport = connection.Transport;
        var output = new ReplaceableOutput(transport.Output);
        connection.Transport = new Duplex(transport.Input, output);
        connection.Items[OutputKey] = output;
        try
        {
            await next(connection);
            if (output.IsReplaced)
            {
                await DrainAsync(transport, connection.ConnectionClosed);
            }
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    private static async Task DrainAsync(IDuplexPipe transport, CancellationToken gone)
    {
        long end = Environment.TickCount64 + (long)LongestDrain.TotalMilliseconds;
        try
        {
            await transport.Output.FlushAsync(gone);
            ReadResult read;
            do
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(gone);
                patience.CancelAfter(Quiet);
                read = await transport.Input.ReadAsync(patience.Token);
                transport.Input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted && !read.IsCanceled && Environment.TickCount64 < end);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // It was told; the connection closes now.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} refused: {Status} {Code}: {Reason}")]
    private static partial void LogRefusal(ILogger logger, string method, string path, int status, string code, string reason);
}
