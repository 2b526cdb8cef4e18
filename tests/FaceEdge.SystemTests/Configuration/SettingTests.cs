using System.Net.Sockets;

namespace FaceEdge.SystemTests.Configuration;

/// <summary>Where settings come from and who wins: file beside the binary, administrator's file, environment, command line.</summary>
public class SettingTests
{
    [Fact]
    public async Task WithoutSettingsItListensOnPort5000OfLoopbackAndKeepsItsDataInTheHome()
    {
        using var home = new TempFolder();
        var start = new DaemonStart { Environment = { ["HOME"] = home.Path, ["XDG_DATA_HOME"] = "" } };
        using var taker = new TcpListener(System.Net.IPAddress.Loopback, 5000);
        try
        {
            taker.Start();
        }
        catch (SocketException)
        {
            // Somebody else has the port: as good.
        }

        // The port is taken, so it says where it wanted to listen; the database was opened before that.
        DaemonEnd end = await DaemonProcess.RunToEndAsync(start);
        Assert.Equal(69, end.ExitCode);
        Assert.Contains("127.0.0.1:5000", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.True(File.Exists(home.File(".local/share/faceedge/Image.db")));
    }

    [Fact]
    public async Task SystemdsStateDirectoryHoldsTheData()
    {
        using var state = new TempFolder();
        using TcpListener taker = TakePort(out int port);
        await DaemonProcess.RunToEndAsync(
            new DaemonStart { Environment = { ["STATE_DIRECTORY"] = state.Path } }, "--Urls", $"http://127.0.0.1:{port}");
        Assert.True(File.Exists(state.File("Image.db")));
    }

    [Fact]
    public async Task TheEnvironmentSetsUrlsAndDataDirectory()
    {
        using var data = new TempFolder();
        using TcpListener taker = TakePort(out int port);
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Environment = { ["FACEEDGE__Urls"] = $"http://127.0.0.1:{port}", ["FACEEDGE__DataDirectory"] = data.Path } });
        Assert.Equal(69, end.ExitCode);
        Assert.Contains($"127.0.0.1:{port}", end.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(data.File("Image.db")));
    }

    [Fact]
    public async Task TheCommandLineWinsOverTheEnvironment()
    {
        using var wrong = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Environment =
            {
                ["FACEEDGE__Urls"] = "http://127.0.0.1:1",
                ["FACEEDGE__DataDirectory"] = wrong.File("data"),
                ["FACEEDGE__Limits__RetryAfterSeconds"] = "7",
                ["FACEEDGE__Limits__MaxUploadBytes"] = "2048",
            },
            Settings = ["--Limits:MaxUploadBytes", "1024"],
        });
        Assert.False(Directory.Exists(wrong.File("data")));
        Answer answer = await daemon.Client.PredictAsync(FaceClient.Raw(new byte[1500]));
        answer.AssertError(413, "file_too_large");
        Assert.Contains("1,024", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEnvironmentWinsOverTheFileBesideTheBinary()
    {
        using var copy = new PublishCopy();
        await File.WriteAllTextAsync(copy.File("appsettings.json"), """{ "Limits": { "MaxUploadBytes": 1024, "MaxPixels": 1000 } }""");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Binary = copy.Binary,
            Environment = { ["FACEEDGE__Limits__MaxUploadBytes"] = "20000000" },
        });
        (await daemon.Client.PredictAsync(People.Cage)).AssertError(413, "too_many_pixels");
    }

    [Fact]
    public async Task TheAdministratorsFileIsReadAndTheEnvironmentWinsOverIt()
    {
        using var etc = new TempFolder();
        string[] wrapper = MountNamespace.WithFolderAt(etc.Path, "/etc");
        Directory.CreateDirectory(etc.File("faceedge"));
        await File.WriteAllTextAsync(etc.File("faceedge/faceedge.json"), """{ "Limits": { "MaxUploadBytes": 1024, "MaxPixels": 1000 } }""");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Wrapper = wrapper,
            Environment = { ["FACEEDGE__Limits__MaxUploadBytes"] = "20000000" },
        });
        (await daemon.Client.PredictAsync(People.Cage)).AssertError(413, "too_many_pixels");
    }

    [Fact]
    public async Task ABrokenAdministratorsFileIsNamedInOneLine()
    {
        using var etc = new TempFolder();
        string[] wrapper = MountNamespace.WithFolderAt(etc.Path, "/etc");
        Directory.CreateDirectory(etc.File("faceedge"));
        await File.WriteAllTextAsync(etc.File("faceedge/faceedge.json"), "{ broken");
        DaemonEnd end = await DaemonProcess.RunToEndAsync(new DaemonStart { Wrapper = wrapper }, "serve");
        Assert.Equal(78, end.ExitCode);
        Assert.Contains("/etc/faceedge/faceedge.json", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralAddressesAreAllServed()
    {
        using TcpListener one = TakePort(out int first);
        using TcpListener two = TakePort(out int second);
        one.Stop();
        two.Stop();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { Urls = $" http://127.0.0.1:{first}; http://127.0.0.1:{second}" });
        Assert.Equal(200, (await daemon.Client.GetAsync($"http://127.0.0.1:{first}/home")).Status);
        Assert.Equal(200, (await daemon.Client.GetAsync($"http://127.0.0.1:{second}/home")).Status);
    }

    [Fact]
    public async Task TheThresholdAndTheLimitsAreHeeded()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            "--Gallery:Threshold", "0.9", "--Limits:MaxPixels", "400000", "--Vision:MinFaceHeight", "300");
        Answer answer = await daemon.Client.PredictAsync(People.Cage, "?details=true");
        Assert.Equal(0.9, answer.Json.GetProperty("data").GetProperty("threshold").GetDouble(), 3);
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Variant(People.Photo("cage2_crop.jpg"), "jpg", "-resize", "200%")));
        (await daemon.Client.PredictAsync(People.Variant(People.Cage, "jpg", "-resize", "200%"))).AssertError(413, "too_many_pixels");
        (await daemon.Client.PredictAsync(People.Connery)).AssertError(422, "face_too_small");
    }

    private static TcpListener TakePort(out int port)
    {
        var taker = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taker.Start();
        port = ((System.Net.IPEndPoint)taker.LocalEndpoint).Port;
        return taker;
    }
}
