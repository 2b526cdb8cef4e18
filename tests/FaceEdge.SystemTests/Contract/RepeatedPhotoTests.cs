using System.Text.Json;

namespace FaceEdge.SystemTests.Contract;

/// <summary>The same bytes posted twice: answered without work, and with what a look at them would have said.</summary>
public class RepeatedPhotoTests
{
    private const string Repeats = "faceedge_repeated_photos_total ";
    private const string Decoded = "faceedge_recognition_duration_seconds_count{stage=\"decode\"} ";

    [Fact]
    public async Task TheSecondPostIsNobodyNewAndTeachesNothing()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        JsonElement first = await DetailsAsync(daemon, People.Cage);
        JsonElement second = await DetailsAsync(daemon, People.Cage);
        Assert.Equal((1, true), (first.GetProperty("id").GetInt64(), first.GetProperty("new").GetBoolean()));
        Assert.Equal((1, false), (second.GetProperty("id").GetInt64(), second.GetProperty("new").GetBoolean()));
        Assert.InRange(second.GetProperty("similarity").GetDouble(), 0.999, 1);
        foreach (string same in (string[])["box", "quality", "faces"])
        {
            Assert.Equal(first.GetProperty(same).GetRawText(), second.GetProperty(same).GetRawText());
        }

        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage)); // Without details too.
        Assert.Equal((2, 1), (await NumberAsync(daemon, Repeats), await NumberAsync(daemon, Decoded)));
        Assert.Equal(1, await NumberAsync(daemon, "faceedge_outcomes_total{outcome=\"new\"} "));
        Assert.Equal(2, await NumberAsync(daemon, "faceedge_outcomes_total{outcome=\"match\"} "));
        Assert.Equal(2, daemon.ErrorText.Split("predict: person 1, new False").Length - 1);
        Assert.Equal(0, await daemon.StopAsync()); // What is learned is written by then.
        Assert.Equal((1, 1), daemon.Database.Counts());
    }

    [Fact]
    public async Task FacesThatNobodyCountedAreCountedWhenAskedFor()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(People.Photo("sample5.jpg"));
        int faces = (await DetailsAsync(daemon, People.Photo("sample5.jpg"))).GetProperty("faces").GetInt32();
        Assert.True(faces > 3, $"{faces} faces were counted");
        Assert.Equal(faces, (await DetailsAsync(daemon, People.Photo("sample5.jpg"))).GetProperty("faces").GetInt32());
        Assert.Equal(1, await NumberAsync(daemon, Repeats));
    }

    [Fact]
    public async Task ADeletedPersonsPhotoIsSomebodyNew()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        for (int id = 1; id <= 3; id++)
        {
            Assert.True((await DetailsAsync(daemon, People.Cage)).GetProperty("new").GetBoolean());
            Assert.Equal(id, await daemon.Client.IdOfAsync(People.Cage));
            Assert.True(await NumberAsync(daemon, "faceedge_cache_bytes ") > 2048);
            Assert.Equal(204, await daemon.Client.ForgetAsync(id));
            Assert.Equal(0, await NumberAsync(daemon, "faceedge_cache_bytes "));
        }
    }

    [Fact]
    public async Task ARefusedPhotoIsAnsweredOnceSomebodyIsRegisteredWhomItShows()
    {
        byte[] small = People.Variant(People.Cage, "jpg", "-resize", "8%", "-quality", "95");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        (await daemon.Client.PredictAsync(small)).AssertError(422, "face_too_small");
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(1, await daemon.Client.IdOfAsync(small));
    }

    /// <summary>
    /// The middle photo is like the first one, and more like the last. It is answered with the first person's id until the last one is
    /// registered as somebody else.
    /// </summary>
    [Fact]
    public async Task ANearerPersonRegisteredMeanwhileIsTheAnswer()
    {
        byte[] first = People.Photo("franck_01829.jpg");
        byte[] middle = People.Photo("franck_02221.jpg");
        byte[] last = People.Photo("franck_02159.jpg");
        double near = await SimilarityAsync(first, middle);
        double far = await SimilarityAsync(first, last);
        Assert.True(await SimilarityAsync(last, middle) > near && near > far + 0.01, $"unfit photos: {near} {far}");

        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            "--Gallery:MaxFacesPerPerson", "1", "--Gallery:Threshold", FormattableString.Invariant($"{(near + far) / 2}"));
        Assert.Equal(1, await daemon.Client.IdOfAsync(first));
        Assert.Equal(1, await daemon.Client.IdOfAsync(middle));
        Assert.Equal(2, await daemon.Client.IdOfAsync(last));
        Assert.Equal(2, await daemon.Client.IdOfAsync(middle));
        Assert.Equal(1, await NumberAsync(daemon, Repeats)); // Looked up anew, not looked at anew.
    }

    [Fact]
    public async Task AReloadOfThresholdOrLimitsIsHeeded()
    {
        using var etc = new TempFolder();
        using var systemd = new ServiceNotifications();
        string[] mount = MountNamespace.WithFolderAt(etc.Path, "/etc");
        Directory.CreateDirectory(etc.File("faceedge"));
        string file = etc.File("faceedge/faceedge.json");
        await File.WriteAllTextAsync(file, """{ "Gallery": { "MaxFacesPerPerson": 1 } }""");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart
        {
            Wrapper = [.. mount, "sh", "-c", "exec \"$@\" </dev/null", "sh"],
            Environment = { ["NOTIFY_SOCKET"] = systemd.Address },
        });
        systemd.Until("READY=1");
        byte[] other = People.Photo("cage2_crop.jpg");
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(1, await daemon.Client.IdOfAsync(other));

        await ReloadAsync("""{ "Gallery": { "MaxFacesPerPerson": 1 }, "Vision": { "MinMatchHeight": 1000 } }""");
        (await daemon.Client.PredictAsync(other)).AssertError(422, "face_too_small");
        await ReloadAsync("""{ "Gallery": { "MaxFacesPerPerson": 1, "Threshold": 0.95 } }""");
        Assert.Equal(2, await daemon.Client.IdOfAsync(other));
        await ReloadAsync("""{ "Limits": { "MaxPixels": 1000 } }""");
        (await daemon.Client.PredictAsync(other)).AssertError(413, "too_many_pixels");
        await ReloadAsync("""{ "Limits": { "MaxUploadBytes": 1024 } }""");
        (await daemon.Client.PredictAsync(FaceClient.Raw(other))).AssertError(413, "file_too_large");

        async Task ReloadAsync(string settings)
        {
            await File.WriteAllTextAsync(file, settings);
            daemon.Signal(Signals.HangUp);
            systemd.Until("RELOADING=1");
            systemd.Until("READY=1");
        }
    }

    [Fact]
    public async Task AfterAChangeOfTheEncoderItIsLookedAtAnew()
    {
        using var folder = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Settings = ["--Cache:RepeatSeconds", "60"] });
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        DaemonEnd end = await DaemonProcess.RunToEndAsync("reencode", "--DataDirectory", folder.Path, "--encoder", "dlib128");
        Assert.Equal((0, ""), (end.ExitCode, end.Error));
        JsonElement again = await DetailsAsync(daemon, People.Cage);
        Assert.Equal((1, false), (again.GetProperty("id").GetInt64(), again.GetProperty("new").GetBoolean()));
        Assert.InRange(again.GetProperty("threshold").GetDouble(), 0.55, 0.65); // That of dlib128.
        Assert.Equal(0, await NumberAsync(daemon, Repeats));
    }

    [Fact]
    public async Task WhatIsRememberedGoesByItself()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Cache:RepeatSeconds", "0.5");
        await daemon.Client.IdOfAsync(People.Cage);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await NumberAsync(daemon, "faceedge_cache_bytes ") > 0)
        {
            await Task.Delay(100, patience.Token);
        }

        await daemon.Client.IdOfAsync(People.Cage);
        Assert.Equal((0, 2), (await NumberAsync(daemon, Repeats), await NumberAsync(daemon, Decoded)));
    }

    /// <summary>
    /// Posts, repeats and deletions in disorder, by a daemon that remembers and one that does not: every answer is the same, to the last digit
    /// where the encoder looks twice at everybody. Fr512 looks once at who is known well by now: two looks say almost the same.
    /// </summary>
    [Theory]
    [InlineData("mfn192", 1)]
    [InlineData("fr512", 2)]
    public async Task NoAnswerDiffersFromThatOfADaemonThatLooksEachTime(string encoder, int seed)
    {
        // One face a person: looking again would teach.
        string[] settings = ["--Vision:Encoder", encoder, "--Gallery:MaxFacesPerPerson", "1", "--Cache:RepeatSeconds"];
        await using DaemonProcess looks = await DaemonProcess.StartAsync([.. settings, "0"]);
        await using DaemonProcess remembers = await DaemonProcess.StartAsync([.. settings, "60"]);
        byte[][] photos =
        [
            .. People.All.Take(4).Select(person => person.Jpeg),
            .. People.All.Take(4).Select(person => People.Variant(person.Jpeg, "jpg", "-resize", "60%")),
            People.Variant(People.Cage, "jpg", "-resize", "8%", "-quality", "95"),
            People.Variant(People.Audrey, "jpg", "-rotate", "90"),
            People.Photo("sample5.jpg"),
        ];
        var random = new Random(seed);
        for (int i = 0; i < 80; i++)
        {
            if (random.Next(8) == 0)
            {
                int id = random.Next(1, 8);
                Assert.Equal(await looks.Client.ForgetAsync(id), await remembers.Client.ForgetAsync(id));
                continue;
            }

            byte[] photo = photos[random.Next(photos.Length)];
            string query = random.Next(2) == 0 ? "?details=true" : "";
            Answer looked = await looks.Client.PredictAsync(photo, query);
            Answer remembered = await remembers.Client.PredictAsync(photo, query);
            if (encoder == "mfn192" || query == "" || looked.Status != 200)
            {
                Assert.Equal(looked.Body, remembered.Body);
            }
            else
            {
                AssertAlike(looked.Json.GetProperty("data"), remembered.Json.GetProperty("data"));
            }
        }

        Assert.True(await NumberAsync(remembers, Repeats) > 10);
        Assert.Equal(0, await NumberAsync(looks, Repeats));
        Assert.Equal(looks.Database.Counts(), remembers.Database.Counts());
    }

    private static void AssertAlike(JsonElement looked, JsonElement remembered)
    {
        foreach (string same in (string[])["id", "new", "faces"])
        {
            Assert.Equal(looked.GetProperty(same).GetRawText(), remembered.GetProperty(same).GetRawText());
        }

        foreach (string alike in (string[])["similarity", "threshold"])
        {
            Assert.Equal(looked.GetProperty(alike).GetDouble(), remembered.GetProperty(alike).GetDouble(), 0.05);
        }
    }

    private static async Task<JsonElement> DetailsAsync(DaemonProcess daemon, byte[] photo)
    {
        Answer answer = await daemon.Client.PredictAsync(photo, "?details=true");
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json.GetProperty("data");
    }

    private static async Task<double> SimilarityAsync(byte[] known, byte[] photo)
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(known);
        return (await DetailsAsync(daemon, photo)).GetProperty("similarity").GetDouble();
    }

    private static async Task<long> NumberAsync(DaemonProcess daemon, string metric)
    {
        string line = Assert.Single((await daemon.Client.GetAsync("/metrics")).Body.Split('\n'), line => line.StartsWith(metric, StringComparison.Ordinal));
        return long.Parse(line[metric.Length..]);
    }
}
