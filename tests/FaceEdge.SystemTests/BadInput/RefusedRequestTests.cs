using System.Text.Json;

namespace FaceEdge.SystemTests.BadInput;

/// <summary>What is no proper HTTP request gets the JSON of the documentation, too, and a line in the log for whoever looks for it.</summary>
public sealed class RefusedRequestTests
{
    private const string Post = "POST /face/predict HTTP/1.1\r\nHost: a\r\nContent-Type: image/jpeg\r\n";

    private static readonly (string Request, int Status, string Reason)[] OnTheOriginalRoutes =
    [
        ("GET /home HTTP/1.1\r\n\r\n", 400, "missing Host"),
        ("GET /home HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Multiple Host"),
        ("GET /home HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Invalid Host"),
        ("POST /face/predict HTTP/1.0\r\nContent-Type: image/jpeg\r\n\r\n" + "\u00ff\u00d8\u00ff", 400, "Content-Length"),
        (Post + "Content-Length: three\r\n\r\nabc", 400, "content length"),
        (Post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, "Multiple Content-Length"),
        (Post + "Transfer-Encoding: gzip\r\n\r\nabc", 400, "gzip"),
        (Post + "X: " + new string('x', 40_000) + "\r\n\r\n", 431, "headers too long"),
        (Post + "no header\r\n\r\n", 400, "header"),
    ];

    private static readonly (string Request, int Status, string Reason)[] Elsewhere =
    [
        ("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + new string('\u0007', 500), 400, "TLS"),
        ("GET /readyz HTTP/1.1\r\n\r\n", 400, "missing Host"),
        ("GET /" + new string('x', 20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "too long"),
        ("GET /readyz HTTP/9.9\r\nHost: a\r\n\r\n", 505, "version"),
        ("hello\r\n\r\n", 400, "request line"),
    ];

    [Fact]
    public async Task IsAnsweredInJsonAndNotedAtDebug()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Logging:LogLevel:Default", "Debug");
        foreach ((string request, int status, string reason) in OnTheOriginalRoutes)
        {
            JsonElement json = await AskAsync(daemon, request, status, "application/json");
            Assert.Equal(["message", "status", "code"], Answer.Keys(json));
            AssertSays(json.GetProperty("message"), reason);
        }

        foreach ((string request, int status, string reason) in Elsewhere)
        {
            JsonElement json = await AskAsync(daemon, request, status, "application/problem+json");
            Assert.Equal(["type", "title", "status", "detail", "code"], Answer.Keys(json));
            AssertSays(json.GetProperty("detail"), reason);
        }

        await daemon.StopAsync();
        int lines = daemon.ErrorText.Split('\n').Count(line => line.Contains("dbug", StringComparison.Ordinal) && line.Contains(" refused: ", StringComparison.Ordinal));
        Assert.Equal(OnTheOriginalRoutes.Length + Elsewhere.Length, lines);
        Assert.DoesNotContain("fail:", daemon.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALargePhotoWithoutALengthGetsItsAnswerToo()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(daemon);
        await connection.SendAsync("POST /face/predict HTTP/1.0\r\nContent-Type: image/jpeg\r\n\r\n");
        await connection.SendAsync(new byte[3_000_000]);
        Assert.EndsWith("\"status\":400,\"code\":\"malformed\"}", await connection.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> AskAsync(DaemonProcess daemon, string request, int status, string contentType)
    {
        using RawConnection connection = await RawConnection.OpenAsync(daemon);
        await connection.SendAsync(request);
        string answer = await connection.ReadAnswerAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Type: {contentType}\r\n", answer, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]).RootElement;
        Assert.Equal((status, "malformed"), (json.GetProperty("status").GetInt32(), json.GetProperty("code").GetString()));
        return json;
    }

    private static void AssertSays(JsonElement message, string reason) => Assert.Contains(reason, message.GetString(), StringComparison.OrdinalIgnoreCase);
}
