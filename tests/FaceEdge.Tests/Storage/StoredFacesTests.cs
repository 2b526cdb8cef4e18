using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class StoredFacesTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task EverythingEnrolledIsThereAfterReopening()
    {
        StoredIds franck, audrey;
        long second;
        await using (var database = _data.Open())
        {
            franck = await database.EnrolAsync(DataFolder.Face(1));
            audrey = await database.EnrolAsync(DataFolder.Face(2, imageBytes: 0));
            second = await database.LearnAsync(franck.PersonId, DataFolder.Face(3));
        }

        await using var reopened = _data.Open();
        var faces = reopened.ReadFaces("fr512", 512).ToList();
        Assert.Equal([(1, franck.FaceId), (1, second), (2, audrey.FaceId)], faces.Select(f => (f.PersonId, f.FaceId)));
        Assert.Equal(DataFolder.Encoding(1), faces[0].Encoding);
        Assert.Equal(DataFolder.Encoding(3), faces[1].Encoding);
        Assert.Equal(DataFolder.Encoding(2), faces[2].Encoding);
        Assert.All(faces, f => Assert.Equal(0.5f, f.Quality));
        Assert.Equal((2, 3), reopened.Count());
        Assert.Null(reopened.SetAside);
    }

    [Fact]
    public async Task LearningForSomebodyForgottenStoresNothing()
    {
        await using var database = _data.Open();
        var ids = await database.EnrolAsync(DataFolder.Face(1));
        Assert.True(await database.ForgetAsync(ids.PersonId));
        Assert.False(await database.ForgetAsync(ids.PersonId));
        Assert.Equal(0, await database.LearnAsync(ids.PersonId, DataFolder.Face(2)));
        Assert.Equal((0, 0), database.Count());
        Assert.Equal("0", _data.Shell("SELECT count(*) FROM face_image").Trim());
    }

    [Fact]
    public async Task FacesOfAnotherEncoderAreNeverMixed()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        await database.EnrolAsync(DataFolder.Face(2, encoder: "mfn192"));
        Assert.Equal([1L], database.ReadFaces("fr512", 512).Select(f => f.PersonId));
        Assert.Equal([2L], database.ReadFaces("mfn192", 512).Select(f => f.PersonId));
        Assert.Empty(database.ReadFaces("dlib128", 512));
    }

    [Fact]
    public async Task UnusableEncodingsAreLeftOutAndLogged()
    {
        await using var database = _data.Open();
        for (int seed = 1; seed <= 4; seed++)
        {
            await database.EnrolAsync(DataFolder.Face(seed));
        }

        _data.Shell("UPDATE face SET encoding = substr(encoding, 1, 2044) WHERE id = 2");
        _data.Shell("UPDATE face SET encoding = CAST(x'0000C07F' || substr(encoding, 5) AS BLOB) WHERE id = 3");
        Assert.Equal([1L, 4L], database.ReadFaces("fr512", 512).Select(f => f.FaceId));
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Warning && l.Text.StartsWith("Face 2 of person 2"));
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Warning && l.Text.Contains("2 faces in all are left out for that reason, of the people 2, 3"));
    }

    /// <summary>A flipped bit can make a number NULL where none may be: SQLite does not mind, and a start must not end for it.</summary>
    [Fact]
    public async Task AFaceThatLacksANumberIsLeftOutAndLogged()
    {
        await using var database = _data.Open();
        for (int seed = 1; seed <= 3; seed++)
        {
            await database.EnrolAsync(DataFolder.Face(seed));
        }

        const string ChangeSchema = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '{0}', '{1}') WHERE name = 'face'; PRAGMA writable_schema = RESET;";
        const string Strict = "quality REAL NOT NULL", Lax = "quality REAL";
        _data.Shell(string.Format(ChangeSchema, Strict, Lax) + "UPDATE face SET quality = NULL WHERE id = 2;" + string.Format(ChangeSchema, Lax, Strict));
        Assert.Equal([1L, 3L], database.ReadFaces("fr512", 512).Select(f => f.FaceId));
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Warning && l.Text.StartsWith("Face 2 of person 2"));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task AnEncodingThatIsNotFiniteIsRefused(float value)
    {
        await using var database = _data.Open();
        float[] encoding = DataFolder.Encoding(1);
        encoding[511] = value;
        await Assert.ThrowsAsync<ArgumentException>(() => database.EnrolAsync(new NewFace(encoding, "fr512", 1, null)));
        await Assert.ThrowsAsync<ArgumentException>(() => database.EnrolAsync(new NewFace(Array.Empty<float>(), "fr512", 1, null)));
        Assert.Equal((0, 0), database.Count());
    }

    [Fact]
    public async Task TheShellSeesTheTableOfTheOriginalApplication()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        await database.EnrolAsync(DataFolder.Face(2, imageBytes: 0));
        string encoding = Convert.ToHexString(EncodingBlob.ToBytes(DataFolder.Encoding(1)));
        string image = Convert.ToHexString(DataFolder.Image(1, 100));
        string[] rows = _data.Shell("SELECT Person, hex(Person_Img), hex(Face_Encoding), typeof(Person_Img) FROM Image").Trim().Split('\n');
        Assert.Equal($"1|{image}|{encoding}|blob", rows[0]);
        Assert.StartsWith("2||", rows[1]);
        Assert.EndsWith("|null", rows[1]);
    }

    [Fact]
    public async Task TheFileIsDurableAndErasing()
    {
        await using var database = _data.Open();
        (long Synchronous, long SecureDelete, long ForeignKeys, string? Journal) settings = await database.WriteAsync(s => (
            Sqlite.Number(s.Connection, "PRAGMA synchronous"),
            Sqlite.Number(s.Connection, "PRAGMA secure_delete"),
            Sqlite.Number(s.Connection, "PRAGMA foreign_keys"),
            Sqlite.Texts(s.Connection, "PRAGMA journal_mode").Single()));
        Assert.Equal((2, 1, 1, "wal"), settings);
    }

    [Fact]
    public async Task PingTellsThatTheFileIsGone()
    {
        await using var database = _data.Open();
        database.Ping();
        File.Move(_data.Database, _data.Database + ".elsewhere");
        Assert.Throws<StorageException>(database.Ping);
        File.Move(_data.Database + ".elsewhere", _data.Database);
        database.Ping();
    }

    [Fact]
    public async Task AfterDisposingNothingIsTakenAndOneFileIsLeft()
    {
        var database = _data.Open();
        var last = Enumerable.Range(1, 20).Select(seed => database.EnrolAsync(DataFolder.Face(seed))).ToList();
        await database.DisposeAsync();
        await database.DisposeAsync();
        Assert.All(last, task => Assert.True(task.IsCompletedSuccessfully));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.EnrolAsync(DataFolder.Face(1)));
        Assert.Equal(["Image.db", "Image.db.ids", "Image.db.lock"], Directory.GetFiles(_data.Folder).Select(Path.GetFileName).Order());
    }
}
