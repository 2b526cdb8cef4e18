using FaceEdge.Migration;
using FaceEdge.Storage;

namespace FaceEdge.Tests.Migration;

public sealed class ExportTests : IDisposable
{
    private readonly LegacyDb _db = new();

    public void Dispose() => _db.Dispose();

    [Fact]
    public void TheOriginalsTableIsWhatTheOriginalReads()
    {
        float[] dlib = [.. LegacyDb.Encoding(1).Select(x => (float)x)];
        using (var file = new ExportFile(_db.File))
        {
            file.Add(7, [1, 2, 3], dlib);
            file.AddOther(9, null, new float[512], "fr512");
            file.Finish();
        }

        Assert.Equal("600", Storage.DataFolder.Run("stat", "-c", "%a", _db.File).Trim());
        string seen = Storage.DataFolder.Run("/usr/bin/python3", "-c", $$"""
            import sqlite3, numpy
            rows = sqlite3.connect('{{_db.File}}').execute('SELECT Person, Person_Img, Face_Encoding FROM Image').fetchall()
            print(len(rows), rows[0][0], rows[0][1], *numpy.frombuffer(rows[0][2])[:2].astype('f4'), len(numpy.frombuffer(rows[0][2])))
            """);
        Assert.StartsWith("1 7 b'\\x01\\x02\\x03' ", seen);
        Assert.EndsWith(" 128\n", seen);

        // Both tables are ours, so both come back.
        using var source = LegacySource.Open(_db.File, null);
        Assert.Equal([7L, 9L], source.Read(1000, 10_000).Select(row => row.Person));
    }

    [Fact]
    public void WhatIsNotFinishedIsNotThere()
    {
        using (var file = new ExportFile(_db.File))
        {
            file.Add(7, null, new float[128]);
        }

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_db.File)!));
        File.WriteAllText(_db.File, "precious");
        Assert.Contains("exists already", Assert.Throws<StorageException>(() => new ExportFile(_db.File)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFolderThatIsNotFinishedIsAsBeforeAndTheNextRunGoesThrough(bool wasThere)
    {
        string path = Path.Combine(Path.GetDirectoryName(_db.File)!, "people");
        if (wasThere)
        {
            Directory.CreateDirectory(path);
        }

        var face = new ExportedFace(3, 7, "fr512", new float[512], null, [1, 2, 3]);
        using (var folder = new ExportFolder(path))
        {
            folder.Add(face, face.Encoder, face.Encoding);
        }

        Assert.Equal(wasThere, Directory.Exists(path));
        using (var folder = new ExportFolder(path))
        {
            folder.Add(face, face.Encoder, face.Encoding);
            Directory.CreateDirectory(Path.Combine(path, "somebody else's")); // Not ours: it stays.
        }

        Assert.Equal(["somebody else's"], Directory.GetFileSystemEntries(path).Select(Path.GetFileName));
        Directory.Delete(Path.Combine(path, "somebody else's"));
        using (var folder = new ExportFolder(path))
        {
            folder.Add(face, face.Encoder, face.Encoding);
            folder.Finish();
        }

        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(path, "7", "3.jpg")));
        Assert.Equal(2, File.ReadAllLines(Path.Combine(path, "people.csv")).Length);
    }

    [Fact]
    public void AFolderThatWasCutOffIsToldFromOneThatIsWhole()
    {
        string path = Path.Combine(Path.GetDirectoryName(_db.File)!, "people");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "people.csv.partial"), "");
        Assert.Contains("cut off", Assert.Throws<StorageException>(() => new ExportFolder(path)).Message);
        File.Move(Path.Combine(path, "people.csv.partial"), Path.Combine(path, "people.csv"));
        Assert.Contains("exists already", Assert.Throws<StorageException>(() => new ExportFolder(path)).Message);
    }
}
