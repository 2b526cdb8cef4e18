using System.Text;

namespace FaceEdge.SystemTests.BadInput;

/// <summary>Uploads that misbehave as a connection: too much, too little, never an end.</summary>
[Collection(nameof(KnownPeople))]
public class BadUploadTests(KnownPeople known)
{
    private const string FormType = "multipart/form-data; boundary=edge";
    private const string PartHead = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\r\n";
    private const int TooMuch = 25 * 1024 * 1024;

    [Fact]
    public async Task TwentyFiveMegabytesWithTheirLengthAreRefused()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        string answer = await SendAllOfItAsync(connection, RawConnection.PredictHead("image/jpeg", TooMuch), chunked: false);
        AssertTooLarge(answer);
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task TwentyFiveMegabytesWithoutALengthAreRefused()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        string answer = await SendAllOfItAsync(connection, RawConnection.PredictHead("image/jpeg", null), chunked: true);
        AssertTooLarge(answer);
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task TwentyFiveMegabytesInAFormWithoutALengthAreRefused()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        string answer = await SendAllOfItAsync(connection, RawConnection.PredictHead(FormType, null) + $"{PartHead.Length:x}\r\n{PartHead}\r\n", chunked: true);
        AssertTooLarge(answer);
        await known.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CurlUnderstandsThatTheUploadIsTooLarge(bool chunked)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("large.jpg"), BadPhotos.Large(TooMuch));
        string[] more = chunked ? ["-H", "Transfer-Encoding: chunked"] : [];
        ToolResult curl = await Task.Run(() => Tool.Try(
            "curl", null,
            ["--silent", "--noproxy", "*", "--max-time", "30", .. more, "-F", "file=@" + folder.File("large.jpg"), known.Daemon.Url + "/face/predict"]));
        Assert.Contains("\"status\":413,\"code\":\"file_too_large\"", curl.Text, StringComparison.Ordinal);
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task AFormOfTenThousandPartsIsRefusedAtOnce()
    {
        var form = new StringBuilder();
        for (int part = 0; part < 10_000; part++)
        {
            form.Append($"--edge\r\nContent-Disposition: form-data; name=\"a{part}\"\r\n\r\n\r\n");
        }

        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(form + "--edge--\r\n"));
        content.Headers.TryAddWithoutValidation("Content-Type", FormType);
        Answer answer = await known.Daemon.Client.PredictAsync(content);
        Assert.Equal((400, "malformed"), (answer.Status, answer.Code));
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task AnnouncingMoreThanTheLimitIsRefusedBeforeAnythingIsSent()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", 4_000_000_000_000, "Expect: 100-continue\r\n"));
        AssertTooLarge(await connection.ReadAnswerAsync());
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task AChunkedFormWhoseBoundaryNeverClosesIsMalformed()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead(FormType, null) + $"{PartHead.Length:x}\r\n{PartHead}\r\n");
        await connection.SendAsync($"{People.Cage.Length:x}\r\n");
        await connection.SendAsync(People.Cage);
        await connection.SendAsync("\r\n0\r\n\r\n");
        AssertMalformed(await connection.ReadAnswerAsync());
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task BrokenChunksAreMalformed()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", null) + "no number\r\nabc\r\n0\r\n\r\n");
        AssertMalformed(await connection.ReadAnswerAsync());
        await known.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    public async Task AConnectionThatClosesInTheMiddleLeavesNothing(int sent)
    {
        using (RawConnection connection = await RawConnection.OpenAsync(known.Daemon))
        {
            await connection.SendAsync(RawConnection.PredictHead(FormType, PartHead.Length + People.Cage.Length + 10) + PartHead);
            await connection.SendAsync(People.Cage.AsMemory(0, sent));
        }

        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task AClientThatStopsSendingIsToldOrDropped()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", People.Connery.Length));
        await connection.SendAsync(People.Connery.AsMemory(0, People.Connery.Length - 100));
        connection.EndSending();
        string answer = await connection.ReadAnswerAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task AHundredClientsThatVanishHoldNoPlaces()
    {
        for (int i = 0; i < 100; i++)
        {
            using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
            await connection.SendAsync(RawConnection.PredictHead("image/jpeg", 1_000_000) + "\u00ff\u00d8\u00ff");
        }

        await known.AssertUnharmedAsync();
    }

    private static void AssertTooLarge(string answer)
    {
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":413,\"code\":\"file_too_large\"}", answer, StringComparison.Ordinal);
    }

    private static void AssertMalformed(string answer)
    {
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":400,\"code\":\"malformed\"}", answer, StringComparison.Ordinal);
    }

    /// <summary>Sends on and on while it listens, as a client does that looks at the answer only when it is through.</summary>
    private static async Task<string> SendAllOfItAsync(RawConnection connection, string head, bool chunked)
    {
        Task<string> answer = connection.ReadAnswerAsync();
        Task sending = Task.Run(async () =>
        {
            byte[] piece = [0xFF, 0xD8, 0xFF, .. new byte[64 * 1024 - 3]];
            byte[] length = Encoding.ASCII.GetBytes($"{piece.Length:x}\r\n");
            await connection.SendAsync(head);
            for (int sent = 0; sent < TooMuch; sent += piece.Length)
            {
                await connection.SendAsync(chunked ? (byte[])[.. length, .. piece, 13, 10] : piece);
            }
        });
        await Task.WhenAny(answer, Task.WhenAll(sending, answer));
        string read = await answer;
        connection.Dispose();
        try
        {
            await sending;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The daemon hung up on the rest, as it may after its answer.
        }

        return read;
    }
}
