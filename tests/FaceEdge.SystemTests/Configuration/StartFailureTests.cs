using System.Net;
using System.Net.Sockets;

namespace FaceEdge.SystemTests.Configuration;

/// <summary>What keeps the daemon from starting besides its settings: exit code and one line.</summary>
public class StartFailureTests
{
    [Fact]
    public async Task ATakenPortIsNamed()
    {
        using var taker = new TcpListener(IPAddress.Loopback, 0);
        taker.Start();
        string address = $"127.0.0.1:{((IPEndPoint)taker.LocalEndpoint).Port}";
        using var data = new TempFolder();
        AssertEnd(await DaemonProcess.RunToEndAsync("--Urls", "http://" + address, "--DataDirectory", data.Path), 69, address);
    }

    [Fact]
    public async Task AnAddressOfAnotherMachineIsNamed()
    {
        using var data = new TempFolder();
        AssertEnd(await DaemonProcess.RunToEndAsync("--Urls", "http://192.0.2.1:5000", "--DataDirectory", data.Path), 69, "192.0.2.1:5000");
    }

    [Theory]
    [InlineData("ultraface.onnx")]
    [InlineData("fr_landmark.onnx")]
    [InlineData("fr512.onnx")]
    [InlineData("models.json")]
    public async Task AMissingModelIsNamed(string name) => await AssertModelsRefusedAsync(models => File.Delete(Path.Combine(models, name)), name);

    [Theory]
    [InlineData("ultraface.onnx")]
    [InlineData("fr_landmark.onnx")]
    [InlineData("fr512.onnx")]
    public Task AModelWithOneWrongBitIsNamed(string name) => AssertModelsRefusedAsync(
        models =>
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(models, name));
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(Path.Combine(models, name), bytes);
        },
        name);

    [Theory]
    [InlineData("")]
    [InlineData("{ \"models\": [] }")]
    [InlineData("{ broken")]
    [InlineData("null")]
    public Task ABrokenListOfModelsIsNamed(string content) =>
        AssertModelsRefusedAsync(models => File.WriteAllText(Path.Combine(models, "models.json"), content), "models.json");

    [Theory]
    [InlineData("cuda")]
    [InlineData("tensorrt")]
    public async Task AProviderThatIsNotOfferedIsNamed(string provider)
    {
        using var data = new TempFolder();
        AssertEnd(
            await DaemonProcess.RunToEndAsync("--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path, "--Vision:Provider", provider), 72, "Vision:Provider");
    }

    [Fact]
    public async Task AMissingModelsFolderIsNamed()
    {
        using var data = new TempFolder();
        string folder = data.File("nowhere");
        AssertEnd(
            await DaemonProcess.RunToEndAsync("--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path, "--ModelsDirectory", folder), 72, folder);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no library")]
    public async Task AMissingOrBrokenRuntimeIsNamed(string? content)
    {
        using var copy = new PublishCopy();
        using var data = new TempFolder();
        copy.Replace("libonnxruntime.so", content is null ? null : System.Text.Encoding.ASCII.GetBytes(content));
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Binary = copy.Binary }, "--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path);
        AssertEnd(end, 72, "onnxruntime");
        await AssertDoctorNamesTheRuntimeAsync(copy, "libonnxruntime.so");
    }

    [Theory]
    [InlineData("1.27.0")]
    [InlineData("1.30.3")]
    [InlineData("0.5")]
    public async Task AnOlderRuntimeIsNamedWithItsRelease(string release)
    {
        // As Microsoft's library answers: its release to everybody, its functions only to who asks for a version that it knows.
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data.File("older.c"), $$"""
            #include <stddef.h>
            static const void* get_api(unsigned version) { return NULL; }
            static const char* get_version(void) { return "{{release}}"; }
            static const struct { const void* (*api)(unsigned); const char* (*version)(void); } base = { get_api, get_version };
            const void* OrtGetApiBase(void) { return &base; }
            """);
        Tool.Run("gcc", null, "-shared", "-fPIC", "-o", data.File("older.so"), data.File("older.c"));
        using var copy = new PublishCopy();
        copy.Replace("libonnxruntime.so", await File.ReadAllBytesAsync(data.File("older.so")));
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Binary = copy.Binary }, "--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path);
        AssertEnd(end, 72, $"ONNX Runtime {release} is too old");
        await AssertDoctorNamesTheRuntimeAsync(copy, $"ONNX Runtime {release} is too old");
    }

    [Fact]
    public async Task AnotherLibraryInPlaceOfTheRuntimeIsNamed()
    {
        using var copy = new PublishCopy();
        using var data = new TempFolder();
        copy.Replace("libonnxruntime.so", await File.ReadAllBytesAsync(copy.File("libe_sqlite3.so")));
        AssertEnd(
            await DaemonProcess.RunToEndAsync(new DaemonStart { Binary = copy.Binary }, "--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path),
            72,
            "libonnxruntime.so");
    }

    private static async Task AssertDoctorNamesTheRuntimeAsync(PublishCopy copy, string named)
    {
        using var data = new TempFolder();
        DaemonEnd end = await DaemonProcess.RunToEndAsync(new DaemonStart { Binary = copy.Binary }, "doctor", "--DataDirectory", data.Path, "--Urls", "http://127.0.0.1:1");
        Assert.Equal(1, end.ExitCode);
        string line = Assert.Single(end.Output.Split('\n'), line => line.StartsWith("FAIL  libraries", StringComparison.Ordinal));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Empty(end.Error);
    }

    private static async Task AssertModelsRefusedAsync(Action<string> damage, string named)
    {
        using var data = new TempFolder();
        string models = Directory.CreateDirectory(data.File("models")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(Product.Folder, "models")))
        {
            File.Copy(file, Path.Combine(models, Path.GetFileName(file)));
        }

        damage(models);
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            "--Urls", "http://127.0.0.1:0", "--DataDirectory", data.Path, "--ModelsDirectory", models);
        AssertEnd(end, 72, named);
    }

    private static void AssertEnd(DaemonEnd end, int code, string named)
    {
        Assert.True(end.ExitCode == code, $"ended with {end.ExitCode}: {end.Error}");
        Assert.Contains(named, Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(end.Output);
    }
}
