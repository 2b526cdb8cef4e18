using FaceEdge.Cli.Doctor;

namespace FaceEdge.Tests.Cli;

/// <summary>The words of systemd are those of a Debian 12 (<c>systemctl show faceedge</c>).</summary>
public class ServiceChecksTests
{
    private const string Installed = """
        LoadState=loaded
        ActiveState=active
        SubState=running
        StateDirectory=faceedge
        ProtectSystem=strict
        ProtectHome=yes
        IPAddressDeny=::/0 0.0.0.0/0
        IPAddressAllow=127.0.0.0/8 ::1/128
        ExecStart={ path=/usr/lib/faceedge/faceedge ; argv[]=/usr/lib/faceedge/faceedge serve ; ignore_errors=no ; pid=7 ; code=(null) ; status=0/0 }
        """;

    [Fact]
    public void AsInstalledAllIsWell() => Assert.Equal(Verdict.Ok, Judge(Installed).Verdict);

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://127.0.0.1:5000;http://[::]:5000")]
    [InlineData("http://*:5000")]
    public void AnOpenAddressBehindAClosedUnitIsNoticed(string urls)
    {
        Finding finding = Judge(Installed, urls);
        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains("IPAddressDeny", finding.What);
        Assert.Contains("lan.conf", finding.Do);
    }

    [Fact]
    public void AnAddressThatADropInOpensIsNoticed() => Assert.Equal(Verdict.Warn, Judge(Installed + "\nEnvironment=A=b FACEEDGE__Urls=http://0.0.0.0:5000").Verdict);

    [Fact]
    public void ANetworkThatIsLetThroughIsRight() => Assert.Equal(
        Verdict.Ok, Judge(Installed.Replace("::1/128", "::1/128 192.168.7.0/24", StringComparison.Ordinal), "http://0.0.0.0:5000").Verdict);

    [Theory]
    [InlineData("/mnt/faces")]
    [InlineData("/var/lib/faceedge2")]
    [InlineData("/home/alice/faces")]
    [InlineData("/srv")]
    public void AFolderThatTheServiceMayNotWriteIsNoticed(string folder)
    {
        Finding finding = Judge(Installed, folder: folder);
        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains(folder, finding.What);
        Assert.Contains("ReadWritePaths=" + folder, finding.Do);
    }

    [Theory]
    [InlineData("/var/lib/faceedge/more", "")]
    [InlineData("/mnt/faces/data", "ReadWritePaths=-/mnt/faces")]
    public void AFolderThatItMayWriteIsRight(string folder, string more) => Assert.Equal(Verdict.Ok, Judge($"{Installed}\n{more}", folder: folder).Verdict);

    [Fact]
    public void APortThatNeedsAPrivilegeIsNoticed()
    {
        Finding finding = Judge(Installed, "http://127.0.0.1:80");
        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains("port 80", finding.What);
        Assert.Equal(Verdict.Ok, Judge(Installed, "http://127.0.0.1:80", firstOpenPort: 80).Verdict);
        Assert.Equal(Verdict.Ok, Judge(Installed, "http://127.0.0.1:0").Verdict);
    }

    [Theory]
    [InlineData("failed", "failed")]
    [InlineData("activating", "auto-restart")]
    public void WhyTheLastStartFailedIsTold(string active, string sub)
    {
        string failed = Installed.Replace("ActiveState=active", "ActiveState=" + active, StringComparison.Ordinal)
            .Replace("SubState=running", $"SubState={sub}\nResult=exit-code\nExecMainStatus=78", StringComparison.Ordinal);
        Assert.Contains("faceedge: configuration: there is no setting MaxPixel", Judge(failed, lastWords: "faceedge: configuration: there is no setting MaxPixel").What);
        Finding finding = Judge(failed);
        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains("exit status 78", finding.What);
    }

    private static Finding Judge(string text, string urls = "http://127.0.0.1:5000", string folder = "/var/lib/faceedge", int firstOpenPort = 1024, string? lastWords = null) =>
        ServiceChecks.Judge(ServiceState.Parse(text), new FaceEdgeOptions { Urls = urls, DataDirectory = folder }, firstOpenPort, () => lastWords);
}
