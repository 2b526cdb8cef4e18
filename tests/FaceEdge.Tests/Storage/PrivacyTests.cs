using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class PrivacyTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task FilesAreForTheirUserAlone()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        Assert.Equal("700", Mode(_data.Folder));
        string[] files = Directory.GetFiles(_data.Folder);
        Assert.Equal(["Image.db", "Image.db-shm", "Image.db-wal", "Image.db.ids", "Image.db.lock"], files.Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal("600", Mode(file)));
    }

    [Fact]
    public async Task AnExistingFolderKeepsItsMode()
    {
        Directory.CreateDirectory(_data.Folder);
        DataFolder.Run("chmod", "755", _data.Folder);
        await _data.Fill(1);
        Assert.Equal("755", Mode(_data.Folder));
    }

    [Fact]
    public async Task NothingOfAForgottenFaceIsLeftInTheFiles()
    {
        byte[] encoding = EncodingBlob.ToBytes(DataFolder.Encoding(2));
        byte[] image = DataFolder.Image(2, 30_000);
        await _data.Fill(4, imageBytes: 30_000);
        await using (var database = _data.Open())
        {
            await database.LearnAsync(2, DataFolder.Face(2, imageBytes: 30_000));
            string before = _data.CopyWhileOpen();
            Assert.True(Holds(before, encoding) && Holds(before, image)); // the search does find them

            Assert.True(await database.ForgetAsync(2));
            string after = _data.CopyWhileOpen();
            Assert.False(Holds(after, encoding));
            Assert.False(Holds(after, image));
        }

        Assert.False(Holds(_data.Folder, encoding));
        Assert.False(Holds(_data.Folder, image));
        Assert.True(Holds(_data.Folder, EncodingBlob.ToBytes(DataFolder.Encoding(3))));
    }

    [Fact]
    public async Task ForgettingDoesNotWaitForAReader()
    {
        await _data.Fill(3);
        await using var database = _data.Open();
        await database.LearnAsync(1, DataFolder.Face(9));
        using var faces = database.ReadFaces("fr512", 512).GetEnumerator();
        Assert.True(faces.MoveNext()); // a snapshot is open now
        Assert.True(await database.ForgetAsync(2).WaitAsync(TimeSpan.FromSeconds(4)));
        Assert.Equal((2, 3), database.Count());
    }

    /// <summary>Whether some piece of these bytes (a page may hold only a part) stands in any file of the folder.</summary>
    private static bool Holds(string folder, byte[] bytes) => Directory.GetFiles(folder).Any(file =>
    {
        byte[] content = File.ReadAllBytes(file);
        return Enumerable.Range(0, bytes.Length / 16).Any(piece => content.AsSpan().IndexOf(bytes.AsSpan(piece * 16, 16)) >= 0);
    });

    private static string Mode(string path) => DataFolder.Run("stat", "-c", "%a", path).Trim();
}
