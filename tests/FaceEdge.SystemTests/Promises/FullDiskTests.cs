namespace FaceEdge.SystemTests.Promises;

public class FullDiskTests
{
    [Fact]
    public async Task AFullDiskIsToldAndForgottenWhenThereIsRoom()
    {
        using var folder = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Wrapper = MountNamespace.WithTmpfs(folder.Path, 8) });
        string seen = MountNamespace.Seen(daemon, folder.Path);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));

        // 1. Not a byte is free, which is noticed before somebody new comes.
        Fill(Path.Combine(seen, "filler"));
        Answer ready = await daemon.Client.GetAsync("/readyz");
        Assert.Equal((507, "storage_full"), (ready.Status, ready.Json.GetProperty("code").GetString()));

        // 2. Known people are recognised as ever, more often than a template would learn from them.
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
        }

        // 3. New ones are told why not, also all at once, and nothing of them stays.
        PersonPhoto[] strangers = [.. People.All.Skip(2).Take(4)];
        (await daemon.Client.PredictAsync(strangers[0].Jpeg)).AssertError(507, "storage_full");
        foreach (Answer answer in await Task.WhenAll(strangers.Select(s => daemon.Client.PredictAsync(s.Jpeg))))
        {
            answer.AssertError(507, "storage_full");
        }

        Assert.Equal(2, Stored(seen).People);

        // 4. There is room again: they register, without a restart.
        File.Delete(Path.Combine(seen, "filler"));
        foreach (PersonPhoto stranger in strangers)
        {
            long id = await daemon.Client.IdOfAsync(stranger.Jpeg);
            Assert.True(id > 2, $"{stranger.Name} got {id}");
            Assert.Equal(id, await daemon.Client.IdOfAsync(stranger.Jpeg));
        }

        Assert.Equal(2 + strangers.Length, Stored(seen).People);
        Assert.Equal(200, (await daemon.Client.GetAsync("/readyz")).Status);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task ADeletionFindsRoomOnAFullDisk()
    {
        using var folder = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Wrapper = MountNamespace.WithTmpfs(folder.Path, 100) });
        string seen = MountNamespace.Seen(daemon, folder.Path);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(seen, "Image.db.reserve")), TimeSpan.FromSeconds(30)));
        Fill(Path.Combine(seen, "filler"));

        // The log may still have room for a small registration; fill it, too.
        PersonPhoto[] strangers = [.. People.All.Skip(2)];
        int refused = 0;
        for (int i = 0; i < strangers.Length && refused == 0; i++)
        {
            refused += (await daemon.Client.PredictAsync(strangers[i].Jpeg)).Status == 507 ? 1 : 0;
        }

        Assert.Equal(1, refused);
        Assert.Equal(204, await daemon.Client.ForgetAsync(1));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
        File.Delete(Path.Combine(seen, "filler"));
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(seen, "Image.db.reserve")), TimeSpan.FromSeconds(30)));
        Assert.True(await daemon.Client.IdOfAsync(People.Cage) > 2);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static void Fill(string path)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // That was the last byte.
        }
    }

    /// <summary>Looked at in a copy: SQLite would follow the path back out of the daemon's mounts.</summary>
    private static (long People, long Faces) Stored(string seen)
    {
        using var copy = new TempFolder();
        foreach (string name in (string[])["Image.db", "Image.db-wal"])
        {
            File.Copy(Path.Combine(seen, name), copy.File(name));
        }

        var database = new ImageDb(copy.Path);
        database.AssertWhole();
        return database.Counts();
    }
}
