using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace FaceEdge.SystemTests.Migration;

/// <summary>The original's database taken over, as its administrator would do it.</summary>
public class ImportTests
{
    [Fact]
    public async Task TheSamePeopleAreKnownUnderTheirOldIds()
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db"), data = folder.File("data");
        PersonPhoto[] people = [.. People.All.Take(6)];
        Write(old, [.. people.Select((person, i) => ((long)(100 + (7 * i)), (byte[]?)person.Jpeg, Encoding(i)))]);

        DaemonEnd dry = await DaemonProcess.RunToEndAsync("import", old, "--dry-run", "--DataDirectory", data);
        Assert.True(dry.ExitCode == 0, dry.Output + dry.Error);
        Assert.False(Directory.Exists(data));
        DaemonEnd import = await DaemonProcess.RunToEndAsync("import", old, "--DataDirectory", data);
        Assert.True(import.ExitCode == 0, import.Output + import.Error);

        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = data }))
        {
            for (int i = 0; i < people.Length; i++)
            {
                Assert.Equal(100 + (7 * i), await daemon.Client.IdOfAsync(people[i].Jpeg));
            }

            Assert.Equal(136, await daemon.Client.IdOfAsync(People.All[10].Jpeg)); // new, above the highest

            // While it runs, importing is refused and backing up is not.
            DaemonEnd refused = await DaemonProcess.RunToEndAsync("import", old, "--DataDirectory", data);
            Assert.Equal(74, refused.ExitCode);
            Assert.Contains("Another faceedge", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
            Assert.Equal(0, (await DaemonProcess.RunToEndAsync("backup", folder.File("backup.db"), "--DataDirectory", data)).ExitCode);
            Assert.Equal(74, (await DaemonProcess.RunToEndAsync("restore", folder.File("backup.db"), "--DataDirectory", data)).ExitCode);
            Assert.Equal(0, await daemon.StopAsync());
        }

        // On another machine; and out again in the original's form.
        string other = folder.File("other");
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync("restore", folder.File("backup.db"), "--DataDirectory", other)).ExitCode);
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync("verify", "--DataDirectory", other)).ExitCode);
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync("export", folder.File("export.db"), "--DataDirectory", other)).ExitCode);
        DaemonEnd again = await DaemonProcess.RunToEndAsync("import", folder.File("export.db"), "--DataDirectory", folder.File("third"));
        Assert.True(again.ExitCode == 0, again.Output + again.Error);
        await using DaemonProcess third = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.File("third") });
        for (int i = 0; i < people.Length; i++)
        {
            Assert.Equal(100 + (7 * i), await third.Client.IdOfAsync(people[i].Jpeg));
        }

        Assert.Equal(136, await third.Client.IdOfAsync(People.All[10].Jpeg));
    }

    [Fact]
    public async Task AFullDiskIsToldAndTheImportGoesOnWhenThereIsRoom()
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db"), data = folder.File("data");
        Directory.CreateDirectory(data);
        Write(old, [.. Enumerable.Range(0, 4000).Select(i => (i + 1L, (byte[]?)null, Encoding(i)))]);

        // 1. A file system of 2 MiB; what is in it afterwards is saved out of it before it goes.
        string[] full = MountNamespace.WithTmpfs(data, 2);
        string saved = folder.File("saved");
        string[] wrapper = [.. full, "sh", "-c", $"\"$@\"; code=$?; cp -a '{data}' '{saved}'; exit $code", "sh"];
        DaemonEnd end = await DaemonProcess.RunToEndAsync(new DaemonStart { Wrapper = wrapper }, "import", old, "--DataDirectory", data);
        Assert.Equal(74, end.ExitCode);
        Assert.Contains("is full", end.Error, StringComparison.Ordinal);
        Assert.Contains("goes on from there", end.Error, StringComparison.Ordinal);
        long half = new ImageDb(saved).Counts().People;
        Assert.InRange(half, 1, 3999);

        // 2. With room, the same command does the rest.
        DaemonEnd rest = await DaemonProcess.RunToEndAsync("import", old, "--DataDirectory", saved);
        Assert.True(rest.ExitCode == 0, rest.Output + rest.Error);
        var database = new ImageDb(saved);
        database.AssertWhole();
        Assert.Equal((4000, 4000), database.Counts());
    }

    [Fact]
    public async Task WhatCanNotBeImportedIsOneLine()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("secret.db"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(20_000));
        DaemonEnd end = await DaemonProcess.RunToEndAsync("import", folder.File("secret.db"), "--DataDirectory", folder.File("data"));
        Assert.Equal(65, end.ExitCode);
        Assert.Contains("encrypted", Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.File("data"), "Image.db")));
    }

    [Fact]
    public async Task ABoxThatAnsweredATrialPhotoBeginsAnewWhenToldTo()
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db"), data = folder.File("data");
        Write(old, [(1, People.All[0].Jpeg, Encoding(1)), (2, People.All[1].Jpeg, Encoding(2))]);
        await using (DaemonProcess trial = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = data }))
        {
            Assert.Equal(1, await trial.Client.IdOfAsync(People.All[5].Jpeg));
            Assert.Equal(0, await trial.StopAsync());
        }

        DaemonEnd refused = await DaemonProcess.RunToEndAsync("import", old, "--DataDirectory", data);
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains("--empty-first", refused.Error, StringComparison.Ordinal);

        DaemonEnd import = await DaemonProcess.RunToEndAsync("import", old, "--empty-first", "--DataDirectory", data);
        Assert.True(import.ExitCode == 0, import.Output + import.Error);
        Assert.Contains("put aside", import.Error, StringComparison.Ordinal);
        string kept = Assert.Single(Directory.GetFiles(data, "Image.db.replaced-*"));
        Assert.Equal(0, (await DaemonProcess.RunToEndAsync("verify", kept)).ExitCode);
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = data }))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.All[0].Jpeg));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.All[1].Jpeg));
            Assert.Equal(3, await daemon.Client.IdOfAsync(People.All[5].Jpeg)); // the trial's face is new now
            Assert.Equal(0, await daemon.StopAsync());
        }

        // Rows that came to the old file since are added without it.
        File.Delete(old);
        Write(old, [(1, People.All[0].Jpeg, Encoding(1)), (2, People.All[1].Jpeg, Encoding(2)), (2, People.All[1].Jpeg, Encoding(22))]);
        DaemonEnd more = await DaemonProcess.RunToEndAsync("import", old, "--json", "--DataDirectory", data);
        Assert.True(more.ExitCode == 0, more.Output + more.Error);
    }

    [Fact]
    public async Task AFileOfAPrivateHomeComesThroughStandardInput()
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db"), data = folder.File("data");
        Write(old, [(1, People.All[0].Jpeg, Encoding(1)), (2, null, Encoding(2))]);
        string[] Send(string how) => ["sh", "-c", how, "sh", old];
        foreach (string how in (string[])["old=$1; shift; \"$@\" < \"$old\"", "old=$1; shift; cat \"$old\" | \"$@\""])
        {
            DaemonEnd dry = await DaemonProcess.RunToEndAsync(new DaemonStart { Wrapper = Send(how) }, "import", "-", "--dry-run", "--DataDirectory", data);
            Assert.True(dry.ExitCode == 0, dry.Output + dry.Error);
            Assert.False(Directory.Exists(data));
        }

        DaemonEnd import = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Wrapper = Send("old=$1; shift; \"$@\" < \"$old\"") }, "import", "-", "--DataDirectory", data);
        Assert.True(import.ExitCode == 0, import.Output + import.Error);
        Assert.Contains("1 person has no picture", import.Error, StringComparison.Ordinal);
        Assert.Equal((2, 2), new ImageDb(data).Counts());
        Assert.Empty(Directory.GetFiles(data, "*import*"));

        DaemonEnd nothing = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Wrapper = ["sh", "-c", "echo nonsense | \"$@\"", "sh"] }, "import", "-", "--DataDirectory", data);
        Assert.Equal(65, nothing.ExitCode);
        Assert.Contains("What came through standard input is not a SQLite database", Assert.Single(nothing.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSourcesOwnEncodingsAreInForceWhenThatIsSaid()
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db"), data = folder.File("data");
        byte[] own = Encoding(1);
        Write(old, [(7, People.All[0].Jpeg, own)]);
        DaemonEnd import = await DaemonProcess.RunToEndAsync("import", old, "--keep-encodings", "--DataDirectory", data);
        Assert.True(import.ExitCode == 0, import.Output + import.Error);
        var database = new ImageDb(data);
        Assert.Equal(1, database.Number("SELECT count(*) FROM meta WHERE key = 'encoder' AND value = 'dlib128'"));
        byte[] stored = MemoryMarshal.AsBytes<double>([.. MemoryMarshal.Cast<byte, double>(own).ToArray().Select(static x => (double)(float)x)]).ToArray();
        Assert.Equal(1, database.Number($"SELECT count(*) FROM ImageDB WHERE Person = 7 AND Face_Encoding = x'{Convert.ToHexString(stored)}'"));
    }

    [Fact]
    public async Task OnATerminalProgressIsShownBeforeTheFirstRowIsDone()
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db");
        Write(old, [(1, People.All[0].Jpeg, Encoding(1)), (2, People.All[1].Jpeg, Encoding(2))]);
        DaemonEnd import = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Wrapper = ["sh", "-c", "script -qec \"$*\" /dev/null < /dev/null", "sh"] }, "import", old, "--DataDirectory", folder.File("data"));
        Assert.Contains("importing [                              ] 0 of 2", import.Output, StringComparison.Ordinal);
        Assert.Contains("2 people", import.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT x AS Person, NULL AS Person_Img, NULL AS Face_Encoding FROM c WHERE x < 0", "interrupted", 130, true)]
    [InlineData("SELECT x AS Person, NULL AS Person_Img, NULL AS Face_Encoding FROM c", "more than 1000000 rows", 65, false)]
    [InlineData("SELECT max(x) AS Person, NULL AS Person_Img, group_concat(zeroblob(1000000)) AS Face_Encoding FROM c GROUP BY x / 100000000", "256 MB of memory", 65, false)]
    public async Task AViewWithoutEndCostsNeitherTheShellNorTheMemory(string select, string says, int code, bool interrupt)
    {
        using var folder = new TempFolder();
        string old = folder.File("Image.db");
        SQLitePCL.Batteries_V2.Init();
        using (var connection = new SqliteConnection($"Data Source={old};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this test
            command.CommandText = $"CREATE VIEW Image AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) {select}";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        // timeout sends what Ctrl-C sends; its own limit is far away.
        string[] wrapper = interrupt ? ["timeout", "--preserve-status", "-s", "INT", "3"] : ["timeout", "120"];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        DaemonEnd end = await DaemonProcess.RunToEndAsync(
            new DaemonStart { Wrapper = ["sh", "-c", "ulimit -v 8000000; exec \"$@\"", "sh", .. wrapper] }, "import", old, "--DataDirectory", folder.File("data"));
        Assert.True(end.ExitCode == code, $"{end.ExitCode} after {clock.Elapsed}: {end.Output} {end.Error}");
        Assert.Contains(says, end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", end.Error, StringComparison.Ordinal);
    }

    private static byte[] Encoding(int seed)
    {
        var random = new Random(seed);
        double[] numbers = [.. Enumerable.Range(0, 128).Select(_ => (random.NextDouble() - 0.5) / 4)];
        return MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
    }

    private static void Write(string path, (long Person, byte[]? Picture, byte[] Encoding)[] rows)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB)";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO Image VALUES($person, $picture, $encoding)";
        foreach ((long person, byte[]? picture, byte[] encoding) in rows)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$person", person);
            command.Parameters.AddWithValue("$picture", (object?)picture ?? DBNull.Value);
            command.Parameters.AddWithValue("$encoding", encoding);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
