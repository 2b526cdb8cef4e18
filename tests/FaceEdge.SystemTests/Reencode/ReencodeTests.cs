using System.Diagnostics;
using System.Text.Json;

namespace FaceEdge.SystemTests.Reencode;

/// <summary>A change of the encoder on a living gallery: <c>faceedge reencode</c>.</summary>
public class ReencodeTests
{
    private const string Wanted = "SELECT count(*) FROM meta WHERE key = 'encoder_wanted'";
    private const string Prepared = "SELECT count(*) FROM face_encoding";

    private static readonly PersonPhoto[] Known = [.. People.All.Take(8)];

    [Fact]
    public async Task EverybodyKeepsTheirIdAndEveryPhotoIsAnsweredMeanwhile()
    {
        using var folder = new TempFolder();
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path }))
        {
            // 1. Eight people, and photos of them that never stop coming.
            await EnrolAsync(daemon, Known);
            using var stop = new CancellationTokenSource();
            Task<int> posting = PostUntilAsync(daemon, stop.Token);

            // 2. The change, while two more people enrol.
            Task<DaemonEnd> reencoding = ReencodeAsync(folder, "dlib128");
            Assert.Equal(9, await daemon.Client.IdOfAsync(People.All[8].Jpeg));
            Assert.Equal(10, await daemon.Client.IdOfAsync(People.All[9].Jpeg));
            DaemonEnd end = await reencoding;
            Assert.Equal((0, ""), (end.ExitCode, end.Error));
            Assert.Contains("dlib128 is in force", end.Output);
            Assert.Equal("dlib128", await EncoderAsync(daemon));

            // 3. Nobody became somebody else, before, during or after.
            await stop.CancelAsync();
            Assert.True(await posting > 0, "no photo was posted meanwhile, so nothing was tested");
            await AssertKnownAsync(daemon, 10);
            JsonElement details = (await daemon.Client.PredictAsync(Known[0].Jpeg, "?details=true")).Json.GetProperty("data");
            Assert.InRange(details.GetProperty("threshold").GetDouble(), 0.55, 0.65); // 1 - distance; fr512 is below 0.5 with so few people.
            Assert.Equal(0, await daemon.StopAsync());
        }

        // 4. Nor after a restart, whatever the settings say.
        await using DaemonProcess again = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Settings = ["--Vision:Encoder", "fr512"] });
        Assert.Equal("dlib128", await EncoderAsync(again));
        Assert.Contains("Vision:Encoder is fr512, but the people were enrolled with dlib128", again.ErrorText);
        await AssertKnownAsync(again, 10);
        Assert.Equal(10, again.Database.Counts().People);
        again.Database.AssertWhole();
    }

    [Fact]
    public async Task WithoutADaemonItIsDoneAtOnceAndTheWayBackCostsOnlyWhatIsNew()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            await EnrolAsync(daemon, Known);
            Assert.Equal(0, await daemon.StopAsync());
        }

        Assert.Equal(0, (await ReencodeAsync(folder, "mfn192")).ExitCode);
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal("mfn192", await EncoderAsync(daemon));
            await AssertKnownAsync(daemon, Known.Length);
            Assert.Equal(0, await daemon.StopAsync());
        }

        DaemonEnd back = await ReencodeAsync(folder, "fr512", "--dry-run", "--json");
        JsonElement report = JsonDocument.Parse(back.Output).RootElement;
        Assert.Equal(("dry-run", "mfn192"), (report.GetProperty("outcome").GetString(), report.GetProperty("inForce").GetString()));
        Assert.Equal(Known.Length, report.GetProperty("progress").GetProperty("ready").GetInt32());
        Assert.Equal(0, (await ReencodeAsync(folder, "fr512")).ExitCode);
        await using DaemonProcess last = await DaemonProcess.StartAsync(start);
        Assert.Equal("fr512", await EncoderAsync(last));
        await AssertKnownAsync(last, Known.Length);
    }

    [Fact]
    public async Task KilledMidwayItGoesOnWhereItWas()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Gallery:MaxFacesPerPerson", "1");
        await EnrolAsync(daemon, [.. People.All]);

        // 1. Killed when the first encodings are there: the daemon has not changed.
        using Process killed = Start(daemon.DataDirectory, "dlib128", "--Limits:MaxConcurrentRecognitions", "1");
        await UntilAsync(async () =>
        {
            // It runs for moments only, so that however long looking takes, it does not get done meanwhile.
            DaemonProcess.Signal(killed.Id, Signals.Continue);
            await Task.Delay(10, TestContext.Current.CancellationToken);
            DaemonProcess.Signal(killed.Id, Signals.Stop);
            return daemon.Database.Number(Prepared) > 0;
        });
        killed.Kill();
        await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        long prepared = daemon.Database.Number(Prepared);
        Assert.True(prepared < People.All.Count, "it was done already, so nothing was tested");
        long lastRow = daemon.Database.Number("SELECT max(rowid) FROM face_encoding");
        Assert.Equal("fr512", await EncoderAsync(daemon));
        Assert.Equal(3, await daemon.Client.IdOfAsync(People.All[2].Jpeg));

        // 2. What was there is not made again.
        Assert.Equal(0, (await ReencodeAsync(daemon.DataDirectory, "dlib128")).ExitCode);
        Assert.Equal(prepared, daemon.Database.Number($"SELECT count(*) FROM face_encoding WHERE rowid <= {lastRow}"));
        Assert.Equal(People.All.Count, daemon.Database.Number(Prepared));
        Assert.Equal("dlib128", await EncoderAsync(daemon));
        await AssertKnownAsync(daemon, 8);
    }

    [Fact]
    public async Task ADaemonKilledBeforeItChangedChangesWhenItIsBack()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using DaemonProcess first = await DaemonProcess.StartAsync(start);
        await EnrolAsync(first, Known);

        // 1. It stands still while all is made ready and asked of it; then the power fails for both.
        first.Signal(Signals.Stop);
        using Process asking = Start(folder.Path, "dlib128");
        await UntilAsync(() => first.Database.Number(Wanted) == 1);
        asking.Kill();
        first.KillHard();

        // 2. It does what it was asked, and everybody is there.
        await using DaemonProcess second = await DaemonProcess.StartAsync(start);
        await UntilAsync(async () => await EncoderAsync(second) == "dlib128");
        Assert.Equal(0, second.Database.Number(Wanted));
        await AssertKnownAsync(second, Known.Length);
    }

    [Fact]
    public async Task WhoHasNoPictureIsNamedAndLeftBehindOnlyWhenToldTo()
    {
        using var folder = new TempFolder();
        await using (DaemonProcess blind = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Settings = ["--Storage:KeepImages", "none"] }))
        {
            await EnrolAsync(blind, Known[..2]);
            Assert.Equal(0, await blind.StopAsync());
        }

        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Settings = ["--Gallery:MaxFacesPerPerson", "1"] });
        Assert.Equal(3, await daemon.Client.IdOfAsync(Known[2].Jpeg));

        // 1. Named; nothing is done.
        DaemonEnd dry = await ReencodeAsync(folder, "dlib128", "--dry-run");
        Assert.Equal(0, dry.ExitCode);
        Assert.StartsWith("Left behind: 2 people have no picture that dlib128 could encode: 1, 2.", dry.Output);
        Assert.Contains("they get a new id", dry.Output);
        DaemonEnd refused = await ReencodeAsync(folder, "dlib128");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--leave-behind", refused.Error);
        Assert.Equal(("fr512", 0), (await EncoderAsync(daemon), daemon.Database.Number(Prepared)));

        // 2. Told to: they match nobody, their rows stay, and back under the old encoder they are known again.
        Assert.Equal(0, (await ReencodeAsync(folder, "dlib128", "--leave-behind")).ExitCode);
        Assert.Equal(1, await daemon.Client.PeopleAsync());
        Assert.Equal(3, await daemon.Client.IdOfAsync(Known[2].Jpeg));
        Assert.Equal((3, 3), daemon.Database.Counts());
        Assert.Equal(0, (await ReencodeAsync(folder, "fr512")).ExitCode);
        await AssertKnownAsync(daemon, 3);
    }

    [Fact]
    public async Task AFullDiskIsToldAndTheOldEncoderStays()
    {
        using var folder = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Wrapper = MountNamespace.WithTmpfs(folder.Path, 8) });
        await EnrolAsync(daemon, Known);
        string[] inside = ["nsenter", "-t", daemon.Id.ToString(), "-m"];
        Assert.SkipUnless(Tool.Try(inside[0], null, [.. inside[1..], "true"]).ExitCode == 0, "Only root can run the command in the daemon's mounts.");
        var start = new DaemonStart { Wrapper = inside };
        string[] command = ["reencode", "--encoder", "dlib128", "--DataDirectory", folder.Path];
        string filler = Path.Combine(MountNamespace.Seen(daemon, folder.Path), "filler");
        Tool.Try("dd", null, "if=/dev/zero", $"of={filler}", "bs=4096");

        DaemonEnd full = await DaemonProcess.RunToEndAsync(start, command);
        Assert.Equal(74, full.ExitCode);
        Assert.Contains("is full", full.Error);
        await AssertKnownAsync(daemon, Known.Length);

        File.Delete(filler);
        Assert.Equal("fr512", await EncoderAsync(daemon)); // only now: on a full disk /readyz answers 503
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync(start, command)).ExitCode);
        Assert.Equal("dlib128", await EncoderAsync(daemon));
        await AssertKnownAsync(daemon, Known.Length);
    }

    [Fact]
    public async Task ADaemonWithoutTheModelSaysSoAndStaysAsItIs()
    {
        // The daemon has a models folder of its own, from which the model has gone.
        using var models = new TempFolder();
        foreach (string file in Directory.GetFiles(Path.Combine(Product.Folder, "models")))
        {
            File.Copy(file, models.File(Path.GetFileName(file)));
        }

        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--ModelsDirectory", models.Path);
        await EnrolAsync(daemon, Known[..2]);
        File.Delete(models.File("mfn192.onnx"));
        DaemonEnd end = await ReencodeAsync(daemon.DataDirectory, "mfn192");
        Assert.Equal(74, end.ExitCode);
        Assert.Contains("The daemon did not change to mfn192", end.Error);
        Assert.Contains("mfn192.onnx", end.Error);
        Assert.Equal("fr512", await EncoderAsync(daemon));
        await AssertKnownAsync(daemon, 2);
    }

    [Theory]
    [InlineData("fr513", 72, "no encoder 'fr513'")]
    [InlineData("mfn192", 74, "There is no database")]
    public async Task WhatCanNotBeDoneIsOneLine(string encoder, int code, string words)
    {
        using var folder = new TempFolder();
        DaemonEnd end = await ReencodeAsync(folder, encoder);
        Assert.Equal(code, end.ExitCode);
        Assert.Contains(words, Assert.Single(end.ErrorLines));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static async Task EnrolAsync(DaemonProcess daemon, PersonPhoto[] people)
    {
        for (int i = 0; i < people.Length; i++)
        {
            Assert.Equal(i + 1, await daemon.Client.IdOfAsync(people[i].Jpeg));
        }
    }

    private static async Task AssertKnownAsync(DaemonProcess daemon, int people)
    {
        for (int i = 0; i < people; i++)
        {
            Assert.Equal(i + 1, await daemon.Client.IdOfAsync(People.All[i].Jpeg));
        }
    }

    /// <summary>Posts photos of the known ones by and by; how many were answered. A wrong id, or no answer, fails.</summary>
    private static async Task<int> PostUntilAsync(DaemonProcess daemon, CancellationToken stop)
    {
        int posted = 0;
        for (; !stop.IsCancellationRequested; posted++)
        {
            Assert.Equal((posted % Known.Length) + 1, await daemon.Client.IdOfAsync(Known[posted % Known.Length].Jpeg));
        }

        return posted;
    }

    private static async Task<string?> EncoderAsync(DaemonProcess daemon) =>
        (await daemon.Client.GetAsync("/readyz")).Json.GetProperty("encoder").GetString();

    private static Task<DaemonEnd> ReencodeAsync(TempFolder folder, string encoder, params string[] more) => ReencodeAsync(folder.Path, encoder, more);

    /// <summary>Of low priority, so it may take long on a busy machine.</summary>
    private static async Task<DaemonEnd> ReencodeAsync(string folder, string encoder, params string[] more)
    {
        using Process process = Start(folder, encoder, more);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience.Seconds(180));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"reencode took longer than three minutes; it said {await output}{await error}");
        }

        return new DaemonEnd(process.ExitCode, await output, await error);
    }

    private static Process Start(string folder, string encoder, params string[] more) =>
        Process.Start(new ProcessStartInfo(Product.Binary, ["reencode", "--encoder", encoder, "--DataDirectory", folder, .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < Patience.Seconds(120), "did not happen within two minutes"); // reencode runs at low priority
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
