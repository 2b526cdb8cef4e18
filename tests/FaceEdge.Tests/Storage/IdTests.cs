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

        // Its log is left: it must neither be replayed into a new database nor be lost, and who stands in it is known.
        await using var begun = ImageDatabase.Open(killed, _data);
        Assert.Equal([1L, 2L], begun.ReadFaces("fr512", 512).Select(face => face.PersonId)); // all of it stands in the log
        Assert.InRange((await begun.EnrolAsync(DataFolder.Face(3))).PersonId, 3, 2 * IdMark.Block);
        Assert.Single(Directory.GetFiles(killed, "Image.db.corrupt-*-wal"));
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
        Assert.Matches("^0000000000000000004 reserved [0-9a-f]{8}\n0000000000000000004 given    [0-9a-f]{8}\n[0-9a-f]{16} box      [0-9a-f]{8}\n$", File.ReadAllText(_data.Database + ".ids"));
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

        Assert.Matches("^0000000000000001001 reserved [0-9a-f]{8}\n0000000000000000020 given    [0-9a-f]{8}\n", File.ReadAllText(_data.Database + ".ids"));
    }

    [Fact]
    public async Task AFlippedBitInTheMarkMovesNoId()
    {
        await _data.Fill(3);
        byte[] mark = File.ReadAllBytes(_data.Database + ".ids");
        for (int bit = 0; bit < mark.Length * 8; bit++)
        {
            byte[] flipped = [.. mark];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(_data.Database + ".ids", flipped);
            var read = IdMark.Read(_data.Database + ".ids", _data);
            Assert.True(read.Value is 0 or 3 or (> 1000 and < 1100), $"bit {bit}: {read.Value}");
            Assert.True(read.Given is 0 or 3, $"bit {bit}: {read.Given}");
        }

        // 12 flips reach a start, one in each part of the file: ids go on above 3, and not far above.
        for (int part = 0; part < 12; part++)
        {
            _data.Folder = Path.Combine(Path.GetDirectoryName(_data.Folder)!, $"flipped-{part}");
            await _data.Fill(3);
            byte[] whole = File.ReadAllBytes(_data.Database + ".ids");
            whole[part * whole.Length / 12] ^= 0x40;
            File.WriteAllBytes(_data.Database + ".ids", whole);
            Assert.InRange((await _data.Fill(1)).Single(), 4, 2 * IdMark.Block);
        }
    }

    [Fact]
    public async Task AnUnreadableMarkOfALostDatabaseDoesNotMakeIdsStartOver()
    {
        await _data.Fill(3);
        File.Delete(_data.Database);
        File.WriteAllText(_data.Database + ".ids", "noise");
        Assert.InRange((await _data.Fill(1)).Single(), 1_700_000_000, IdMark.MaxId);
    }

    [Fact]
    public async Task TheMarkOfVersion01IsReadAndWrittenAnew()
    {
        await _data.Fill(5);
        File.WriteAllText(_data.Database + ".ids", "0000000000000001001 reserved\n0000000000000000005 given   \n"); // as after a kill
        Assert.Equal([6L, 7L], await _data.Fill(2));
        Assert.Matches("^0000000000000000007 reserved [0-9a-f]{8}\n0000000000000000007 given    [0-9a-f]{8}\n", File.ReadAllText(_data.Database + ".ids"));
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9007199254740992")]
    public async Task AMarkBeyond53BitsIsNotBelieved(string number)
    {
        await _data.Fill(3);
        File.WriteAllText(_data.Database + ".ids", $"{long.Parse(number):D19} reserved\n{long.Parse(number):D19} given   \n");
        Assert.Equal([4L], await _data.Fill(1));
    }

    [Fact]
    public async Task TheLastIdIsGivenAndNoneBeyondIt()
    {
        await _data.Fill(1);
        _data.Shell($"UPDATE sqlite_sequence SET seq = {IdMark.MaxId - 1} WHERE name = 'person'");
        await using var database = _data.Open();
        Assert.Equal(IdMark.MaxId, (await database.EnrolAsync(DataFolder.Face(2))).PersonId);
        var refusal = await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(3)));
        Assert.Contains("no ids left", refusal.Message);
        Assert.Equal((2, 2), database.Count());
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
