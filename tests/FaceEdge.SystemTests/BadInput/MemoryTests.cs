namespace FaceEdge.SystemTests.BadInput;

public class MemoryTests(ITestOutputHelper output)
{
    /// <summary>Pools and the heap breathe; a leak of one bad photo's pixels (1 MB and more) in each of some hundred shows far above it.</summary>
    private const double BreathMiB = 48;

    [Fact]
    public async Task MemoryComesBackAfterAllTheBadInput()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Logging:LogLevel:Default", "Warning");
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        double idle = daemon.ResidentMiB;

        // 1. Once through all of it, so that every pool is as large as it gets.
        await PostAllAsync(daemon);
        await PostAllAsync(daemon);
        double before = daemon.ResidentMiB;

        // 2. Four times more.
        for (int i = 0; i < 4; i++)
        {
            await PostAllAsync(daemon);
        }

        double after = daemon.ResidentMiB;
        output.WriteLine($"resident {idle:0} MiB at first, {before:0} MiB after the first rounds, {after:0} MiB after four more");
        Assert.True(after < before + BreathMiB, $"Memory grew from {before:0} to {after:0} MiB over four rounds of {BadPhotos.All.Count} bad photos.");
        Assert.Equal(1, daemon.Database.Counts().People);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
    }

    [Fact]
    public async Task MemoryComesBackAfterManyLargeUploadsAtOnce()
    {
        // 1. Small photos: what it needs at work.
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Logging:LogLevel:Default", "Warning", "--Cache:RepeatSeconds", "0");
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        }

        double before = daemon.ResidentMiB;

        // 2. Eight clients at once, three times, with files just under the limit.
        byte[] large = BadPhotos.Large(19 * 1024 * 1024);
        for (int round = 0; round < 3; round++)
        {
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => daemon.Client.PredictAsync(FaceClient.Raw(large))));
            Assert.All(answers, answer => Assert.Equal(1, answer.Id));
        }

        // 3. A while later, with everyday photos coming in, the buffers are the system's again.
        double after = daemon.ResidentMiB;
        for (int i = 0; i < 20 && after >= before + BreathMiB; i++)
        {
            await Task.Delay(250);
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            after = daemon.ResidentMiB;
        }

        output.WriteLine($"resident {before:0} MiB before, {after:0} MiB after");
        Assert.True(after < before + BreathMiB, $"Memory was {before:0} MiB with small photos and stays at {after:0} MiB after some large ones.");
    }

    private static async Task PostAllAsync(DaemonProcess daemon)
    {
        foreach (BadPhoto input in BadPhotos.All.Values)
        {
            Answer answer = await daemon.Client.PredictAsync(input.Body());
            Assert.True(answer.Status is >= 400 and < 500, $"{input.Name}: {answer.Status} {answer.Body}");
        }
    }
}
