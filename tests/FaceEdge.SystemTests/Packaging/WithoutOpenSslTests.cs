namespace FaceEdge.SystemTests.Packaging;

/// <summary>
/// The framework's hashes are OpenSSL's, loaded at run time; where it is missing the framework aborts the process. FaceEdge must work on a
/// machine without it, so here it is hidden from one process: an empty file where the loader looks.
/// </summary>
public sealed class WithoutOpenSslTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DaemonStart _hidden;

    public WithoutOpenSslTests()
    {
        File.WriteAllText(_folder.File("empty"), "");
        string[] libraries = Tool.Try("sh", null, "-c", "ldconfig -p | sed -n 's/.*lib\\(ssl\\|crypto\\)\\.so\\.[0-9].*=> //p'").Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _hidden = new DaemonStart { Wrapper = [.. libraries.SelectMany(library => MountNamespace.WithFolderAt(_folder.File("empty"), library))] };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TheDaemonAnswersPhotosAndSaysOnceThatModelsWereNotCompared()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(_hidden);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
        Assert.Equal(200, (await daemon.Client.PredictAsync(People.Cage, "?details=true")).Status);
        Assert.Equal(415, (await daemon.Client.PredictAsync(FaceClient.Raw(new byte[100]))).Status);
        foreach (string path in (string[])["/home", "/healthz", "/readyz", "/metrics"])
        {
            Assert.Equal(200, (await daemon.Client.GetAsync(path)).Status);
        }

        Assert.Equal(204, (await daemon.Client.SendAsync(HttpMethod.Delete, "/v1/people/2")).Status);
        string maps = await File.ReadAllTextAsync($"/proc/{daemon.Id}/maps", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("libcrypto", maps, StringComparison.Ordinal);
        Assert.Equal(0, await daemon.StopAsync());
        Assert.Contains("apt install libssl3", Assert.Single(daemon.ErrorText.Split('\n'), line => line.Contains("OpenSSL", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DoctorNamesThePackageAndTheRestOfThePageIsThere()
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(_hidden, "doctor", "--DataDirectory", _folder.Path, "--Urls", "http://127.0.0.1:1");
        Assert.True(end.ExitCode == 0, end.Output + end.Error);
        Assert.Contains("warn  models", end.Output, StringComparison.Ordinal);
        Assert.Contains("apt install libssl3", end.Output, StringComparison.Ordinal);
        Assert.Contains("ok    recognition", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerbsThatLoadModelsSaySoAndWork()
    {
        await File.WriteAllBytesAsync(_folder.File("Cage_0001.jpg"), People.Cage, TestContext.Current.CancellationToken);
        DaemonEnd end = await DaemonProcess.RunToEndAsync(_hidden, "evaluate", "stream", "--folder", _folder.Path, "--seeds", "1", "--sizes", "100");
        Assert.True(end.ExitCode == 0, end.Output + end.Error);
        Assert.Contains("apt install libssl3", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnImportIsRefusedInOneLineThatNamesThePackage()
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(_hidden, "import", _folder.File("Image.db"), "--DataDirectory", _folder.File("data"));
        Assert.Equal(72, end.ExitCode);
        Assert.Contains("apt install libssl3", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("data")));
    }
}
