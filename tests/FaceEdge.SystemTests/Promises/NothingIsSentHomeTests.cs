using System.Diagnostics;

namespace FaceEdge.SystemTests.Promises;

/// <summary>
/// ONNX Runtime sends telemetry unless it is told not to: a device id and a database in the home folder, name lookups after some
/// seconds. FaceEdge tells it, whatever the caller's environment says.
/// </summary>
public class NothingIsSentHomeTests
{
    /// <summary>Long enough: not told, it makes its files within a second and asks for a name within half a minute.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(45);

    /// <summary>One photo in that time for each daemon; a camera at a door.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task ADaemonWritesOnlyItsDataAndTalksOnlyToWhoConnected() =>
        await Task.WhenAll(WatchAsync([]), WatchAsync(["ORT_DISABLE_TELEMETRY=0"]));

    [Fact]
    public async Task EveryVerbThatLoadsModelsLeavesTheHomeFolderEmpty()
    {
        using var home = new TempFolder();
        using var data = new TempFolder();
        using var photos = new TempFolder();
        foreach (string name in (string[])["cage.jpg", "audrey.jpg", "SeanConnery.jpg", "franck_01829.jpg", "franck_02159.jpg"])
        {
            await File.WriteAllBytesAsync(photos.File($"{name.Split('.', '_')[0]}_{name}"), People.Photo(name), TestContext.Current.CancellationToken);
        }

        var start = new DaemonStart { Environment = { ["HOME"] = home.Path }, Wrapper = ["env", "-u", "ORT_DISABLE_TELEMETRY"] };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start with { DataDirectory = data.Path }))
        {
            await daemon.Client.IdOfAsync(People.Cage);
            Assert.Equal(0, await daemon.StopAsync());
        }

        // All but bench, which takes longest and loads models as evaluate does.
        string[][] verbs =
        [
            ["doctor", "--DataDirectory", data.Path, "--Urls", "http://127.0.0.1:1"],
            ["evaluate", "stream", "--folder", photos.Path, "--seeds", "1", "--sizes", "100"],
            ["reencode", "--encoder", "mfn192", "--DataDirectory", data.Path],
            ["export", data.File("original.db"), "--DataDirectory", data.Path],
            ["import", data.File("original.db"), "--dry-run", "--DataDirectory", data.File("other")],
        ];
        foreach (string[] verb in verbs)
        {
            DaemonEnd end = await DaemonProcess.RunToEndAsync(start, verb);
            Assert.True(end.ExitCode == 0, $"{verb[0]} ended with {end.ExitCode}: {end.Output} {end.Error}");
            Assert.True(
                !Directory.EnumerateFileSystemEntries(home.Path).Any(),
                $"{verb[0]} left in the home folder: {string.Join(", ", Directory.EnumerateFileSystemEntries(home.Path, "*", SearchOption.AllDirectories))}");
        }
    }

    private static async Task WatchAsync(string[] environment)
    {
        using var trace = new SystemCallTrace();
        using var home = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Environment = { ["HOME"] = home.Path },
            Wrapper = ["env", "-u", "ORT_DISABLE_TELEMETRY", "-u", "NOTIFY_SOCKET", .. environment, .. trace.Wrapper()],
        });
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Watched;)
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, await daemon.StopAsync());
        string[] calls = await trace.ReadAsync(daemon.Id);

        // The trace saw what there is to see ..
        Assert.Contains(calls, call => call.Contains($"\"{daemon.Database.File}\", O_RDWR", StringComparison.Ordinal));
        Assert.Contains(calls, call => call.StartsWith("openat", StringComparison.Ordinal) && call.Contains("libonnxruntime.so", StringComparison.Ordinal));
        Assert.Contains(SystemCallTrace.Of("sendto", calls), call => call.Contains("HTTP/1.1 200 OK", StringComparison.Ordinal));

        // .. and nothing else.
        Assert.Empty(SystemCallTrace.WritesOutside(daemon.DataDirectory, calls));
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path));
        Assert.Empty(SystemCallTrace.Contacts(calls));
        Assert.Empty(SystemCallTrace.Lookups(calls));
        Assert.Single(SystemCallTrace.Of("execve", calls));
        Assert.Single(SystemCallTrace.Of("listen", calls));
        Assert.Contains("inet_addr(\"127.0.0.1\")", Assert.Single(SystemCallTrace.Of("bind", calls)), StringComparison.Ordinal);
    }
}
