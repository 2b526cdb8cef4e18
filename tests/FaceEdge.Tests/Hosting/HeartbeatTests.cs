using FaceEdge.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Tests.Hosting;

public class HeartbeatTests
{
    [Fact]
    public async Task AHealthyDaemonBeatsAndTellsItsStatusWhenItChanges()
    {
        using var systemd = new SystemdSocket();
        var manager = new ServiceManager(systemd.Notifier(), SystemdSocket.Environment("200000"));
        string status = "1 people";
        var health = new PipelineHealth(() => Task.CompletedTask, () => 0, () => { });
        await using var heartbeat = new Heartbeat(manager, health, () => status, NullLogger<Heartbeat>.Instance);

        Assert.Equal("STATUS=1 people", systemd.Receive());
        Assert.Equal("WATCHDOG=1", systemd.Receive());
        Assert.Equal("WATCHDOG=1", systemd.Receive());
        status = "2 people";
        string next = "WATCHDOG=1";
        while (next is "WATCHDOG=1")
        {
            next = systemd.Receive(); // On a busy machine some beats may be on their way.
        }

        Assert.Equal("STATUS=2 people", next);
    }

    [Fact]
    public async Task AHungPipelineStopsTheBeatAndItComesBackWithIt()
    {
        using var systemd = new SystemdSocket();
        var manager = new ServiceManager(systemd.Notifier(), SystemdSocket.Environment("200000"));
        var stuck = new TaskCompletionSource();
        var health = new PipelineHealth(() => stuck.Task, () => 0, () => { });
        await using var heartbeat = new Heartbeat(manager, health, () => "well", NullLogger<Heartbeat>.Instance);

        Assert.StartsWith("STATUS=not healthy: the models:", systemd.Receive(), StringComparison.Ordinal);
        await Task.Delay(400, TestContext.Current.CancellationToken);
        Assert.Empty(systemd.ReceiveWaiting());
        stuck.SetResult();
        Assert.Equal("STATUS=well", systemd.Receive());
        Assert.Equal("WATCHDOG=1", systemd.Receive());
    }

    [Fact]
    public async Task WithoutAWatchdogOnlyTheStatusIsTold()
    {
        using var systemd = new SystemdSocket();
        var manager = new ServiceManager(systemd.Notifier(), SystemdSocket.Environment());
        var health = new PipelineHealth(() => throw new InvalidOperationException("not asked"), () => 0, () => { });
        await using (var heartbeat = new Heartbeat(manager, health, () => "well", NullLogger<Heartbeat>.Instance))
        {
            Assert.Equal("STATUS=well", systemd.Receive());
        }

        Assert.Empty(systemd.ReceiveWaiting());
    }
}
