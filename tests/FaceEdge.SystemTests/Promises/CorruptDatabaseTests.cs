namespace FaceEdge.SystemTests.Promises;

/// <summary>A damaged database is set aside whole, the operator is told, and the daemon goes on with ids nobody ever had.</summary>
public class CorruptDatabaseTests
{
    /// <summary>Where the damage is: the share of the file at which it begins, its length in bytes.</summary>
    [Theory]
    [InlineData("header", 0.0, 100)]
    [InlineData("schema and first tables", 0.0, 20_000)]
    [InlineData("pages in the middle", 0.4, 16_384)]
    [InlineData("all of it", 0.0, int.MaxValue)]
    public async Task IsSetAsideAndIdsGoOnAbove(string what, double from, int length)
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

            // 5. Nobody gets an id that somebody had.
            Assert.Equal(0, await daemon.Client.PeopleAsync());
            long next = await daemon.Client.IdOfAsync(People.Cage);
            Assert.True(next > Given, $"{what}: the next id is {next}, but {Given} were given");
            Assert.Equal(next, await daemon.Client.IdOfAsync(People.Cage));
            daemon.KillHard();
        }

        // 6. The next start is an ordinary one.
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Single(Directory.GetFiles(folder.Path, "Image.db.corrupt-*"));
            Assert.True(await daemon.Client.IdOfAsync(People.Cage) > Given);
            Assert.False((await daemon.Client.GetAsync("/readyz")).Json.TryGetProperty("warning", out _));
        }
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
