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

    [Fact]
    public async Task WhatAReaderKeptInTheLogIsErasedWhenTheReaderIsGone()
    {
        byte[] encoding = EncodingBlob.ToBytes(DataFolder.Encoding(2));
        await _data.Fill(2);
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(3));
        using (var faces = database.ReadFaces("fr512", 512).GetEnumerator())
        {
            Assert.True(faces.MoveNext()); // a snapshot is open now
            await database.LearnAsync(2, DataFolder.Face(2));
            Assert.True(await database.ForgetAsync(2));
            Assert.True(database.ErasureIsOwed);
            Assert.True(Holds(_data.CopyWhileOpen(), encoding));
        }

        Assert.True(SpinWait.SpinUntil(() => !database.ErasureIsOwed, TimeSpan.FromSeconds(30)));
        Assert.False(Holds(_data.CopyWhileOpen(), encoding));
    }

    [Fact]
    public async Task WhatAKillLeftInTheLogIsErasedByTheNextStart()
    {
        byte[] encoding = EncodingBlob.ToBytes(DataFolder.Encoding(2));
        await _data.Fill(3);
        await using (var database = _data.Open())
        {
            using var faces = database.ReadFaces("fr512", 512).GetEnumerator();
            Assert.True(faces.MoveNext());
            await database.LearnAsync(2, DataFolder.Face(2));
            await database.ForgetAsync(2);
            _data.Folder = _data.CopyWhileOpen(); // killed before the reader was gone
        }

        Assert.True(Holds(_data.Folder, encoding));
        await using var after = _data.Open();
        Assert.True(SpinWait.SpinUntil(() => !after.ErasureIsOwed, TimeSpan.FromSeconds(30)));
        Assert.False(Holds(_data.CopyWhileOpen(), encoding));
    }

    [Fact]
    public async Task NothingOfTheUsersIsDeletedAndNoPlantedLinkIsFollowed()
    {
        await _data.Fill(2);
        string folder = Path.GetDirectoryName(_data.Folder)!, target = Path.Combine(folder, "b.db"), precious = Path.Combine(folder, "precious");
        File.WriteAllText(precious, "precious");
        foreach (string planted in (string[])["b.db.partial", "b.db.partial-journal", "b.db.partial-wal", "b.db-journal", "b.db-wal"])
        {
            File.CreateSymbolicLink(Path.Combine(folder, planted), precious);
        }

        foreach (string name in (string[])["Image.db.new", "Image.db.ids.new", "Image.db.ready-wal", "Image.db.aside"])
        {
            File.CreateSymbolicLink(Path.Combine(_data.Folder, name), precious);
        }

        Assert.Contains("b.db-wal exists already", Assert.Throws<StorageException>(() => Backup.Write(_data.Folder, target)).Message);
        File.Delete(target + "-wal");
        File.Delete(target + "-journal");
        Backup.Write(_data.Folder, target);
        using (var export = new ExportFile(Path.Combine(folder, "e.db")))
        {
            export.Finish();
        }

        Restore.Run(target, _data.Folder, force: false);
        await _data.Fill(1);
        Assert.Equal("precious", File.ReadAllText(precious));
        Assert.Equal(precious, new FileInfo(Path.Combine(folder, "b.db.partial")).LinkTarget);
        Assert.Empty(Directory.GetDirectories(folder, "*.partial*"));

        // A name that is a link to nothing, and a lock that is a link.
        File.CreateSymbolicLink(Path.Combine(folder, "dangling.db"), Path.Combine(folder, "nothing"));
        Assert.Contains("exists already", Assert.Throws<StorageException>(() => Backup.Write(_data.Folder, Path.Combine(folder, "dangling.db"))).Message);
        File.Delete(_data.Database + ".lock");
        File.CreateSymbolicLink(_data.Database + ".lock", precious);
        Assert.Contains("symbolic link", Assert.Throws<StorageException>(_data.Open).Message);
        Assert.Equal("precious", File.ReadAllText(precious));
    }

    /// <summary>Whether some piece of these bytes (a page may hold only a part) stands in any file of the folder.</summary>
    private static bool Holds(string folder, byte[] bytes) => Directory.GetFiles(folder).Any(file =>
    {
        byte[] content = File.ReadAllBytes(file);
        return Enumerable.Range(0, bytes.Length / 16).Any(piece => content.AsSpan().IndexOf(bytes.AsSpan(piece * 16, 16)) >= 0);
    });

    private static string Mode(string path) => DataFolder.Run("stat", "-c", "%a", path).Trim();
}
