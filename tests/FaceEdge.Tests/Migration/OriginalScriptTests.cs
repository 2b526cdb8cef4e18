using FaceEdge.Storage;

namespace FaceEdge.Tests.Migration;

/// <summary>
/// The original's own statements, in its order and with its way of pairing rows, run by Python against what we write. Its photos are replaced by
/// the encodings that it would make of them.
/// </summary>
public sealed class OriginalScriptTests : IDisposable
{
    private const string Original = """
        import sqlite3, sys
        import numpy as np
        def predict(path, img_enc, table='ImageDB'):
            conn = sqlite3.connect(path)
            cur = conn.cursor()
            cur.execute(f"SELECT Face_Encoding FROM {table}")
            rows = cur.fetchall()
            cur.execute(f"SELECT Person FROM {table}")
            pid = cur.fetchall()
            for row, person_id in zip(rows, pid):
                db_enc = np.frombuffer(b''.join(row))
                if np.linalg.norm(np.array([img_enc]) - db_enc, axis=1)[0] <= 0.5:
                    return person_id[0]
            cur.execute(f"SELECT MAX(Person) From {table};")
            new_user = cur.fetchall()[0][0] + 1
            cur.execute(f"INSERT INTO {table} (Person, Person_Img, Face_Encoding) VALUES (?, ?, ?)", (new_user, b'photo', img_enc))
            conn.commit()
            conn.close()
            return new_user
        def face(seed):
            r = np.random.default_rng(seed).normal(size=128)
            return r / np.linalg.norm(r) * 1.4

        """;

    private readonly LegacyDb _db = new();

    public void Dispose() => _db.Dispose();

    [Theory]
    [InlineData("ImageDB")]
    [InlineData("Image")]
    public void TheOriginalGoesOnWithWhatWeExport(string table)
    {
        float[][] faces = Faces(5);
        using (var file = new ExportFile(_db.File))
        {
            for (int i = 0; i < 4; i++)
            {
                file.Add(40 - i, [1, 2, 3], faces[i]);
            }

            file.AddOther(57, null, new float[512], "fr512");
            Assert.True(file.HoldAbove(60)); // 58 to 60 were forgotten, 57 can not be compared
            file.Finish();
        }

        Assert.Equal("40 37 61 61 62", Python($"""
            p = '{_db.File}'
            print(predict(p, face(1) + 0.01, '{table}'), predict(p, face(4), '{table}'), predict(p, face(100), '{table}'), predict(p, face(100) + 0.01, '{table}'), predict(p, face(101), '{table}'))
            """));

        // And back: everybody, also whom the original added, and ids go on above.
        using var source = LegacySource.Open(_db.File, null);
        Assert.Equal([40L, 39L, 38L, 37L, 61L, 62L, 57L], source.Read(1000, 10_000).Select(static row => (long)row.Person!));
        Assert.Equal(7, source.Count());
        Assert.Equal(60, source.HighestGiven);
    }

    [Fact]
    public async Task TheOriginalKnowsEverybodyInOurLiveFileWhileDlibIsInForce()
    {
        float[][] faces = Faces(30);
        await using ImageDatabase database = Open();
        for (int i = 0; i < faces.Length; i++)
        {
            // Persons in another order than faces: the original pairs two queries by place.
            await ImportWriter.StoreAsync(database, [new ImportedRow([(byte)i], 100 - i, false, new NewFace(faces[i], "dlib128", 0, i % 2 == 0 ? [9] : null), null)]);
        }

        await database.SetEncoderAsync("dlib128");
        Assert.Equal("True [1024] 100 30 100 100", Python($"""
            p = '{Path.Combine(_db.Target, "Image.db")}'
            c = sqlite3.connect(p)
            rows = c.execute('SELECT * FROM ImageDB').fetchall()
            exact = all(np.array_equal(np.frombuffer(r[2]), face(101 - r[0]).astype('f4').astype('f8')) for r in rows)
            print(exact, sorted(set(len(r[2]) for r in rows)), c.execute('SELECT MAX(Person) FROM ImageDB').fetchone()[0], len(rows),
                predict(p, face(1)), predict(p, face(1) + 0.01, 'Image'))
            for i in range(30):
                assert predict(p, face(i + 1)) == 100 - i
            """));

        // It is ours to write.
        Assert.Contains("cannot modify ImageDB because it is a view", Python($"""
            try:
                predict('{Path.Combine(_db.Target, "Image.db")}', face(500))
            except sqlite3.OperationalError as e:
                print(e)
            """), StringComparison.Ordinal);
        Assert.Equal((30, 30), database.Count());
    }

    [Fact]
    public async Task EveryStatementRunsWhateverEncoderIsInForce()
    {
        await using ImageDatabase database = Open();
        await database.EnrolAsync(Storage.DataFolder.Face(1));
        await database.EnrolAsync(Storage.DataFolder.Face(2));
        Assert.Equal("2 [2048, 2048] 2 [1, 2]", Python($"""
            c = sqlite3.connect('{Path.Combine(_db.Target, "Image.db")}')
            print(c.execute('SELECT MAX(Person) FROM ImageDB').fetchone()[0], [len(r[0]) for r in c.execute('SELECT Face_Encoding FROM ImageDB')],
                len(c.execute('SELECT * FROM Image').fetchall()), [r[0] for r in c.execute('SELECT Person FROM imagedb')])
            """));
    }

    [Fact]
    public void NumbersOfEverySizeAreWidenedExactly()
    {
        float[] odd = [0f, -0f, 1f, -1f, float.MaxValue, -float.MaxValue, 1.17549435e-38f, 3.4e-20f, -0.1f, 123456.789f, 1.00000012f, 0.333333343f];
        float[] numbers = [.. Enumerable.Range(0, 128).Select(i => odd[i % odd.Length])];
        _db.Run("""
            CREATE TABLE meta(key, value); CREATE TABLE face(id INTEGER PRIMARY KEY, person_id, encoding); CREATE TABLE face_image(face_id INTEGER PRIMARY KEY, image);
            CREATE TABLE face_encoding(face_id, encoder, encoding, PRIMARY KEY(face_id, encoder)); CREATE VIEW Image AS SELECT 1;
            """ + OriginalView.Create + "; INSERT INTO face VALUES(1, 1, $e)", ("$e", EncodingBlob.ToBytes(numbers)));
        string hex = Storage.DataFolder.Run("sqlite3", _db.File, "SELECT hex(Face_Encoding) FROM ImageDB").Trim();
        Assert.Equal(Convert.ToHexString(LegacyDb.Bytes([.. numbers.Select(static x => (double)x)])), hex);
    }

    private static float[][] Faces(int count)
    {
        string[] lines = Python($"for i in range({count}): print(face(i + 1).astype('f4').tobytes().hex())").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(static line => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromHexString(line)).ToArray())];
    }

    private static string Python(string script) => Storage.DataFolder.Run("/usr/bin/python3", "-c", Original + script).Trim();

    private ImageDatabase Open() => ImageDatabase.Open(_db.Target, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
}
