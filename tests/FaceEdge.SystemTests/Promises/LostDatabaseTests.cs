namespace FaceEdge.SystemTests.Promises;

/// <summary>Somebody deletes, moves, cuts or overwrites the database under the running daemon: nothing more is acknowledged, and a restart knows everybody.</summary>
public class LostDatabaseTests
{
    [Theory]
    [InlineData("rm Image.db")]
    [InlineData("rm Image.db*")]
    [InlineData("mv Image.db ..")]
    [InlineData(": > Image.db")]
    [InlineData("rm Image.db-wal")]
    [InlineData(": > Image.db-wal")]
    [InlineData("head -c 200000 /dev/urandom > x && cat x > Image.db")]
    public async Task NothingIsAcknowledgedAndNobodyIsLost(string way)
    {
        using var folder = new TempFolder();
        string data = folder.File("data");
        var start = new DaemonStart { DataDirectory = data };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            // 1. One who stands in the database, one who stands in the log.
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(0, await daemon.StopAsync());
        }

        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
            Tool.Run("sh", null, "-c", $"cd '{data}' && {way}");

            // 2. Known people are recognised, somebody new is refused, and both say what happened.
            (await daemon.Client.PredictAsync(People.Connery)).AssertError(503, "storage_lost");
            Assert.Equal("storage_lost", (await daemon.Client.GetAsync("/readyz")).Json.GetProperty("code").GetString());
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(data, "Image.db.rescued")), TimeSpan.FromSeconds(30)), daemon.ErrorText);
            daemon.KillHard();
        }

        // 3. Everybody is back, nobody has another's id.
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
            Assert.True(await daemon.Client.IdOfAsync(People.Connery) > 2);
            daemon.Database.AssertWhole();
            Assert.Equal(0, await daemon.StopAsync());
        }
    }
}
