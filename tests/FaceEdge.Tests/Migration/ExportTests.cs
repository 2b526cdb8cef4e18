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
}
