using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class WriterTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task WritesThatWaitTogetherShareOneCommit()
    {
        await using var database = _data.Open();
        List<Task<StoredIds>> waiting;
        using (HoldWriter(database))
        {
            waiting = [.. Enumerable.Range(1, 60).Select(seed => database.EnrolAsync(DataFolder.Face(seed)))];
        }

        var ids = await Task.WhenAll(waiting);
        Assert.Equal(2, database.Commits); // the one held, and the sixty
        Assert.Equal(Enumerable.Range(1, 60).Select(n => (long)n), ids.Select(i => i.PersonId));
    }

    [Fact]
    public async Task ABatchIsBounded()
    {
        await using var database = _data.Open();
        List<Task<StoredIds>> waiting;
        using (HoldWriter(database))
        {
            waiting = [.. Enumerable.Range(1, 2 * WriteQueue.MaxBatch).Select(seed => database.EnrolAsync(DataFolder.Face(seed, 0)))];
        }

        await Task.WhenAll(waiting);
        Assert.Equal(3, database.Commits);
    }

    [Fact]
    public async Task ParallelEnrolmentsGetIdsOfTheirOwnInManyFewerCommits()
    {
        await using var database = _data.Open();
        var ids = await Task.WhenAll(Enumerable.Range(1, 200).Select(seed => Task.Run(() => database.EnrolAsync(DataFolder.Face(seed)))));
        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), ids.Select(i => i.PersonId).Order());
        Assert.True(database.Commits < 200, $"{database.Commits} commits");
    }

    [Fact]
    public async Task ACompletedWriteIsInTheFilesAlready()
    {
        await using var database = _data.Open();
        for (int seed = 1; seed <= 5; seed++)
        {
            await database.EnrolAsync(DataFolder.Face(seed));
            await using var killed = ImageDatabase.Open(_data.CopyWhileOpen(), _data);
            Assert.Equal((seed, seed), killed.Count());
        }
    }

    [Fact]
    public async Task OneBadWriteDoesNotFailItsNeighbours()
    {
        await using var database = _data.Open();
        Task<StoredIds> before, after;
        Task<int> bad;
        Task<bool> wrong;
        using (HoldWriter(database))
        {
            before = database.EnrolAsync(DataFolder.Face(1));
            bad = database.WriteAsync<int>(statements =>
            {
                statements.Enrol(DataFolder.Face(9), EncodingBlob.ToBytes(DataFolder.Encoding(9)));
                throw new InvalidOperationException("bad");
            });
            wrong = database.WriteAsync(statements =>
            {
                Sqlite.Run(statements.Connection, "INSERT INTO face(person_id, encoder, quality, encoding) VALUES(99, 'x', 1, x'00')");
                return true;
            });
            after = database.EnrolAsync(DataFolder.Face(2));
        }

        Assert.Equal(1, (await before).PersonId);
        Assert.Equal(2, (await after).PersonId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        await Assert.ThrowsAsync<StorageException>(() => wrong);
        Assert.Equal((2, 2), database.Count());
    }

    [Fact]
    public async Task AFullDiskFailsClearlyWastesNoIdAndRecoversByItself()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        await database.WriteAsync(s => Sqlite.Number(s.Connection, "PRAGMA max_page_count=1")); // no page more than it has

        List<Task<StoredIds>> waiting;
        using (HoldWriter(database))
        {
            waiting = [.. Enumerable.Range(2, 3).Select(seed => database.EnrolAsync(DataFolder.Face(seed, imageBytes: 100_000)))];
        }

        foreach (var task in waiting)
        {
            var failure = await Assert.ThrowsAsync<StorageException>(() => task);
            Assert.Equal(StorageProblem.Full, failure.Problem);
            Assert.Contains(_data.Folder, failure.Message);
        }

        Assert.Equal((1, 1), database.Count());
        Assert.Equal(StorageProblem.Full, Assert.Throws<StorageException>(database.Ping).Problem);
        await database.WriteAsync(s => Sqlite.Number(s.Connection, "PRAGMA max_page_count=1000000"));
        database.Ping();
        Assert.Equal(2, (await database.EnrolAsync(DataFolder.Face(2, imageBytes: 100_000))).PersonId);
    }

    [Fact]
    public async Task AnIdThatCanNotBeMarkedIsNotGiven()
    {
        await using var database = _data.Open();
        Directory.CreateDirectory(_data.Database + ".ids"); // the mark can not be renamed over a folder
        await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(1)));
        Directory.Delete(_data.Database + ".ids");
        Assert.Equal(1, (await database.EnrolAsync(DataFolder.Face(1))).PersonId);
    }

    [Fact]
    public async Task ReadingGoesOnBesideALongWrite()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        using (HoldWriter(database))
        {
            Assert.Equal((1, 1), database.Count());
            Assert.Single(database.ReadFaces("fr512", 512));
            database.Ping();
        }
    }

    /// <summary>Keeps the writer inside a transaction until disposed of.</summary>
    private static Release HoldWriter(ImageDatabase database)
    {
        var held = new ManualResetEventSlim();
        var release = new Release();
        _ = database.WriteAsync(_ =>
        {
            held.Set();
            return release.Event.Wait(TimeSpan.FromMinutes(1));
        });
        held.Wait(TimeSpan.FromMinutes(1));
        return release;
    }

    private sealed class Release : IDisposable
    {
        public ManualResetEventSlim Event { get; } = new();

        public void Dispose() => Event.Set();
    }
}
