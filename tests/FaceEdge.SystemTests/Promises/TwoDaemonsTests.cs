namespace FaceEdge.SystemTests.Promises;

public class TwoDaemonsTests
{
    [Fact]
    public async Task TheSecondOnADataDirectoryIsRefusedAndTheFirstGoesOn()
    {
        await using DaemonProcess first = await DaemonProcess.StartAsync();
        Assert.Equal(1, await first.Client.IdOfAsync(People.Cage));

        DaemonEnd second = await DaemonProcess.RunToEndAsync("--Urls", "http://127.0.0.1:0", "--DataDirectory", first.DataDirectory);
        Assert.Equal(74, second.ExitCode);
        Assert.Contains(first.DataDirectory, Assert.Single(second.ErrorLines), StringComparison.Ordinal);

        Assert.Equal(1, await first.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await first.Client.IdOfAsync(People.Audrey));
        Assert.Equal(0, await first.StopAsync());
    }

    [Fact]
    public async Task AKilledDaemonLeavesNoLockBehind()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using (DaemonProcess first = await DaemonProcess.StartAsync(start))
        {
            first.KillHard();
        }

        await using DaemonProcess second = await DaemonProcess.StartAsync(start);
        Assert.Equal(1, await second.Client.IdOfAsync(People.Cage));
    }
}
