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
        Assert.Equal((0, 0), database.Count()); // its log is none, either
        Assert.Equal(1002, (await database.EnrolAsync(DataFolder.Face(2))).PersonId);
    }

    [Fact]
    public async Task ADamagedPageAnywhereIsNoticedAndIdsGoOnAbove()
    {
        await _data.Fill(30, imageBytes: 12_000);
        byte[] whole = File.ReadAllBytes(_data.Database);
        int pages = whole.Length / Schema.PageSize;
        Assert.True(pages > 60);
        var known = new List<int>();
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

            // Whoever does not stand in that page is known as before; a page holds three faces.
            var faces = database.ReadFaces("fr512", 512).ToList();
            Assert.All(faces, face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));
            Assert.InRange(faces.Count, 27, 30);
            known.Add(faces.Count);
            Assert.Equal(31, (await database.EnrolAsync(DataFolder.Face(1))).PersonId);
            await database.DisposeAsync();
            Assert.Empty(DatabaseCheck.OfFolder(damaged.Folder).Problems);
        }

        Assert.InRange(known.Count(static people => people < 30), 10, 12); // the pages of faces
    }

    [Fact]
    public async Task AChangedByteInAnEncodingIsNamedByPersonAndNobodyElseIsLost()
    {
        await _data.Fill(5);
        foreach (int at in (int[])[0, 700, 2047])
        {
            byte[] file = File.ReadAllBytes(_data.Database);
            int offset = Locate(EncodingBlob.ToBytes(DataFolder.Encoding(3))) + at;
            file[offset] ^= 1;
            File.WriteAllBytes(_data.Database, file);
            Assert.Equal(["person 3: the encoding of face 3 (fr512) is damaged"], DatabaseCheck.OfFolder(_data.Folder).Problems);
            await using (var database = ImageDatabase.Open(_data.Folder, _data, static faces => Assert.Equal([1L, 2, 4, 5], faces.Read("fr512", 512).Select(face => face.PersonId))))
            {
                Assert.Null(database.SetAside);
                Assert.Equal(1, database.DamagedFaces);
                Assert.Contains("of the people 3", database.Warning);
            }

            file = File.ReadAllBytes(_data.Database);
            file[offset] ^= 1;
            File.WriteAllBytes(_data.Database, file);
            Assert.Empty(DatabaseCheck.OfFolder(_data.Folder).Problems);
        }
    }

    [Theory]
    [InlineData("person_id = 2")]
    [InlineData("quality = 0.25")]
    [InlineData("evidence = 30")]
    [InlineData("encoder = 'mfn192'")]
    [InlineData("checksum = NULL")]
    public async Task WhoseAFaceIsAndWhatItWeighsIsCheckedToo(string change)
    {
        await _data.Fill(3);
        _data.Shell($"UPDATE face SET {change} WHERE id = 1");
        Assert.Contains(DatabaseCheck.OfFolder(_data.Folder).Problems, problem => problem.Contains("face 1 "));
        await using var database = _data.Open();
        Assert.DoesNotContain(1, database.ReadFaces("fr512", 512).Select(face => face.FaceId));
    }

    [Fact]
    public async Task AMissingLogIsToldInWords()
    {
        await using (var alive = _data.Open())
        {
            await alive.EnrolAsync(DataFolder.Face(1));
            _data.Folder = _data.CopyWhileOpen();
        }

        File.Delete(_data.Database + "-wal");
        File.Delete(_data.Database + "-shm");
        await using var database = _data.Open();
        Assert.Contains("The log of recent writes", database.Warning);
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Critical && l.Text.Contains("Image.db-wal) is missing") && l.Text.Contains("strangers"));
        Assert.DoesNotContain(_data.Log, l => l.Text.Contains("older database"));
        Assert.True((await database.EnrolAsync(DataFolder.Face(2))).PersonId > 1);
    }

    [Fact]
    public async Task ADamagedLogLosesNobodyWhoStandsBehindTheDamage()
    {
        const int People = 8;
        var ends = new List<long>();
        await using (var alive = _data.Open())
        {
            for (int seed = 1; seed <= People; seed++)
            {
                await alive.EnrolAsync(DataFolder.Face(seed, imageBytes: 20_000));
                ends.Add(new FileInfo(_data.Database + "-wal").Length);
            }

            _data.Folder = _data.CopyWhileOpen();
        }

        string killed = _data.Folder;
        byte[] whole = File.ReadAllBytes(_data.Database + "-wal");

        // A byte in every part of the log: in its header, and in the frames of every commit.
        int silent = 0;
        foreach (long at in (long[])[4, 20, 40, .. ends.SkipLast(1).Select(static end => end + 3000), .. ends.SkipLast(1).Select(static end => end + 10)])
        {
            _data.Folder = Path.Combine(Path.GetDirectoryName(killed)!, $"damaged-{at}");
            DataFolder.Run("cp", "-a", killed, _data.Folder);
            byte[] log = [.. whole];
            log[at] ^= 0x10;
            File.WriteAllBytes(_data.Database + "-wal", log);
            bool told = DatabaseCheck.OfFolder(_data.Folder).Problems.Any(problem => problem.Contains("Image.db-wal is damaged"));
            await using var database = _data.Open();
            var faces = database.ReadFaces("fr512", 512).ToList();
            Assert.All(faces, face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));
            Assert.True(faces.Count >= People - 1, $"byte {at}: {faces.Count} of {People}");
            silent += faces.Count == People || (told && database.SetAside is not null) || at > ends[^2] ? 0 : 1;
            Assert.True((await database.EnrolAsync(DataFolder.Face(99))).PersonId > People);
        }

        Assert.Equal(0, silent);
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

        Assert.True(new FileInfo(_data.Database).Length > DatabaseJudge.FullCheckBytes);
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
