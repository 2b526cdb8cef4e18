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

    private static async Task PostAllAsync(DaemonProcess daemon)
    {
        foreach (BadPhoto input in BadPhotos.All.Values)
        {
            Answer answer = await daemon.Client.PredictAsync(input.Body());
            Assert.True(answer.Status is >= 400 and < 500, $"{input.Name}: {answer.Status} {answer.Body}");
        }
    }
}
