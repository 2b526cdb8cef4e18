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
