using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

/// <summary>The files taken away under an open database: nothing more is acknowledged, and nobody is lost.</summary>
public sealed class LostFilesTests : IDisposable
{
    private const int People = 6;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    public static TheoryData<string> Ways =>
    [
        "rm Image.db", "mv Image.db elsewhere.db", "rm Image.db Image.db-wal Image.db-shm", ": > Image.db", "truncate -s 9000 Image.db", "rm Image.db-wal",
        ": > Image.db-wal", "truncate -s 5000 Image.db-wal", "rm Image.db-shm", "cp Image.db x && mv x Image.db", "cp Image.db-wal x && mv x Image.db-wal",
        "head -c 300000 /dev/urandom > x && cat x > Image.db",
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task NothingIsAcknowledgedAndTheNextStartKnowsEverybody(string way)
    {
        var remembered = new List<RememberedPerson>();
        await using (ImageDatabase database = _data.Open())
        {
            database.Keep(() => [.. remembered]);
            for (int seed = 1; seed <= People; seed++)
            {
                // Half of them stand in the database, half in the log.
                StoredIds ids = await database.EnrolAsync(DataFolder.Face(seed, imageBytes: 20_000));
                remembered.Add(new RememberedPerson(ids.PersonId, "fr512", DataFolder.Encoding(seed)));
                if (seed == People / 2)
                {
                    _data.Shell("PRAGMA wal_checkpoint(PASSIVE)");
                }
            }

            DataFolder.Run("sh", "-c", $"cd '{_data.Folder}' && {way}");

            // 1. The very next write is refused, and the health check says so.
            var refusal = await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(99)));
            Assert.Equal(StorageProblem.Lost, refusal.Problem);
            Assert.Equal(StorageProblem.Lost, Assert.Throws<StorageException>(database.Ping).Problem);

            // 2. What is known is saved.
            Assert.True(SpinWait.SpinUntil(() => !database.OnlyMemoryIsLeft, Long), string.Join('\n', _data.Log));
            Assert.Contains("restart the daemon", (await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(98)))).Message);
        }

        // 3. A restart knows everybody, and nobody gets an id that was given.
        await using ImageDatabase after = _data.Open();
        var faces = after.ReadFaces("fr512", 512).ToList();
        Assert.All(faces, face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));
        Assert.Equal(Enumerable.Range(1, People).Select(static id => (long)id), faces.Select(face => face.PersonId).Where(id => id <= People));
        Assert.True((await after.EnrolAsync(DataFolder.Face(97))).PersonId > People);
        Assert.False(File.Exists(_data.Database + ".rescued"));
    }

    [Fact]
    public async Task ItIsNoticedWithoutAWrite()
    {
        await using ImageDatabase database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        File.Delete(_data.Database);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_data.Database + ".rescued"), Long));
    }

    [Fact]
    public async Task AnotherDatabaseCopiedOverItIsNoticedAndStays()
    {
        using var other = new DataFolder();
        await other.Fill(40);
        string backup = Path.Combine(other.Folder, "backup.db");
        Backup.Write(other.Folder, backup);
        await using (ImageDatabase database = _data.Open())
        {
            await database.EnrolAsync(DataFolder.Face(1001));
            _data.Shell("PRAGMA wal_checkpoint(TRUNCATE)"); // so that memory alone knows who it is
            database.Keep(static () => [new RememberedPerson(1, "fr512", DataFolder.Encoding(1001))]);
            DataFolder.Run("sh", "-c", $"cat '{backup}' > '{_data.Database}'");
            Assert.Equal(StorageProblem.Lost, (await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(2)))).Problem);
            Assert.True(SpinWait.SpinUntil(() => !database.OnlyMemoryIsLeft, Long));
        }

        await using ImageDatabase after = _data.Open();
        Assert.Contains("was replaced while the daemon ran", after.Warning);
        string saved = Assert.Single(Directory.GetFiles(_data.Folder, "Image.db.rescued-*Z"));
        Assert.Equal("1", DataFolder.Run("sqlite3", saved, "SELECT count(*) FROM person").Trim());
        using var restored = new DataFolder();
        Restore.Run(saved, restored.Folder, force: false);
        await using ImageDatabase own = restored.Open();
        Assert.Equal(DataFolder.Encoding(1001), Assert.Single(own.ReadFaces("fr512", 512)).Encoding); // not the other gallery's person 1
    }

    [Fact]
    public async Task WhatComesBackGoesOn()
    {
        await using ImageDatabase database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        File.Move(_data.Database, _data.Database + "-elsewhere");
        await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(2)));
        Assert.True(SpinWait.SpinUntil(() => !database.OnlyMemoryIsLeft, Long));
        File.Move(_data.Database + "-elsewhere", _data.Database);
        Assert.Equal(2, (await database.EnrolAsync(DataFolder.Face(2))).PersonId);
        Assert.False(File.Exists(_data.Database + ".rescued"));
        database.Ping();
    }

    [Fact]
    public async Task AnotherProgramMayFoldTheLogIn()
    {
        await using ImageDatabase database = _data.Open();
        for (int seed = 1; seed <= 5; seed++)
        {
            await database.EnrolAsync(DataFolder.Face(seed));
            _data.Shell("PRAGMA wal_checkpoint(TRUNCATE)");
            database.Ping();
        }

        Assert.Equal((5, 5), database.Count());
    }

    [Fact]
    public async Task ADamagedFileIsNotConcludedFromAReadOnlyOne()
    {
        await using ImageDatabase database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        Task<int> full = database.WriteAsync<int>(static _ => throw new Microsoft.Data.Sqlite.SqliteException("attempt to write a readonly database", 8));
        Assert.Equal(StorageProblem.Unwritable, (await Assert.ThrowsAsync<StorageException>(() => full)).Problem);
        Task<int> second = database.WriteAsync<int>(static _ => throw new Microsoft.Data.Sqlite.SqliteException("database disk image is malformed", 11));
        Assert.Equal(StorageProblem.Unwritable, (await Assert.ThrowsAsync<StorageException>(() => second)).Problem);
        await database.EnrolAsync(DataFolder.Face(2));
        database.Ping();
    }
}
