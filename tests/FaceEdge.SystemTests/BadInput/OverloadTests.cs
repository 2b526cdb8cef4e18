using System.Diagnostics;

namespace FaceEdge.SystemTests.BadInput;

public class OverloadTests
{
    /// <summary>Idle connections over the limit are closed; when some go, others are served again, and the files of the process are never used up.</summary>
    [Fact]
    public async Task AFloodOfIdleConnectionsPasses()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:MaxConnections", "50");
        var idle = new List<RawConnection>();
        for (int i = 0; i < 200; i++)
        {
            idle.Add(await RawConnection.OpenAsync(daemon));
        }

        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.True(Directory.GetFiles($"/proc/{daemon.Id}/fd").Length < 150, "connections over the limit were kept");
        idle.ForEach(static connection => connection.Dispose());
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
    }

    [Fact]
    public async Task TwoHundredClientsAtOnceAreServedOrAskedToComeBack()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        PersonPhoto[] people = [.. People.All.Take(5)];

        // 1. Two hundred at the same moment, five people unknown until now.
        (PersonPhoto Person, Answer Answer)[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            PersonPhoto person = people[i % people.Length];
            return (person, await daemon.Client.PredictAsync(person.Jpeg));
        }));

        // 2. Everybody got an answer, and those turned away know when to come back.
        Assert.True(daemon.IsAlive);
        foreach ((_, Answer answer) in answers)
        {
            if (answer.Status != 200)
            {
                answer.AssertError(503, "overloaded");
                Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            }
        }

        // 3. One id a person, now and when all is calm again.
        Assert.Contains(answers, a => a.Answer.Status == 200);
        foreach (PersonPhoto person in people)
        {
            long calm = await daemon.Client.IdOfAsync(person.Jpeg);
            Assert.All(answers.Where(a => a.Person == person && a.Answer.Status == 200), a => Assert.Equal(calm, a.Answer.Id));
        }

        Assert.Equal(people.Length, daemon.Database.Counts().People);
        daemon.Database.AssertWhole();
    }

    /// <summary>Longer than the five seconds after which Kestrel alone would reset the connection, the unread answer with it.</summary>
    [Fact]
    public async Task AClientOnASlowLineStillReadsThatItIsToComeBack()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:MaxConcurrentRequests", "1");
        using RawConnection place = await TakeOnlyPlaceAsync(daemon);
        using RawConnection slow = await RawConnection.OpenAsync(daemon);
        const int Pieces = 14;
        await slow.SendAsync(RawConnection.PredictHead("image/jpeg", Pieces * 10_000));
        for (int i = 0; i < Pieces; i++)
        {
            await Task.Delay(500, TestContext.Current.CancellationToken);
            await slow.SendAsync(new byte[10_000]);
        }

        AssertComeBack(await slow.ReadAnswerAsync());
    }

    [Fact]
    public async Task WhoAsksBeforeSendingIsToldBeforeSending()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:MaxConcurrentRequests", "1");
        using RawConnection place = await TakeOnlyPlaceAsync(daemon);
        using RawConnection asking = await RawConnection.OpenAsync(daemon);
        await asking.SendAsync(RawConnection.PredictHead("image/jpeg", 5_000_000, "Expect: 100-continue\r\n"));
        string answer = await asking.ReadAnswerAsync();
        AssertComeBack(answer);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoComesBackTooSoonIsRefusedNoSoonerThanToldButServedAtOnce()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:MaxConcurrentRequests", "1", "--Limits:RetryAfterSeconds", "2");
        RawConnection place = await TakeOnlyPlaceAsync(daemon);
        using RawConnection hasty = await RawConnection.OpenAsync(daemon);

        // 1. The first refusal comes at once, the second when the two seconds are over.
        var clock = Stopwatch.StartNew();
        AssertComeBack(await PostAsync(hasty), "2");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1.5), $"The first refusal took {clock.Elapsed}.");
        AssertComeBack(await PostAsync(hasty), "2");
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1.9), $"The second refusal came after {clock.Elapsed}.");

        // 2. Others are not held up meanwhile.
        clock.Restart();
        using RawConnection other = await RawConnection.OpenAsync(daemon);
        AssertComeBack(await PostAsync(other), "2");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1.5), $"Another client was refused after {clock.Elapsed}.");

        // 3. A place is free: it is served, too soon or not.
        place.Dispose();
        clock.Restart();
        string answer;
        do
        {
            using RawConnection next = await RawConnection.OpenAsync(daemon); // Until the daemon has seen that the place's holder is gone.
            answer = await PostAsync(next);
        }
        while (answer.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal) && clock.Elapsed < TimeSpan.FromSeconds(10));
        answer = await PostAsync(hasty);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    private static async Task<RawConnection> TakeOnlyPlaceAsync(DaemonProcess daemon)
    {
        RawConnection connection = await RawConnection.OpenAsync(daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", 1_000_000) + "\u00ff\u00d8\u00ff");
        await Task.Delay(500, TestContext.Current.CancellationToken); // Until the daemon has read the head.
        return connection;
    }

    private static async Task<string> PostAsync(RawConnection connection)
    {
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", People.Cage.Length));
        await connection.SendAsync(People.Cage);
        return await connection.ReadAnswerAsync();
    }

    private static void AssertComeBack(string answer, string seconds = "1")
    {
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nRetry-After: {seconds}\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":503,\"code\":\"overloaded\"}", answer, StringComparison.Ordinal);
    }
}
