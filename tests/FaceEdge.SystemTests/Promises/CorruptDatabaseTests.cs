namespace FaceEdge.SystemTests.Promises;

/// <summary>A damaged database is set aside whole, whoever can be read in it is known as before, the operator is told who is not, and ids go on above.</summary>
public class CorruptDatabaseTests
{
    /// <summary>Where the damage is: the share of the file at which it begins, its length in bytes; and how many are known all the same.</summary>
    [Theory]
    [InlineData("header", 0.0, 100, 4)]
    [InlineData("schema and first tables", 0.0, 20_000, 4)]
    [InlineData("pages in the middle", 0.4, 16_384, 1)]
    [InlineData("all of it", 0.0, int.MaxValue, 0)]
    public async Task IsSetAsideAndWhoCanBeReadIsKept(string what, double from, int length, int atLeast)
    {
        using var folder = new TempFolder();
        var database = new ImageDb(folder.Path);
        var start = new DaemonStart { DataDirectory = folder.Path };

        // 1. Five people, of whom the last is forgotten, so that the highest id is in no row; a clean stop.
        const int Given = 5;
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            foreach (PersonPhoto person in People.All.Take(Given))
            {
                await daemon.Client.IdOfAsync(person.Jpeg);
            }

            Assert.Equal(204, await daemon.Client.ForgetAsync(Given));
            Assert.Equal(0, await daemon.StopAsync());
        }

        // 2. Random bytes.
        byte[] damaged = await File.ReadAllBytesAsync(database.File);
        int at = (int)(damaged.Length * from);
        new Random(3).NextBytes(damaged.AsSpan(at, Math.Min(length, damaged.Length - at)));
        await File.WriteAllBytesAsync(database.File, damaged);

        // 3. It runs; the damaged file lies beside, byte for byte, under a name with the time in it.
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            string aside = Assert.Single(Directory.GetFiles(folder.Path, "Image.db.corrupt-*"));
            Assert.Matches(@"Image\.db\.corrupt-\d{8}T?\d{6}", aside);
            Assert.Equal(damaged, await File.ReadAllBytesAsync(aside));

            // 4. The operator reads what happened, where the file is and what to do; the readiness check tells it, too.
            Assert.Contains(aside, daemon.ErrorText, StringComparison.Ordinal);
            Assert.Contains("set aside", daemon.ErrorText, StringComparison.Ordinal);
            Assert.Contains("To go back: stop the daemon", daemon.ErrorText, StringComparison.Ordinal);
            Assert.Contains(aside, (await daemon.Client.GetAsync("/readyz")).Json.GetProperty("warning").GetString(), StringComparison.Ordinal);

            // 5. Whoever could be read is who they were, and nobody gets an id that somebody had.
            long known = await daemon.Client.PeopleAsync();
            Assert.InRange(known, atLeast, Given - 1);
            long same = 0;
            for (int i = 0; i < Given - 1; i++)
            {
                long id = await daemon.Client.IdOfAsync(People.All[i].Jpeg);
                Assert.True(id == i + 1 || id > Given, $"{what}: {People.All[i].Name} was {i + 1} and is {id}");
                same += id == i + 1 ? 1 : 0;
            }

            Assert.Equal(known, same);
            Assert.True(await daemon.Client.IdOfAsync(People.All[Given].Jpeg) > Given, what);
            daemon.KillHard();
        }

        // 6. The next start is an ordinary one.
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Single(Directory.GetFiles(folder.Path, "Image.db.corrupt-*"));
            Assert.Equal(Given, await daemon.Client.PeopleAsync());
            Assert.False((await daemon.Client.GetAsync("/readyz")).Json.TryGetProperty("warning", out _));
        }
    }

    [Fact]
    public async Task AChangedByteLeavesOneFaceOutAndNamesItsPerson()
    {
        using var folder = new TempFolder();
        var database = new ImageDb(folder.Path);
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
            Assert.Equal(0, await daemon.StopAsync());
        }

        byte[] file = await File.ReadAllBytesAsync(database.File);
        byte[] encoding = database.View().Single(row => row.Person == 2).Encoding;
        file[file.AsSpan().IndexOf(encoding) + 1000] ^= 4;
        await File.WriteAllBytesAsync(database.File, file);

        DaemonEnd verify = await DaemonProcess.RunToEndAsync("verify", "--DataDirectory", folder.Path);
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains("person 2: the encoding of face 2 (fr512) is damaged", verify.Output, StringComparison.Ordinal);
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Contains("of the people 2", (await daemon.Client.GetAsync("/readyz")).Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
            Assert.Contains("faceedge_damaged_faces 1\n", (await daemon.Client.GetAsync("/metrics")).Body, StringComparison.Ordinal);
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(0, await daemon.StopAsync());
        }

        // What can be read, in a new file.
        DaemonEnd salvage = await DaemonProcess.RunToEndAsync("salvage", database.File, folder.File("new.db"));
        Assert.Equal(1, salvage.ExitCode);
        Assert.Contains("person 2: no face can be read", salvage.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync("verify", folder.File("new.db"))).ExitCode);
    }

    [Fact]
    public async Task TwoDamagedDatabasesLieBesideEachOther()
    {
        using var folder = new TempFolder();
        var database = new ImageDb(folder.Path);
        for (int i = 1; i <= 2; i++)
        {
            await File.WriteAllBytesAsync(database.File, [.. "this was never a database "u8, (byte)i]);
            await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path });
            Assert.Equal(i, Directory.GetFiles(folder.Path, "Image.db.corrupt-*").Length);
            await daemon.Client.IdOfAsync(People.Cage);
            Assert.Equal(0, await daemon.StopAsync());
        }
    }

    [Fact]
    public async Task ADeletedDatabaseDoesNotMakeIdsStartOver()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
            Assert.Equal(0, await daemon.StopAsync());
        }

        foreach (string file in Directory.GetFiles(folder.Path, "Image.db").Concat(Directory.GetFiles(folder.Path, "Image.db-*")))
        {
            File.Delete(file);
        }

        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.True(await daemon.Client.IdOfAsync(People.Connery) > 2);
        }
    }
}
