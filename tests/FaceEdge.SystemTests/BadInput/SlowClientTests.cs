using System.Diagnostics;

namespace FaceEdge.SystemTests.BadInput;

public class SlowClientTests
{
    [Fact]
    public async Task APhotoThatDoesNotArriveInTimeIsGivenUp()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:UploadTimeoutSeconds", "2");
        using RawConnection connection = await RawConnection.OpenAsync(daemon);
        var clock = Stopwatch.StartNew();
        string answer = await TrickleAsync(connection);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":408,\"code\":\"too_slow\"}", answer, StringComparison.Ordinal);
        Assert.Contains("UploadTimeoutSeconds", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1.5), $"It was given up after {clock.Elapsed}, before its time.");
        Assert.Equal((0, 0), daemon.Database.Counts());
    }

    [Fact]
    public async Task ATrickleIsGivenUpWithTheDefaultsToo()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        using RawConnection connection = await RawConnection.OpenAsync(daemon);
        string answer = await TrickleAsync(connection);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":408,\"code\":\"too_slow\"}", answer, StringComparison.Ordinal);
        Assert.Equal((0, 0), daemon.Database.Counts());
    }

    [Fact]
    public async Task SlowClientsDoNotHoldUpOthersAndTheirPlacesComeBack()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:UploadTimeoutSeconds", "3", "--Limits:MaxConcurrentRequests", "8");
        var slow = new List<RawConnection>();
        try
        {
            // 1. Seven of eight places are held by clients that send nothing; the eighth serves as ever.
            for (int i = 0; i < 7; i++)
            {
                slow.Add(await HoldPlaceAsync(daemon));
            }

            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));

            // 2. All eight are held: come back, in a second.
            slow.Add(await HoldPlaceAsync(daemon));
            Answer refused = await UntilRefusedAsync(daemon);
            refused.AssertError(503, "overloaded");
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
            Assert.Equal(200, (await daemon.Client.GetAsync("/healthz")).Status);

            // 3. Their time is over.
            foreach (RawConnection connection in slow)
            {
                Assert.StartsWith("HTTP/1.1 408 ", await connection.ReadAnswerAsync(), StringComparison.Ordinal);
            }

            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task ARefusedClientThatGoesOnSendingDoesNotHoldUpTheEnd()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:MaxConcurrentRequests", "1");
        using RawConnection held = await HoldPlaceAsync(daemon);
        await UntilRefusedAsync(daemon);
        using RawConnection refused = await RawConnection.OpenAsync(daemon);
        await refused.SendAsync(RawConnection.PredictHead("image/jpeg", 5_000_000));
        Assert.StartsWith("HTTP/1.1 503 ", await refused.ReadAnswerAsync(), StringComparison.Ordinal);
        held.Dispose();

        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await daemon.StopAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"The end took {clock.Elapsed}.");
    }

    private static async Task<RawConnection> HoldPlaceAsync(DaemonProcess daemon)
    {
        RawConnection connection = await RawConnection.OpenAsync(daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", 1_000_000) + "\u00ff\u00d8\u00ff");
        return connection;
    }

    /// <summary>The held places are taken when the daemon has read the requests' heads, a moment after they were sent.</summary>
    private static async Task<Answer> UntilRefusedAsync(DaemonProcess daemon)
    {
        Answer answer;
        var clock = Stopwatch.StartNew();
        do
        {
            answer = await daemon.Client.PredictAsync(People.Cage);
        }
        while (answer.Status == 200 && clock.Elapsed < TimeSpan.FromSeconds(8));
        return answer;
    }

    /// <summary>A few bytes a second until there is an answer.</summary>
    private static async Task<string> TrickleAsync(RawConnection connection)
    {
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", People.Cage.Length));
        Task<string> answer = connection.ReadAnswerAsync();
        for (int i = 0; i < 200 && !answer.IsCompleted; i++)
        {
            try
            {
                await connection.SendAsync(People.Cage.AsMemory(i, 1));
            }
            catch (System.Net.Sockets.SocketException)
            {
                break; // It has hung up; the answer is in.
            }

            await Task.WhenAny(answer, Task.Delay(200));
        }

        return await answer;
    }
}
