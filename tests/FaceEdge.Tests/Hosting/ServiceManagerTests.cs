using System.Globalization;
using FaceEdge.Hosting;

namespace FaceEdge.Tests.Hosting;

public class ServiceManagerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SystemdHearsWhatIsTold(bool abstractName)
    {
        using var systemd = new SystemdSocket(abstractName);
        using var manager = new ServiceManager(systemd.Environment());
        Assert.True(manager.Listens);
        Assert.True(manager.Tell("READY=1", "STATUS=12 people"));
        Assert.Equal("READY=1\nSTATUS=12 people", systemd.Receive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nonexistent/notify")]
    public void WithoutSystemdNothingIsToldAndNothingFails(string? address)
    {
        using var manager = new ServiceManager(name => name is "NOTIFY_SOCKET" ? address : "1000000");
        Assert.False(manager.Listens);
        Assert.Null(manager.WatchdogTimeout);
        manager.Tell("READY=1");
    }

    [Fact]
    public void SystemdGoneIsNoFailure()
    {
        var systemd = new SystemdSocket();
        using var manager = new ServiceManager(systemd.Environment());
        systemd.Dispose();
        Assert.False(manager.Tell("WATCHDOG=1"));
    }

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "", 30.0)]
    [InlineData("30000000", "this", 30.0)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void TheWatchdogIsThatOfThisProcess(string? microseconds, string? process, double? seconds)
    {
        using var systemd = new SystemdSocket();
        string? id = process is "this" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process;
        using var manager = new ServiceManager(systemd.Environment(microseconds, id));
        Assert.Equal(seconds, manager.WatchdogTimeout?.TotalSeconds);
    }
}
