using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

/// <summary>Faces read while the database is being opened: what is found damaged, set aside and upgraded is what it is without.</summary>
public sealed class LoadingTests : IDisposable
{
    private readonly DataFolder _data = new();
    private readonly List<List<long>> _loads = [];

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FacesAreReadOnceAndAreThoseReadLater(bool large)
    {
        await FillAsync(large);
        await using var database = OpenAndLoad();
        Assert.Null(database.SetAside);
        Assert.Equal(database.ReadFaces("fr512", 512).Select(face => face.FaceId), Assert.Single(_loads));
        Assert.Equal(5, _loads[0].Count); // 1 twice, 2, 5, 6
    }

    [Fact]
    public async Task AnEmptyDatabaseIsLoadedToo()
    {
        await using var database = OpenAndLoad();
        Assert.Empty(Assert.Single(_loads));
        Assert.Equal(1, (await database.EnrolAsync(DataFolder.Face(1))).PersonId);
    }

    /// <summary>Every tree that a start reads, and a page of encodings deep in the file.</summary>
    [Theory]
    [InlineData("SELECT rootpage FROM sqlite_master WHERE name = 'meta'")]
    [InlineData("SELECT rootpage FROM sqlite_master WHERE name = 'person'")]
    [InlineData("SELECT rootpage FROM sqlite_master WHERE name = 'face'")]
    [InlineData("SELECT rootpage FROM sqlite_master WHERE name = 'face_person'")]
    [InlineData("SELECT rootpage FROM sqlite_master WHERE name = 'face_encoding'")]
    [InlineData("SELECT max(pageno) FROM dbstat WHERE name = 'face' AND pagetype = 'leaf'")]
    public async Task DamageInALargeFileIsFoundByLoadingAsByChecking(string page)
    {
        await FillAsync(large: true);
        int damaged = int.Parse(_data.Shell(page), System.Globalization.CultureInfo.InvariantCulture);
        using (var file = File.OpenWrite(_data.Database))
        {
            file.Position = (damaged - 1L) * Schema.PageSize;
            file.Write(DataFolder.Image(1, Schema.PageSize));
        }

        byte[] found = File.ReadAllBytes(_data.Database);
        string checkedFolder = _data.CopyWhileOpen();
        await using (var without = ImageDatabase.Open(checkedFolder, _data))
        {
            Assert.NotNull(without.SetAside);
        }

        await using var database = OpenAndLoad();
        Assert.NotNull(database.SetAside);
        Assert.Equal(found, File.ReadAllBytes(database.SetAside!));
        long[] readable = [.. database.ReadFaces("fr512", 512).Select(face => face.PersonId).Distinct()];
        Assert.Equal(database.ReadFaces("fr512", 512).Select(face => face.FaceId), _loads[^1]);
        Assert.Equal([1L, 2, 5, 6], readable);
        Assert.Equal(page.Contains("'leaf'", StringComparison.Ordinal) ? 4 : 5, _loads[^1].Count); // the last leaf holds the second face of 1
        Assert.Equal(7, (await database.EnrolAsync(DataFolder.Face(1))).PersonId);
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Critical && l.Text.Contains("is damaged:"));
    }

    [Fact]
    public async Task ADamagedFileWithALogIsSetAsideWithTheLogAsItWas()
    {
        await FillAsync(large: true);
        await using (var alive = _data.Open())
        {
            await alive.EnrolAsync(DataFolder.Face(7));
            _data.Folder = _data.CopyWhileOpen();
        }

        int root = int.Parse(DataFolder.Run("sqlite3", $"file:{_data.Database}?immutable=1", "SELECT rootpage FROM sqlite_master WHERE name = 'face'"),
            System.Globalization.CultureInfo.InvariantCulture);
        int firstLeaf = int.Parse(DataFolder.Run("sqlite3", $"file:{_data.Database}?immutable=1",
            "SELECT min(pageno) FROM dbstat WHERE name = 'face' AND pagetype = 'leaf' AND pageno <> " + root), System.Globalization.CultureInfo.InvariantCulture);
        using (var file = File.OpenWrite(_data.Database))
        {
            file.Position = (firstLeaf - 1L) * Schema.PageSize;
            file.Write(DataFolder.Image(1, Schema.PageSize));
        }

        byte[] main = File.ReadAllBytes(_data.Database), log = File.ReadAllBytes(_data.Database + "-wal");
        await using var database = OpenAndLoad();
        Assert.Equal(main, File.ReadAllBytes(database.SetAside!));
        Assert.Equal(log, File.ReadAllBytes(database.SetAside + "-wal"));
        Assert.Contains(7, database.ReadFaces("fr512", 512).Select(face => face.PersonId)); // who stood in the log alone
        Assert.Equal(1008, (await database.EnrolAsync(DataFolder.Face(1))).PersonId); // 7 was given and a block kept when it was killed
    }

    [Fact]
    public async Task AnOlderLargeFileIsUpgradedThenLoaded()
    {
        _data.FillOlder(1);
        MakeLarge();
        await using var database = OpenAndLoad();
        Assert.Equal([1L], Assert.Single(_loads));
        Assert.Single(Directory.GetFiles(_data.Folder, "Image.db.v1-*"));
    }

    [Fact]
    public async Task AnOlderLargeFileThatIsDamagedIsSetAsideNotUpgraded()
    {
        _data.FillOlder(1);
        MakeLarge();
        byte[] bytes = File.ReadAllBytes(_data.Database);
        int offset = bytes.AsSpan().IndexOf(EncodingBlob.ToBytes(DataFolder.Encoding(1)));
        Array.Fill(bytes, (byte)0xFF, offset / 4096 * 4096, 4096); // the shell's page size
        File.WriteAllBytes(_data.Database, bytes);

        await using var database = OpenAndLoad();
        Assert.Equal(bytes, File.ReadAllBytes(database.SetAside!));
        Assert.Empty(Directory.GetFiles(_data.Folder, "Image.db.v1-*"));
        Assert.Empty(Assert.Single(_loads));
    }

    [Fact]
    public async Task WhatTheLoaderThrowsIsThrownAndUnlocksTheFolder()
    {
        Assert.Throws<InvalidOperationException>(() => ImageDatabase.Open(_data.Folder, _data, static _ => throw new InvalidOperationException()));
        await _data.Open().DisposeAsync();
        Assert.Empty(Directory.GetFiles(_data.Folder, "*corrupt*"));
    }

    /// <summary>Six people: two faces of the first, one of them with a second encoding; the third another encoder's; the fourth deleted.</summary>
    private async Task FillAsync(bool large)
    {
        await using (var database = _data.Open())
        {
            for (int seed = 1; seed <= 6; seed++)
            {
                await database.EnrolAsync(DataFolder.Face(seed, encoder: seed == 3 ? "mfn192" : "fr512"));
            }

            await database.LearnAsync(1, DataFolder.Face(11));
            await database.ForgetAsync(4);
        }

        _data.Shell($"INSERT INTO face_encoding VALUES(1, 'mfn192', zeroblob(768), {EncodingChecksum.OfSecond(1, "mfn192", new byte[768])})");
        if (large)
        {
            MakeLarge();
        }
    }

    /// <summary>Adds a picture of zeros over the size up to which every page is checked.</summary>
    private void MakeLarge()
    {
        _data.Shell($"INSERT OR REPLACE INTO face_image VALUES(1, zeroblob({DatabaseJudge.FullCheckBytes + 1}))");
        Assert.True(new FileInfo(_data.Database).Length > DatabaseJudge.FullCheckBytes);
    }

    private ImageDatabase OpenAndLoad() => ImageDatabase.Open(_data.Folder, _data, faces =>
    {
        var load = new List<long>();
        _loads.Add(load);
        load.AddRange(faces.Read("fr512", 512).Select(face => face.FaceId));
    });
}
