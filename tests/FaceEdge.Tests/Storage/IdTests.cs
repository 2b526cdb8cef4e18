using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class IdTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task IdsAreConsecutiveAndNeverGivenTwiceAlsoAfterDeletionAndRestart()
    {
        Assert.Equal([1L, 2L, 3L], await _data.Fill(3));
        await using (var database = _data.Open())
        {
            Assert.True(await database.ForgetAsync(3));
            Assert.True(await database.ForgetAsync(2));
        }

        Assert.Equal([4L, 5L], await _data.Fill(2));
        await using (var database = _data.Open())
        {
            foreach (long id in new long[] { 1, 4, 5 })
            {
                Assert.True(await database.ForgetAsync(id));
            }
        }

        Assert.Equal([6L], await _data.Fill(1));
    }

    [Fact]
    public async Task AfterAKillIdsGoOnWithoutAGap()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        await database.EnrolAsync(DataFolder.Face(2));
        await database.ForgetAsync(2);
        await using var killed = ImageDatabase.Open(_data.CopyWhileOpen(), _data);
        Assert.Equal(3, (await killed.EnrolAsync(DataFolder.Face(3))).PersonId);
    }

    [Fact]
    public async Task AMissingDatabaseDoesNotMakeIdsStartOver()
    {
        await _data.Fill(7);
        File.Delete(_data.Database);
        Assert.Equal([8L], await _data.Fill(1));
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Warning && l.Text.Contains("is missing") && l.Text.Contains(_data.Database));
    }

    [Fact]
    public async Task ADatabaseLostInAKillDoesNotMakeIdsStartOver()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        await database.EnrolAsync(DataFolder.Face(2));
        string killed = _data.CopyWhileOpen();
        File.Delete(Path.Combine(killed, "Image.db"));

        // Its log is left, and must neither be replayed into the new database nor be lost.
        await using var begun = ImageDatabase.Open(killed, _data);
        Assert.Equal((0, 0), begun.Count());
        Assert.InRange((await begun.EnrolAsync(DataFolder.Face(3))).PersonId, 3, 2 * IdMark.Block);
        Assert.Single(Directory.GetFiles(killed, "Image.db.orphan-*-wal"));
    }

    [Fact]
    public async Task AnOlderDatabasePutBackDoesNotMakeIdsRepeat()
    {
        await _data.Fill(2);
        File.Copy(_data.Database, _data.Database + ".backup");
        await _data.Fill(3);
        File.Move(_data.Database + ".backup", _data.Database, overwrite: true);
        Assert.Equal([6L], await _data.Fill(1));
    }

    [Fact]
    public async Task AnOlderDatabasePutBackAfterAKillDoesNotMakeIdsRepeat()
    {
        // 1. A backup at two people, then three more, then a kill: the folder as it lies there while the daemon runs.
        await _data.Fill(2);
        string killed = Path.Combine(_data.Folder, "killed");
        Directory.CreateDirectory(killed);
        File.Copy(_data.Database, Path.Combine(killed, "Image.db"));
        await using (var running = _data.Open())
        {
            for (int seed = 3; seed <= 5; seed++)
            {
                await running.EnrolAsync(DataFolder.Face(seed));
            }

            File.Copy(_data.Database + ".ids", Path.Combine(killed, "Image.db.ids"));
        }

        // 2. The backup is started with the mark of the killed one.
        await using var restored = ImageDatabase.Open(killed, _data);
        Assert.True((await restored.EnrolAsync(DataFolder.Face(6))).PersonId > 5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("-5 given")]
    public async Task AnUnreadableMarkIsWrittenAnewFromTheDatabase(string content)
    {
        await _data.Fill(3);
        File.WriteAllText(_data.Database + ".ids", content);
        Assert.Equal([4L], await _data.Fill(1));
        Assert.Equal("0000000000000000004 reserved\n0000000000000000004 given   \n", File.ReadAllText(_data.Database + ".ids"));
    }

    [Fact]
    public async Task TheMarkIsMovedUpOnceForABlockAndNotesEveryId()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        for (int seed = 2; seed <= 20; seed++)
        {
            await database.EnrolAsync(DataFolder.Face(seed));
        }

        Assert.Equal("0000000000000001001 reserved\n0000000000000000020 given   \n", File.ReadAllText(_data.Database + ".ids"));
    }

    [Fact]
    public async Task AnEmptyFileIsANewDatabase()
    {
        Directory.CreateDirectory(_data.Folder);
        File.WriteAllBytes(_data.Database, []);
        Assert.Equal([1L], await _data.Fill(1));
        Assert.Empty(Directory.GetFiles(_data.Folder, "*corrupt*"));
    }
}
