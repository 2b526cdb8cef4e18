namespace FaceEdge.SystemTests.Configuration;

/// <summary>A wrong setting stops the daemon before it touches anything, with one line that names it.</summary>
public class WrongSettingTests
{
    private const int ConfigurationExit = 78;

    [Theory]
    [InlineData("--Limits:MaxUploadBytes ten", "MaxUploadBytes")]
    [InlineData("--Limits:MaxUploadBytes 1.5", "MaxUploadBytes")]
    [InlineData("--Limits:MaxUploadBytes 5", "MaxUploadBytes")]
    [InlineData("--Limits:MaxPixels -1", "MaxPixels")]
    [InlineData("--Limits:MaxConcurrentRequests 0", "MaxConcurrentRequests")]
    [InlineData("--Limits:UploadTimeoutSeconds 99999999999", "UploadTimeoutSeconds")]
    [InlineData("--Vision:MinSharpness 2", "MinSharpness")]
    [InlineData("--Vision:MinSharpness 0,3", "MinSharpness")]
    [InlineData("--Vision:MinSharpness NaN", "MinSharpness")]
    [InlineData("--Gallery:Threshold -0.1", "Threshold")]
    [InlineData("--Storage:KeepImages everything", "KeepImages")]
    [InlineData("--Storage:KeepImages 7", "KeepImages")]
    [InlineData("--Storage:CropQuality 101", "CropQuality")]
    [InlineData("--Logging:LogLevel:Default loud", "LogLevel")]
    [InlineData("--Limits:NoSuchLimit 5", "NoSuchLimit")]
    [InlineData("--NoSuchSetting 5", "NoSuchSetting")]
    [InlineData("--NoSuchSection:Key 5", "NoSuchSection")]
    [InlineData("--Urls nonsense", "Urls")]
    [InlineData("--Urls ftp://127.0.0.1:5000", "Urls")]
    [InlineData("--Urls https://127.0.0.1:5000", "Urls")]
    [InlineData("--Urls http://127.0.0.1:99999", "Urls")]
    [InlineData("--Urls http://127.0.0.1:5000/base", "Urls")]
    [InlineData("--Urls=;", "Urls")]
    [InlineData("--Storage:KeepImages everything", "'everything' is not one of Crop, Original, None")]
    [InlineData("--Vision:Provider abacus", "'abacus' is not one of Cpu, Cuda, TensorRt")]
    [InlineData("--Vision:Provider 9", "must be one of Cpu, Cuda, TensorRt")]
    [InlineData("--Logging:LogLevel:Default loud", "'loud' is not one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [InlineData("--Vision:QuickLook maybe", "'maybe' is not true or false")]
    [InlineData("--Limits:MaxPixel 5", "Did you mean Limits:MaxPixels?")]
    [InlineData("--MaxPixels 5", "Did you mean Limits:MaxPixels?")]
    [InlineData("--KeepImage all", "Did you mean Storage:KeepImages?")]
    public async Task OnTheCommandLineIsNamedInOneLine(string arguments, string name) =>
        AssertRefused(await DaemonProcess.RunToEndAsync(arguments.Split(' ')), name);

    [Theory]
    [InlineData("FACEEDGE__Limits__MaxPixels", "many", "MaxPixels")]
    [InlineData("FACEEDGE__Limits__NoSuchLimit", "1", "NoSuchLimit")]
    [InlineData("FACEEDGE__NoSuchSetting", "1", "NoSuchSetting")]
    [InlineData("FACEEDGE__Urls", "here", "Urls")]
    public async Task InTheEnvironmentIsNamedInOneLine(string variable, string value, string name) => AssertRefused(
        await DaemonProcess.RunToEndAsync(new DaemonStart { Environment = { [variable] = value } }, "serve"), name);

    [Theory]
    [InlineData("{ \"Limits\": { \"MaxPixels\": ", "appsettings.json")]
    [InlineData("no JSON at all", "appsettings.json")]
    [InlineData("[1, 2]", "appsettings.json")]
    [InlineData("{ \"Limits\": { \"MaxPixels\": \"many\" } }", "MaxPixels")]
    [InlineData("{ \"Limits\": { \"MaxPixel\": 5 } }", "MaxPixel")]
    public async Task InTheFileBesideTheBinaryIsNamedInOneLine(string content, string name)
    {
        using var copy = new PublishCopy();
        await File.WriteAllTextAsync(copy.File("appsettings.json"), content);
        AssertRefused(await DaemonProcess.RunToEndAsync(new DaemonStart { Binary = copy.Binary }, "serve"), name);
    }

    private static void AssertRefused(DaemonEnd end, string name)
    {
        Assert.True(end.ExitCode == ConfigurationExit, $"ended with {end.ExitCode}: {end.Error}");
        Assert.Contains(name, Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.StartsWith("faceedge: configuration: ", end.Error, StringComparison.Ordinal);
        Assert.Empty(end.Output);
    }
}
