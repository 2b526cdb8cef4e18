using System.Text.Json;

namespace FaceEdge.SystemTests.Service;

public class DoctorTests
{
    [Fact]
    public async Task BesideARunningDaemonAllIsWell()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(People.Cage);

        DaemonEnd end = await DaemonProcess.RunToEndAsync("doctor", "--json", "--Urls", daemon.Url, "--DataDirectory", daemon.DataDirectory);

        Assert.True(end.ExitCode == 0, end.Output + end.Error);
        JsonElement checks = JsonDocument.Parse(end.Output).RootElement.GetProperty("checks");
        Assert.Contains("1 people", What(checks, "database"), StringComparison.Ordinal);
        Assert.Contains("in use", What(checks, "database"), StringComparison.Ordinal);
        Assert.StartsWith("off: ORT_DISABLE_TELEMETRY=1", What(checks, "telemetry"), StringComparison.Ordinal);
        Assert.Contains("answered by faceedge", What(checks, "address"), StringComparison.Ordinal);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
    }

    [Fact]
    public async Task AWrongSettingAndAMissingModelAreBothTold()
    {
        using var data = new TempFolder();
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            "doctor", "--DataDirectory", data.Path, "--Urls", "http://127.0.0.1:1", "--ModelsDirectory", data.File("nowhere"));
        Assert.Equal(1, end.ExitCode);
        Assert.Contains("FAIL  models", end.Output, StringComparison.Ordinal);
        Assert.Contains(data.File("nowhere"), end.Output, StringComparison.Ordinal);
        Assert.Empty(end.Error);

        end = await DaemonProcess.RunToEndAsync("doctor", "--DataDirectory", data.Path, "--Limits:MaxPixels", "0");
        Assert.Equal(1, end.ExitCode);
        Assert.Contains("FAIL  configuration", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingCodecIsOneLineThatNamesThePackage()
    {
        // Hidden from this process only: an empty file where the loader looks.
        string library = Tool.Try("sh", null, "-c", "ldconfig -p | sed -n 's/.*libwebp.so.7.*=> //p' | head -1").Text.Trim();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("empty"), "");
        string[] wrapper = MountNamespace.WithFolderAt(folder.File("empty"), library);
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Wrapper = wrapper }, "serve", "--Urls", "http://127.0.0.1:0", "--DataDirectory", folder.Path);
        Assert.Equal(72, end.ExitCode);
        Assert.Contains("apt install libwebp7", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
    }

    private static string What(JsonElement checks, string name) =>
        checks.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name).GetProperty("what").GetString()!;
}
