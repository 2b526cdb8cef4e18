using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class DamageTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task ATornLogLosesOnlyWhatWasNotYetCommitted()
    {
        // 1. Enrol one by one, noting where each commit ends in the log.
        await using var database = _data.Open();
        string log = _data.Database + "-wal";
        var ends = new List<long>();
        for (int seed = 1; seed <= 8; seed++)
        {
            await database.EnrolAsync(DataFolder.Face(seed, imageBytes: 20_000));
            ends.Add(new FileInfo(log).Length);
        }

        Assert.Equal(ends.Distinct().Order(), ends);
        string killed = _data.CopyWhileOpen();
        byte[] whole = File.ReadAllBytes(Path.Combine(killed, "Image.db-wal"));

        // 2. Tear it at and behind every commit, with nothing and with noise after the tear.
        foreach (int commits in Enumerable.Range(1, ends.Count))
        {
            long start = ends[commits - 1], behind = commits < ends.Count ? ends[commits] : whole.Length + 1;
            foreach (long cut in new[] { start, start + 1, start + 30, (start + behind) / 2, behind - 1 }.Where(cut => cut < behind).Distinct())
            {
                foreach (int noise in new[] { 0, 5000, 100_000 })
                {
                    string folder = Directory.CreateDirectory(Path.Combine(killed, $"{cut}-{noise}")).FullName;
                    File.Copy(Path.Combine(killed, "Image.db"), Path.Combine(folder, "Image.db"));
                    File.Copy(Path.Combine(killed, "Image.db.ids"), Path.Combine(folder, "Image.db.ids"));
                    byte[] torn = [.. whole.AsSpan(0, (int)Math.Min(cut, whole.Length)), .. DataFolder.Image(commits, noise)];
                    File.WriteAllBytes(Path.Combine(folder, "Image.db-wal"), torn);

                    // 3. Everything before the tear is there, and life goes on.
                    await using var recovered = ImageDatabase.Open(folder, _data);
                    Assert.Null(recovered.SetAside);
                    var faces = recovered.ReadFaces("fr512", 512).ToList();
                    Assert.Equal(commits, faces.Count);
                    Assert.All(faces, face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));

                    // Ids that a disk lost although it had said otherwise are not given to somebody else.
                    long next = (await recovered.EnrolAsync(DataFolder.Face(99))).PersonId;
                    Assert.True(commits == ends.Count ? next == commits + 1 : next > ends.Count, $"id {next} after {commits} of {ends.Count}");
                }
            }
        }
    }

    [Fact]
    public async Task AFileThatIsNoDatabaseIsSetAsideWithItsLog()
    {
        await using (var alive = _data.Open())
        {
            await alive.EnrolAsync(DataFolder.Face(1));
            _data.Folder = _data.CopyWhileOpen();
        }

        byte[] noise = DataFolder.Image(5, 50_000);
        File.WriteAllBytes(_data.Database, noise);
        File.WriteAllBytes(_data.Database + "-wal", [1, 2, 3]);
        await using var database = _data.Open();
        Assert.Matches(@"Image\.db\.corrupt-\d{8}T\d{6}Z$", database.SetAside);
        Assert.Equal(noise, File.ReadAllBytes(database.SetAside!));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(database.SetAside + "-wal"));
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Critical && l.Text.Contains(database.SetAside!) && l.Text.Contains("To go back"));
        Assert.Equal((0, 0), database.Count());
        Assert.Equal(1002, (await database.EnrolAsync(DataFolder.Face(2))).PersonId);
    }

    [Fact]
    public async Task ADamagedPageAnywhereIsNoticedAndIdsGoOnAbove()
    {
        await _data.Fill(30, imageBytes: 12_000);
        byte[] whole = File.ReadAllBytes(_data.Database);
        int pages = whole.Length / Schema.PageSize;
        Assert.True(pages > 60);
        for (int page = 0; page < pages; page++)
        {
            using var damaged = new DataFolder();
            Directory.CreateDirectory(damaged.Folder);
            byte[] bytes = (byte[])whole.Clone();
            Array.Fill(bytes, (byte)0xFF, page * Schema.PageSize, Schema.PageSize);
            File.WriteAllBytes(damaged.Database, bytes);
            File.Copy(_data.Database + ".ids", damaged.Database + ".ids");

            await using var database = damaged.Open();
            Assert.True(database.SetAside is not null, $"page {page}");
            Assert.Equal(bytes, File.ReadAllBytes(database.SetAside!));
            Assert.Equal(31, (await database.EnrolAsync(DataFolder.Face(1))).PersonId);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task ATruncatedFileIsSetAside(double part)
    {
        await _data.Fill(20, imageBytes: 12_000);
        byte[] whole = File.ReadAllBytes(_data.Database);
        File.WriteAllBytes(_data.Database, whole[..(int)(whole.Length * part)]);
        Assert.Equal([21L], await _data.Fill(1));
        Assert.Single(Directory.GetFiles(_data.Folder, "*corrupt*"));
    }

    [Fact]
    public async Task WithoutAMarkIdsAreSavedFromTheDamagedFile()
    {
        await _data.Fill(20, imageBytes: 12_000);
        File.Delete(_data.Database + ".ids");
        Overwrite(Locate(EncodingBlob.ToBytes(DataFolder.Encoding(7))));
        Assert.Equal([21L], await _data.Fill(1));
        Assert.Single(Directory.GetFiles(_data.Folder, "*corrupt*"));
    }

    [Fact]
    public async Task WithNothingReadableIdsStartWhereNobodyEverWas()
    {
        await _data.Fill(20);
        File.Delete(_data.Database + ".ids");
        File.WriteAllText(_data.Database, "no database");
        long next = (await _data.Fill(1)).Single();
        Assert.InRange(next, 1_700_000_000, 9_000_000_000);
    }

    [Fact]
    public async Task ALargeFileIsCheckedInEverythingButItsPictures()
    {
        await using (var database = _data.Open())
        {
            await Task.WhenAll(Enumerable.Range(1, 70).Select(seed => database.EnrolAsync(DataFolder.Face(seed, imageBytes: 1_000_000))));
        }

        Assert.True(new FileInfo(_data.Database).Length > DatabaseInspection.FullCheckBytes);
        await using (var whole = _data.Open())
        {
            Assert.Null(whole.SetAside);
        }

        Overwrite(Locate(EncodingBlob.ToBytes(DataFolder.Encoding(33))));
        await using var replaced = _data.Open();
        Assert.NotNull(replaced.SetAside);
        Assert.Equal(71, (await replaced.EnrolAsync(DataFolder.Face(1))).PersonId);
    }

    [Fact]
    public async Task DamageFoundWhileRunningIsToldByWritesAndPing()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        var failing = database.WriteAsync<int>(_ => throw new Microsoft.Data.Sqlite.SqliteException("database disk image is malformed", 11));
        Assert.Equal(StorageProblem.Corrupt, (await Assert.ThrowsAsync<StorageException>(() => failing)).Problem);
        Assert.Equal(StorageProblem.Corrupt, Assert.Throws<StorageException>(database.Ping).Problem);
    }

    /// <summary>Where these bytes stand in the database.</summary>
    private int Locate(byte[] bytes)
    {
        int offset = File.ReadAllBytes(_data.Database).AsSpan().IndexOf(bytes);
        Assert.True(offset > 0);
        return offset;
    }

    /// <summary>Damages the whole page around an offset.</summary>
    private void Overwrite(int offset)
    {
        using var file = File.OpenWrite(_data.Database);
        file.Position = offset / Schema.PageSize * Schema.PageSize;
        file.Write(DataFolder.Image(1, Schema.PageSize));
    }
}
