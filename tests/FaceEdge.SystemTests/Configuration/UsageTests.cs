namespace FaceEdge.SystemTests.Configuration;

/// <summary>What is typed wrongly ends with exit status 64 and one line that says what would be right; what fails never shows a call stack.</summary>
public class UsageTests
{
    private const int Usage = 64;

    [Theory]
    [InlineData("serv", "Did you mean serve?")]
    [InlineData("bakup x.db", "Did you mean backup?")]
    [InlineData("frobnicate", "'frobnicate' is neither a command nor an option. See faceedge --help.")]
    [InlineData("serve stray", "'stray'")]
    [InlineData("verify --jsn", "Did you mean --json?")]
    [InlineData("verify a b", "'b'")]
    [InlineData("backup", "FILE")]
    [InlineData("--Urls", "--Urls")]
    [InlineData("--Urls=", "--Urls")]
    [InlineData("serve --Limits:MaxPixels", "--Limits:MaxPixels has no value")]
    [InlineData("bench --people 0", "--people must be a whole number from 1 to")]
    [InlineData("evaluate", "pairs, stream, detect, calibrate")]
    [InlineData("evaluate pair", "Did you mean pairs?")]
    [InlineData("import x --clash never", "'skip'")]
    [InlineData("completion tcsh", "'fish'")]
    [InlineData("help bakup", "Did you mean backup?")]
    [InlineData("reload", "systemctl reload faceedge")]
    [InlineData("reload 1", "is no faceedge")]
    [InlineData("verify /dev/zero", "a pipe or a device")]
    public async Task WhatIsTypedWronglyIsToldInOneLine(string arguments, string said)
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(arguments.Split(' '));
        Assert.True(end.ExitCode == Usage, $"ended with {end.ExitCode}: {end.Error}");
        Assert.StartsWith("faceedge: usage: ", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(said, end.Error, StringComparison.Ordinal);
        Assert.Empty(end.Output);
    }

    [Theory]
    [InlineData("help", "backup")]
    [InlineData("help backup", "--DataDirectory")]
    [InlineData("help evaluate pairs", "--roc")]
    [InlineData("completion bash", "complete -o default -F _faceedge faceedge")]
    [InlineData("completion zsh", "compdef _faceedge faceedge")]
    [InlineData("completion fish", "complete -c faceedge")]
    public async Task WhatManyTypeFirstIsThere(string arguments, string said)
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(arguments.Split(' '));
        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        Assert.Contains(said, end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VersionIsAVerbToo() =>
        Assert.Equal((await DaemonProcess.RunToEndAsync("--version")).Output, (await DaemonProcess.RunToEndAsync("version")).Output);

    [Fact]
    public void BashCompletesVerbsAndOptions()
    {
        string script = $"faceedge() {{ '{Product.Binary}' \"$@\"; }}; source <(faceedge completion bash); "
            + "ask() { COMP_LINE=$1 COMP_POINT=${#1}; COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _faceedge; echo \"${COMPREPLY[@]}\"; }; "
            + "ask 'faceedge ver'; ask 'faceedge verify --js'";
        string[] lines = Tool.Try("bash", null, "-c", script).Text.Split('\n');
        Assert.Contains("verify", lines[0], StringComparison.Ordinal);
        Assert.Equal("--json", lines[1]);
    }

    [Theory]
    [InlineData("backup /proc/nosuch/b.db", "/proc/nosuch")]
    [InlineData("backup {0}/plain/b.db", "plain")]
    [InlineData("export /proc/nosuch/x.db", "/proc/nosuch")]
    [InlineData("export {0}/plain/folder", "plain")]
    [InlineData("restore {0}/nosuch.db", "nosuch.db")]
    [InlineData("restore {0}/plain", "plain")]
    [InlineData("verify {0}", "")]
    [InlineData("verify {0}/nosuch.db", "nosuch.db")]
    [InlineData("import {0}", "")]
    [InlineData("import {0}/plain", "plain")]
    [InlineData("salvage {0}/plain {0}/new.db", "plain")]
    [InlineData("bench --photo {0}", "")]
    [InlineData("bench --photo {0}/nosuch.jpg", "nosuch.jpg")]
    [InlineData("evaluate pairs --folder {0}", "no photo")]
    [InlineData("evaluate pairs --folder {0}/plain", "plain")]
    [InlineData("serve --Urls http://localhost:0", "http://localhost:0")]
    [InlineData("serve --Urls http://unix:/proc/nosuch/socket", "/proc/nosuch/socket")]
    [InlineData("serve --Urls http://192.0.2.1:5000", "192.0.2.1")]
    [InlineData("serve --DataDirectory {0}/plain", "plain")]
    [InlineData("serve --DataDirectory /proc/nothing", "/proc/nothing")]
    [InlineData("serve --ModelsDirectory {0}/plain", "plain")]
    public async Task WhatCannotBeDoneIsOneLineWithoutACallStack(string arguments, string said)
    {
        using var folder = new TempFolder();
        string gallery = folder.File("gallery");
        await File.WriteAllTextAsync(folder.File("plain"), "no database");
        await MakeGalleryAsync(gallery);
        string[] given = [.. arguments.Split(' ').Select(argument => string.Format(null, argument, folder.Path))];
        string[] more = given[0] is "evaluate" or "bench" or "salvage" || given.Contains("--DataDirectory") ? [] : ["--DataDirectory", gallery];
        DaemonEnd end = await DaemonProcess.RunToEndAsync([.. given, .. more]);
        Assert.NotEqual(0, end.ExitCode);
        Assert.NotEqual(70, end.ExitCode);
        Assert.Contains(said, Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", end.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cd {0} && rmdir {0} && exec \"$@\"", "backup", "x.db")]
    [InlineData("exec \"$@\" >/dev/full", "verify")]
    [InlineData("exec \"$@\" >&-", "verify")]
    [InlineData("exec \"$@\" 2>/dev/full", "verify", "/proc/nosuch")]
    [InlineData("exec env -u HOME -u XDG_DATA_HOME setpriv --reuid 54321 --clear-groups \"$@\"", "verify")]
    public async Task OddSurroundingsAreNoReasonForACallStack(string shell, params string[] arguments)
    {
        using var folder = new TempFolder();
        string current = Directory.CreateDirectory(folder.File("current")).FullName;
        string gallery = folder.File("gallery");
        await MakeGalleryAsync(gallery);
        var start = new DaemonStart { Wrapper = ["sh", "-c", string.Format(null, shell, current), "sh"] };
        DaemonEnd end = await DaemonProcess.RunToEndAsync(start, [.. arguments, "--DataDirectory", gallery]);
        Assert.True(end.ErrorLines.Length <= 1 && end.ExitCode is 0 or 74 or 78, $"ended with {end.ExitCode}: {end.Error}");
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("per%2Dcent")]
    [InlineData("ha#sh")]
    [InlineData("what?mode=rw")]
    [InlineData("Büro äöü")]
    [InlineData("semi;colon&amp=1")]
    public async Task AnyNameOfAFolderOrFileIsTaken(string name)
    {
        using var folder = new TempFolder();
        string here = Directory.CreateDirectory(folder.File(name)).FullName;
        string gallery = Path.Combine(here, "data"), backup = Path.Combine(here, $"{name}.db");
        await MakeGalleryAsync(gallery);
        await SucceedsAsync("backup", backup, "--DataDirectory", gallery);
        await SucceedsAsync("verify", backup);
        await SucceedsAsync("verify", "--DataDirectory", gallery);
        await SucceedsAsync("export", Path.Combine(here, "old.db"), "--as-stored", "--DataDirectory", gallery);
        await SucceedsAsync("export", Path.Combine(here, "photos"), "--DataDirectory", gallery);
        await SucceedsAsync("restore", backup, "--DataDirectory", gallery);
        await SucceedsAsync("restore", backup, "--DataDirectory", Path.Combine(here, "other"));
        await SucceedsAsync("salvage", backup, Path.Combine(here, "salvaged.db"));
        await SucceedsAsync("import", Path.Combine(here, "old.db"), "--dry-run", "--DataDirectory", Path.Combine(here, "third"));
        Assert.Single(Directory.GetDirectories(folder.Path));
    }

    [Fact]
    public async Task SomebodyElseIsToldWhomToRunAs()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can give a folder to somebody else.");
        using var folder = new TempFolder();
        string gallery = folder.File("gallery");
        await MakeGalleryAsync(gallery);
        Tool.Run("chown", null, "-R", "daemon", gallery);
        Tool.Run("chmod", null, "755", folder.Path);
        var nobody = new DaemonStart { Wrapper = ["setpriv", "--reuid", "nobody", "--clear-groups"], Binary = Readable(folder) };
        foreach (string[] verb in (string[][])[["verify"], ["backup", "/tmp/never.db"], ["export", "/tmp/never.db"], ["reencode", "--encoder", "mfn192"]])
        {
            DaemonEnd end = await DaemonProcess.RunToEndAsync(nobody, [.. verb, "--DataDirectory", gallery]);
            Assert.Equal(74, end.ExitCode);
            Assert.Contains($"Run with sudo -u daemon: sudo -u daemon faceedge {verb[0]}", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        }

        DaemonEnd doctor = await DaemonProcess.RunToEndAsync(nobody, "doctor", "--DataDirectory", gallery);
        Assert.Contains("Run with sudo -u daemon: sudo -u daemon faceedge doctor", doctor.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("chown", doctor.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("the first start makes it", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReloadIsToldOnlyWhenTheSettingsAreRight()
    {
        using var etc = new TempFolder();
        Directory.CreateDirectory(etc.File("faceedge"));
        string[] mount = MountNamespace.WithFolderAt(etc.Path, "/etc");
        string file = etc.File("faceedge/faceedge.json");
        await File.WriteAllTextAsync(file, "{}");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { Wrapper = [.. mount, "sh", "-c", "exec \"$@\" </dev/null", "sh"] });
        var beside = new DaemonStart { Wrapper = mount, Environment = { ["MAINPID"] = $"{daemon.Id}" } };

        await File.WriteAllTextAsync(file, "{ \"Storage\": { \"KeepImages\": \"some\" } }");
        DaemonEnd refused = await DaemonProcess.RunToEndAsync(beside, "reload");
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("faceedge.json, line 1: Storage:KeepImages: 'some' is not one of Crop, Original, None", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "{ \"Limits\": { \"MaxUploadBytes\": 2000 } }");
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync(beside, "reload")).ExitCode);
        Answer answer;
        do
        {
            answer = await daemon.Client.PredictAsync(People.Cage);
        }
        while (answer.Status == 200);
        answer.AssertError(413, "file_too_large");
        await daemon.StopAsync();
        Assert.DoesNotContain("reload: refused", daemon.ErrorText, StringComparison.Ordinal);
    }

    private static async Task SucceedsAsync(params string[] arguments)
    {
        DaemonEnd end = await DaemonProcess.RunToEndAsync(arguments);
        Assert.True(end.ExitCode == 0, $"{string.Join(' ', arguments)} ended with {end.ExitCode}: {end.Error}");
    }

    private static async Task MakeGalleryAsync(string folder)
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder });
        await daemon.Client.IdOfAsync(People.Cage);
        await daemon.StopAsync();
    }

    /// <summary>The binary where another user may run it: the repository may lie in a closed home.</summary>
    private static string Readable(TempFolder folder)
    {
        Tool.Run("cp", null, "-r", Product.Folder, folder.File("program"));
        Tool.Run("chmod", null, "-R", "a+rX", folder.File("program"));
        return Path.Combine(folder.File("program"), Path.GetFileName(Product.Binary));
    }
}
