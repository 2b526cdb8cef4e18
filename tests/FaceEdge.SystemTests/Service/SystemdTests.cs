namespace FaceEdge.SystemTests.Service;

/// <summary>What systemd hears from start to stop, and what a reload does.</summary>
public class SystemdTests
{
    [Fact]
    public async Task SystemdHearsReadyTheBeatAndTheStop()
    {
        using var systemd = new ServiceNotifications();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Environment = { ["NOTIFY_SOCKET"] = systemd.Address, ["WATCHDOG_USEC"] = "2000000" },
        });
        Assert.Contains(systemd.Until("READY=1"), m => m.Contains("STATUS=0 people, threshold 0.487, model ", StringComparison.Ordinal));
        await daemon.Client.IdOfAsync(People.Cage);
        systemd.Until("STATUS=1 people");
        systemd.Until("WATCHDOG=1");
        Assert.Equal(0, await daemon.StopAsync());
        systemd.Until("STOPPING=1");
    }

    [Fact]
    public async Task AStoppedProcessDoesNotBeat()
    {
        using var systemd = new ServiceNotifications();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Environment = { ["NOTIFY_SOCKET"] = systemd.Address, ["WATCHDOG_USEC"] = "500000" },
        });
        systemd.Until("WATCHDOG=1");
        daemon.Signal(Signals.Stop);
        systemd.Drain();
        Assert.False(systemd.Hears(TimeSpan.FromSeconds(1)));
        daemon.Signal(Signals.Continue);
        systemd.Until("WATCHDOG=1");
    }

    [Fact]
    public async Task AReloadPutsAnotherThresholdInForceAndDropsNoRequest()
    {
        using var etc = new TempFolder();
        using var systemd = new ServiceNotifications();
        string[] mount = MountNamespace.WithFolderAt(etc.Path, "/etc");
        Directory.CreateDirectory(etc.File("faceedge"));
        string file = etc.File("faceedge/faceedge.json");
        await File.WriteAllTextAsync(file, """{ "Gallery": { "Threshold": 0.4 } }""");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Wrapper = [.. mount, "sh", "-c", "exec \"$@\" </dev/null", "sh"], // Not from a terminal, as a service is.
            Environment = { ["NOTIFY_SOCKET"] = systemd.Address },
        });
        systemd.Until("READY=1");
        Assert.Equal(0.4, await ThresholdAsync(daemon), 3);

        await File.WriteAllTextAsync(file, """{ "Gallery": { "Threshold": 0.6 }, "Vision": { "Threads": 2 } }""");
        Task<Answer>[] meanwhile = [.. Enumerable.Range(0, 8).Select(_ => daemon.Client.PredictAsync(People.Cage))];
        daemon.Signal(Signals.HangUp);
        systemd.Until("RELOADING=1\nMONOTONIC_USEC=");
        systemd.Until("READY=1");
        Assert.All(await Task.WhenAll(meanwhile), answer => Assert.Equal(1, answer.Id));
        Assert.Equal(0.6, await ThresholdAsync(daemon), 3);
        Assert.Contains("needs a restart and is as it was: Vision:Threads", daemon.ErrorText, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "{\n  \"Gallery\": { \"Threshold\": 6 }\n}");
        daemon.Signal(Signals.HangUp);
        systemd.Until("READY=1");
        Assert.Equal(0.6, await ThresholdAsync(daemon), 3);
        Assert.Contains("/etc/faceedge/faceedge.json, line 2: Gallery:Threshold must be", daemon.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<double> ThresholdAsync(DaemonProcess daemon) =>
        (await daemon.Client.PredictAsync(People.Cage, "?details=true")).Json.GetProperty("data").GetProperty("threshold").GetDouble();
}
