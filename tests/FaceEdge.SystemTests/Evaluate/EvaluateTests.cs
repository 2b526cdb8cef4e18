using System.Text.Json;

namespace FaceEdge.SystemTests.Evaluate;

/// <summary><c>faceedge evaluate</c> on a small folder: one man five times, three people once, a text file and a photo without a face.</summary>
public sealed class EvaluateTests : IDisposable
{
    private static readonly string[] Franck = ["franck_01829.jpg", "franck_02159.jpg", "franck_02888.jpg", "franck_04035.jpg", "franck_04117.jpg"];
    private readonly TempFolder _folder = new();

    public EvaluateTests()
    {
        Directory.CreateDirectory(_folder.File("franck"));
        foreach (string name in Franck)
        {
            File.Copy(Product.Photo(name), _folder.File($"franck/{name}"));
        }

        File.Copy(Product.Photo("cage.jpg"), _folder.File("Cage_0001.jpg"));
        File.Copy(Product.Photo("audrey.jpg"), _folder.File("Audrey_0001.jpg"));
        File.Copy(Product.Photo("SeanConnery.jpg"), _folder.File("Connery_0001.jpg"));
        File.WriteAllText(_folder.File("Text_0001.jpg"), "no photo");
        File.WriteAllBytes(_folder.File("Nobody_0001.png"), Tool.Run("convert", null, "-size", "200x200", "gradient:", "png:-"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PairsAreJudgedAndTheCurveIsDrawn()
    {
        string svg = _folder.File("roc.svg");
        await File.WriteAllLinesAsync(_folder.File("pairs.csv"),
        [
            "fold,a,b,same", "0,franck/franck_01829.jpg,franck/franck_02159.jpg,1", "0,Cage_0001.jpg,Audrey_0001.jpg,0",
            "1,franck/franck_02159,franck/franck_04117,1", "1,Connery_0001.jpg,Audrey_0001.jpg,0", "1,Connery_0001.jpg,Text_0001.jpg,0",
        ]);
        JsonElement report = await RunAsync("pairs", "--pairs", _folder.File("pairs.csv"), "--roc", svg);
        Assert.Equal("fr512", report.GetProperty("encoder").GetString());
        Assert.Equal(6, report.GetProperty("people").GetInt32());
        Assert.Equal(1, report.GetProperty("refused").GetProperty("unsupported_format").GetInt32());
        Assert.Equal(1, report.GetProperty("refused").GetProperty("no_face").GetInt32());
        Assert.Equal(1, report.GetProperty("accuracy").GetProperty("mean").GetDouble());
        Assert.Equal((5, 4), (report.GetProperty("accuracy").GetProperty("pairs").GetInt32(), report.GetProperty("accuracy").GetProperty("compared").GetInt32()));
        JsonElement all = report.GetProperty("allPairs");
        Assert.Equal((10, 18), (all.GetProperty("genuine").GetInt32(), all.GetProperty("impostor").GetInt32()));
        Assert.Equal(1, all.GetProperty("roc")[0].GetProperty("tpr").GetDouble()); // At the lowest rate that 18 pairs can show.
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(svg), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamGivesEveryPersonOneIdAndLeavesNothingBehind()
    {
        using var temporary = new TempFolder();
        JsonElement report = await RunAsync(new DaemonStart { Environment = { ["TMPDIR"] = temporary.Path } }, "stream", "--seeds", "2", "--sizes", "100");
        JsonElement size = Assert.Single(report.GetProperty("sizes").EnumerateArray());
        Assert.Equal(4, size.GetProperty("ids").GetDouble());
        Assert.Equal((1, 0, 0), (size.GetProperty("f1").GetDouble(), size.GetProperty("falseMergeRate").GetDouble(), size.GetProperty("fpir").GetDouble()));
        Assert.Equal(2, size.GetProperty("refusedPhotos").GetDouble());
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact]
    public async Task SettingsCountHereToo()
    {
        JsonElement report = await RunAsync("stream", "--seeds", "1", "--sizes", "100", "--Gallery:Threshold", "0.999", "--Vision:Encoder", "mfn192");
        Assert.Equal("mfn192", report.GetProperty("encoder").GetString());
        Assert.Equal(Franck.Length + 3, report.GetProperty("sizes")[0].GetProperty("ids").GetDouble());
    }

    [Fact]
    public async Task CoveredFacesMakeNoNewPeopleAndOrdinaryOnesPass()
    {
        using var temporary = new TempFolder();
        foreach (string photo in Directory.EnumerateFiles(_folder.Path, "*.*", SearchOption.AllDirectories).Where(file => Franck[2..].Any(name => file.EndsWith(name, StringComparison.Ordinal))))
        {
            File.Delete(photo);
        }

        // Small ones, so that drawing takes moments.
        foreach (string name in (string[])["franck/" + Franck[0], "franck/" + Franck[1], "Cage_0001.jpg", "Audrey_0001.jpg", "Connery_0001.jpg"])
        {
            await File.WriteAllBytesAsync(_folder.File(name), Tool.Run("convert", null, _folder.File(name), "-resize", "240x240", "jpg:-"));
        }

        JsonElement report = await RunAsync(new DaemonStart { Environment = { ["TMPDIR"] = temporary.Path } }, "covered", "--strangers", "5");
        Assert.Equal(1, report.GetProperty("known").GetInt32()); // Only one has two photos.
        foreach (JsonElement kind in report.GetProperty("ofKnown").EnumerateArray())
        {
            Assert.Equal(1, kind.GetProperty("photos").GetInt32());
            Assert.Equal((0, 0), (kind.GetProperty("new").GetInt32(), kind.GetProperty("wrong").GetInt32()));
        }

        JsonElement strangers = report.GetProperty("ofStrangers")[0];
        Assert.Equal(("clean", 3, 0), (strangers.GetProperty("kind").GetString(), strangers.GetProperty("new").GetInt32(), strangers.GetProperty("wrong").GetInt32()));
        Assert.Equal(["no_face", "unsupported_format"], strangers.GetProperty("refused").EnumerateObject().Select(static code => code.Name));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact]
    public async Task FoundFacesAreHeldAgainstTheAnnotatedOnes()
    {
        File.Copy(Product.Photo("sample1.jpg"), _folder.File("group.jpg"));
        await File.WriteAllLinesAsync(_folder.File("faces.csv"),
            ["photo,x,y,w,h", "group.jpg,508,473,190,242", "group.jpg,5,5,8,8", "Nobody_0001.png,,,,", "Text_0001.jpg,10,10"]);
        JsonElement report = await RunAsync("detect", "--annotations", _folder.File("faces.csv"));
        Assert.Equal((3, 1, 2, 2, 1), (
            report.GetProperty("faces").GetInt32(), report.GetProperty("hits").GetInt32(), report.GetProperty("misses").GetInt32(),
            report.GetProperty("falseBoxes").GetInt32(), report.GetProperty("whole").GetInt32())); // Two more people stand beside the one annotated.
    }

    [Theory]
    [InlineData(66, "there is no folder", "pairs", "--folder", "/nowhere")]
    [InlineData(66, "no list of numbers", "stream", "--sizes", "many")]
    [InlineData(66, "can not be read", "detect", "--annotations", "/nowhere.csv")]
    [InlineData(66, "too few", "calibrate")]
    [InlineData(66, "can not be written", "pairs", "--roc", "/nowhere/roc.svg")]
    [InlineData(64, "--seeds must be a whole number from 1 to 1000, not '0'", "stream", "--seeds", "0")]
    [InlineData(64, "--folder", "pairs", "--json")]
    [InlineData(78, "Gallery:FalsePositiveRate", "stream", "--Gallery:FalsePositiveRate", "2")]
    [InlineData(72, "names no encoder", "stream", "--Vision:Encoder", "none")]
    public async Task WhatCanNotBeEvaluatedIsOneLine(int code, string said, params string[] arguments)
    {
        bool own = arguments.Contains("--folder") || arguments.Contains("--json");
        DaemonEnd end = await DaemonProcess.RunToEndAsync(["evaluate", .. arguments, .. own ? (string[])[] : ["--folder", _folder.Path]]);
        Assert.Equal(code, end.ExitCode);
        Assert.Contains(said, Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(end.Output);
    }

    [Fact]
    public async Task WithoutAVerbItTellsItsVerbs()
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync("evaluate");
        Assert.Equal(64, end.ExitCode);
        Assert.Contains("pairs, stream, detect, calibrate, covered", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
    }

    private Task<JsonElement> RunAsync(params string[] arguments) => RunAsync(new DaemonStart(), arguments);

    private async Task<JsonElement> RunAsync(DaemonStart start, params string[] arguments)
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(start, ["evaluate", .. arguments, "--json", "--folder", _folder.Path]);
        Assert.True(end.ExitCode == 0, end.Output + end.Error);
        Assert.Empty(end.Error);
        return JsonDocument.Parse(end.Output).RootElement;
    }
}
