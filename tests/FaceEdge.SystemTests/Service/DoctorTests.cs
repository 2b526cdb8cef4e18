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
    public async Task WithoutLibturbojpegEverythingWorksAndIsSaid()
    {
        // Hidden from these processes only: an empty file where the loader looks.
        string library = Tool.Try("sh", null, "-c", "ldconfig -p | sed -n 's/.*libturbojpeg.so.0.*=> //p' | head -1").Text.Trim();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("empty"), "");
        string[] wrapper = MountNamespace.WithFolderAt(folder.File("empty"), library);
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { Wrapper = wrapper });
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Variant(People.Cage, "jpg", "-interlace", "none", "-quality", "92")));

        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Wrapper = wrapper }, "doctor", "--json", "--Urls", daemon.Url, "--DataDirectory", daemon.DataDirectory);
        Assert.True(end.ExitCode == 0, end.Output + end.Error);
        Assert.Contains("through Skia", What(JsonDocument.Parse(end.Output).RootElement.GetProperty("checks"), "jpeg"), StringComparison.Ordinal);
        await daemon.StopAsync();
        Assert.Contains("JPEG through Skia", daemon.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithLibturbojpegTheFastLaneIsSaid()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        DaemonEnd end = await DaemonProcess.RunToEndAsync("doctor", "--json", "--Urls", daemon.Url, "--DataDirectory", daemon.DataDirectory);
        Assert.Equal("JPEG through libturbojpeg.so.0", What(JsonDocument.Parse(end.Output).RootElement.GetProperty("checks"), "jpeg"));
        await daemon.StopAsync();
        Assert.Contains("JPEG through libturbojpeg.so.0", daemon.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingOrForeignSkiaIsOneLine()
    {
        using var data = new TempFolder();
        foreach (byte[]? content in new byte[]?[] { null, [] })
        {
            using var copy = new PublishCopy();
            copy.Replace("libSkiaSharp.so", content);
            DaemonEnd end = await DaemonProcess.RunToEndAsync(
                new DaemonStart { Binary = copy.Binary }, "serve", "--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path);
            Assert.Equal(72, end.ExitCode);
            Assert.Contains("libSkiaSharp.so", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        }
    }

    private static string What(JsonElement checks, string name) =>
        checks.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name).GetProperty("what").GetString()!;
}
