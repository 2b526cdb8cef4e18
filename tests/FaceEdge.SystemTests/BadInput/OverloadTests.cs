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
}
