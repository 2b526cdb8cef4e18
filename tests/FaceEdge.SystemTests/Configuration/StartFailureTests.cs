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
