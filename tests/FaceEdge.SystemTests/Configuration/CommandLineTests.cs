namespace FaceEdge.SystemTests.Configuration;

public class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("serve --help")]
    public async Task HelpTellsVerbAndSettings(string arguments)
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(arguments.Split(' '));
        Assert.Equal(0, end.ExitCode);
        Assert.Empty(end.Error);
        Assert.Contains("serve", end.Output, StringComparison.Ordinal);
        Assert.Contains("--Urls", end.Output, StringComparison.Ordinal);
        Assert.Contains("--DataDirectory", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VersionIsThatOfTheBuild()
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync("--version");
        Assert.Equal(0, end.ExitCode);
        string props = await File.ReadAllTextAsync(Path.Combine(Product.Root, "Directory.Build.props"));
        Assert.Contains($"<Version>{end.Output.Trim()}</Version>", props, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthTellsTheSameVersion()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        DaemonEnd version = await DaemonProcess.RunToEndAsync("--version");
        Assert.Equal(version.Output.Trim(), (await daemon.Client.GetAsync("/healthz")).Json.GetProperty("version").GetString());
    }

    [Fact]
    public async Task TheLogHasTheIdsButNothingElseOfAPerson()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(People.Cage);
        Assert.Equal(0, await daemon.StopAsync());
        string line = Assert.Single(daemon.ErrorText.Split('\n'), l => l.Contains("person 1", StringComparison.Ordinal));
        Assert.True(line.Length < 200, line);
        Assert.DoesNotContain("photo.jpg", daemon.ErrorText, StringComparison.Ordinal);
    }
}
