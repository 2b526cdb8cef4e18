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
        var manager = new ServiceManager(systemd.Notifier(), SystemdSocket.Environment());
        Assert.True(manager.Listens);
        Assert.True(manager.Tell("READY=1", "STATUS=12 people"));
        Assert.Equal("READY=1\nSTATUS=12 people", systemd.Receive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void WithoutSystemdNothingIsTold(string? address)
    {
        var manager = new ServiceManager(SystemdSocket.NotifierOf(address), _ => "1000000");
        Assert.False(manager.Listens);
        Assert.Null(manager.WatchdogTimeout);
        manager.Tell("READY=1");
    }

    [Theory]
    [InlineData("@")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nonexistent/notify")]
    [InlineData("/a/path/that/is/longer/than/the/hundred/and/eight/bytes/that/an/address/of/a/unix/domain/socket/may/have/on/linux")]
    public void AnAddressWhereNobodyListensIsNoFailure(string address) =>
        Assert.False(new ServiceManager(SystemdSocket.NotifierOf(address), _ => null).Tell("READY=1"));

    [Fact]
    public void SystemdGoneIsNoFailureAndWhenItIsBackItHearsAgain()
    {
        var systemd = new SystemdSocket();
        var manager = new ServiceManager(systemd.Notifier(), SystemdSocket.Environment());
        systemd.Dispose();
        Assert.False(manager.Tell("WATCHDOG=1"));

        using var anew = new SystemdSocket(systemd.Address);
        Assert.True(manager.Tell("WATCHDOG=1"));
        Assert.Equal("WATCHDOG=1", anew.Receive());
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
        var manager = new ServiceManager(systemd.Notifier(), SystemdSocket.Environment(microseconds, id));
        Assert.Equal(seconds, manager.WatchdogTimeout?.TotalSeconds);
    }
}
