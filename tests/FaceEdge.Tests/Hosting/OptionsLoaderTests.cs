using FaceEdge.Hosting;

namespace FaceEdge.Tests.Hosting;

public class OptionsLoaderTests
{
    private const string NoFile = "/nonexistent/faceedge.json";

    [Fact]
    public void DefaultsListenOnLoopbackOnly() => Assert.Equal("http://127.0.0.1:5000", OptionsLoader.Load([], NoFile).Urls);

    [Fact]
    public void TheDataDirectoryDoesNotDependOnTheCurrentFolder()
    {
        string data = OptionsLoader.Load([], NoFile).DataDirectory;
        Assert.True(Path.IsPathRooted(data));
        Assert.DoesNotContain(Environment.CurrentDirectory, data);
    }

    [Fact]
    public void TheCommandLineReachesEverySection()
    {
        FaceEdgeOptions options = OptionsLoader.Load(
            ["--Limits:MaxPixels", "5000", "--Storage:KeepImages=none", "--Logging:LogLevel:Default", "Error", "--Vision:Threads=2"], NoFile);

        Assert.Equal(5000, options.Limits.MaxPixels);
        Assert.Equal(KeepImages.None, options.Storage.KeepImages);
        Assert.Equal(LogLevel.Error, options.Logging.LogLevel["Default"]);
        Assert.Equal(2, options.Vision.Threads);
    }

    [Fact]
    public void TheCommandLineWinsOverTheFile()
    {
        using var file = new TemporaryFile("""{ "Urls": "http://127.0.0.1:7000", "Limits": { "MaxPixels": 77 } }""");
        FaceEdgeOptions options = OptionsLoader.Load(["--Urls", "http://127.0.0.1:8000"], file.Path);

        Assert.Equal("http://127.0.0.1:8000", options.Urls);
        Assert.Equal(77, options.Limits.MaxPixels);
    }

    [Theory]
    [InlineData("MaxPixels", "--Limits:MaxPixels", "many")]
    [InlineData("MaxPixels", "--Limits:MaxPixels", "0")]
    [InlineData("MaxPixel", "--Limits:MaxPixel", "5")]
    [InlineData("KeepImages", "--Storage:KeepImages", "some")]
    [InlineData("KeepImages", "--Storage:KeepImages", "7")]
    [InlineData("Threshold", "--Gallery:Threshold", "1.5")]
    [InlineData("Urls", "--Urls", "127.0.0.1")]
    [InlineData("Urls", "--Urls", "https://127.0.0.1:5000")]
    [InlineData("Urls", "--Urls", "")]
    [InlineData("Urls", "--Urls", ";")]
    [InlineData("Limits", "--Limits", "5")]
    [InlineData("Provider", "--Vision:Provider", "abacus")]
    [InlineData("Urls", "--Urls", "http://shop.example:5000")]
    [InlineData("Urls", "--Urls", "http://127.0.0.l:5000")]
    [InlineData("Threshold", "--Gallery:Threshold", "-0.1")]
    [InlineData("Threshold", "--Gallery:Threshold", "1.4")]
    [InlineData("Threshold", "--Gallery:Threshold", "NaN")]
    [InlineData("MinFaceHeight", "--Vision:MinFaceHeight", "NaN")]
    [InlineData("Colour", "--Colour", "red")]
    [InlineData("nonsense", "nonsense", "")]
    public void AWrongSettingIsNamedInOneLine(string name, params string[] arguments)
    {
        var e = Assert.Throws<ConfigurationException>(() => OptionsLoader.Load(arguments, NoFile));
        Assert.Contains(name, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://0.0.0.0:80;http://[::1]:5000")]
    [InlineData("http://*:5000")]
    [InlineData("http://unix:/run/faceedge/socket")]
    public void AddressesToListenOnAreTaken(string urls) => Assert.Equal(urls, OptionsLoader.Load(["--Urls", urls], NoFile).Urls);

    [Fact]
    public void SpacesBetweenAddressesAreNoPartOfThem() =>
        Assert.Equal("http://127.0.0.1:80;http://[::1]:80", OptionsLoader.Load(["--Urls", " http://127.0.0.1:80 ; http://[::1]:80"], NoFile).Urls);

    [Fact]
    public void EverySettingHasItsName()
    {
        Assert.Contains("Limits:MaxPixels", SettingNames.All);
        Assert.Contains("Urls", SettingNames.All);
        Assert.Contains("Logging:LogLevel:Default", SettingNames.All);
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.All(SettingNames.All.Where(static name => !name.StartsWith("Logging:", StringComparison.Ordinal)), name => Assert.Contains($"`{name}`", readme));
    }

    [Fact]
    public void AnOptionWithoutAValueIsRefused() =>
        Assert.Contains("--Urls", Assert.Throws<ConfigurationException>(() => OptionsLoader.Load(["--Urls"], NoFile)).Message);

    [Theory]
    [InlineData("{\n  \"Urls\": \"http://127.0.0.1:7000\"\n  \"Limits\": {}\n}", "line 3, column 3")]
    [InlineData("{\n  // a comment\n  \"Limits\": {\n    \"MaxPixels\": \"many\",\n  }\n}", "line 4: ")]
    [InlineData("{\n  \"Limits\": {\n    \"MaxPixels\": 0\n  }\n}", "line 3: Limits:MaxPixels must be")]
    [InlineData("{\n  \"Limits\": {\n    \"MaxPixel\": 5\n  }\n}", "line 3: there is no setting 'MaxPixel'")]
    [InlineData("{\n  \"Urls\": \"x\",\n  \"Urls\": \"y\"\n}", "line 3: A duplicate key 'Urls'")]
    [InlineData("{\n  \"Urls\": \"ftp://x\" }", "line 2: Urls: 'ftp://x'")]
    [InlineData("\uFEFF{\n \"Colour\": \"red\" }", "line 2: there is no setting 'Colour'")]
    [InlineData("", "line 1, column 1")]
    [InlineData("[ 1 ]", "must be an object")]
    public void AWrongFileIsNamedWithItsLine(string text, string expected)
    {
        using var file = new TemporaryFile(text);
        var e = Assert.Throws<ConfigurationException>(() => OptionsLoader.Load([], file.Path));
        Assert.Contains(file.Path, e.Message);
        Assert.Contains(expected, e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("LineNumber", e.Message);
    }

    [Fact]
    public void AWrongSettingOfTheCommandLineIsNotBlamedOnTheFile()
    {
        using var file = new TemporaryFile("""{ "Limits": { "MaxPixels": 5 } }""");
        var e = Assert.Throws<ConfigurationException>(() => OptionsLoader.Load(["--Limits:MaxPixels", "0"], file.Path));
        Assert.StartsWith("command line, --Limits:MaxPixels: ", e.Message);
    }
}
