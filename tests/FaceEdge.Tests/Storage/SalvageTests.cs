using FaceEdge.Storage;
using FaceEdge.Storage.Salvage;

namespace FaceEdge.Tests.Storage;

/// <summary>Out of whatever is left of a file, everybody who can be read.</summary>
public sealed class SalvageTests : IDisposable
{
    private const int People = 60;
    private readonly DataFolder _data = new();
    private readonly string _made;

    public SalvageTests() => _made = Path.Combine(Path.GetDirectoryName(_data.Folder)!, "salvaged.db");

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("the header", 0, 100)]
    [InlineData("the first page, and with it the schema", 0, 8192)]
    [InlineData("the first ten pages, and with them every root", 0, 81920)]
    public async Task ALostBeginningLosesOnlyWhoStandsThere(string what, int from, int length)
    {
        await _data.Fill(People, imageBytes: 12_000);
        byte[] file = File.ReadAllBytes(_data.Database);
        file.AsSpan(from, length).Fill(0xA5);
        File.WriteAllBytes(_data.Database, file);
        (SalvageReport report, DatabaseCheck written) = Salvaging.Run(_data.Database, _made);
        Assert.Empty(written.Problems);
        Assert.True(report.People >= (length < 10_000 ? People : People - 10), $"{what}: {report.People} of {People}");
        Assert.Equal("600", DataFolder.Run("stat", "-c", "%a", _made).Trim());
        Assert.Equal(file, File.ReadAllBytes(_data.Database));

        // What was written can be restored, and everybody is who they were, with their picture.
        using var other = new DataFolder();
        Restore.Run(_made, other.Folder, force: false);
        await using var database = other.Open();
        Assert.All(database.ReadFaces("fr512", 512), face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));
        Assert.True((await database.EnrolAsync(DataFolder.Face(99))).PersonId > People);
        Assert.Equal($"{report.Pictures}", DataFolder.Run("sqlite3", _made, "SELECT count(*) FROM face_image").Trim());
        Assert.True(report.Pictures > People - 10);
    }

    [Fact]
    public async Task RandomDamageLosesFewAndMixesNobodyUp()
    {
        await _data.Fill(People, imageBytes: 3_000);
        byte[] whole = File.ReadAllBytes(_data.Database);
        var random = new Random(5);
        for (int round = 0; round < 40; round++)
        {
            byte[] file = [.. whole];
            for (int hole = 0; hole < 5; hole++)
            {
                random.NextBytes(file.AsSpan(random.Next(file.Length - 600), 600));
            }

            File.WriteAllBytes(_data.Database, file);
            File.Delete(_made);
            (SalvageReport report, DatabaseCheck written) = Salvaging.Run(_data.Database, _made);
            Assert.Empty(written.Problems);
            Assert.True(report.People >= People - 20, $"round {round}: {report.People}");
            using var other = new DataFolder();
            Restore.Run(_made, other.Folder, force: false);
            await using var database = other.Open();
            Assert.All(database.ReadFaces("fr512", 512), face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));
        }
    }

    [Fact]
    public async Task NobodyWhoWasForgottenComesBack()
    {
        await _data.Fill(People, imageBytes: 3_000);
        await using (var database = _data.Open())
        {
            for (long id = 1; id <= People; id += 2)
            {
                Assert.True(await database.ForgetAsync(id));
            }
        }

        byte[] file = File.ReadAllBytes(_data.Database);
        file.AsSpan(0, 8192).Fill(0xFF);
        File.WriteAllBytes(_data.Database, file);
        (SalvageReport report, _) = Salvaging.Run(_data.Database, _made);
        Assert.Equal(People / 2, report.People);
        Assert.Equal("0", DataFolder.Run("sqlite3", _made, "SELECT count(*) FROM person WHERE id % 2 = 1").Trim());
    }

    [Fact]
    public async Task SecondEncodingsImportsAndTheEncoderInForceAreKept()
    {
        await using (var database = _data.Open())
        {
            await ImportWriter.ReserveAsync(database, 0, 500);
            await ImportWriter.StoreAsync(database, [new ImportedRow([1, 2, 3], 77, true, DataFolder.Face(1), new SecondEncoding("dlib128", [.. DataFolder.Encoding(2).Take(128)]))]);
            await database.SetEncoderAsync("dlib128");
        }

        Salvaging.Run(_data.Database, _made);
        const string Everything = "SELECT * FROM meta ORDER BY key; SELECT * FROM import_row; SELECT * FROM import_range; SELECT face_id, encoder, hex(encoding) FROM face_encoding; "
            + "SELECT * FROM person; SELECT id, person_id, encoder, quality, created_at, hex(encoding), evidence, checksum FROM face; SELECT * FROM sqlite_sequence ORDER BY name";
        Assert.Equal(DataFolder.Run("sqlite3", _data.Database, Everything), DataFolder.Run("sqlite3", _made, Everything));
    }

    [Fact]
    public void WhatHoldsNobodyIsRefusedAndNothingIsWritten()
    {
        Directory.CreateDirectory(_data.Folder);
        File.WriteAllBytes(_data.Database, DataFolder.Image(1, 100_000));
        Assert.Contains("Nobody can be read", Assert.Throws<StorageException>(() => Salvaging.Run(_data.Database, _made)).Message);
        Assert.Contains("There is no file", Assert.Throws<StorageException>(() => Salvaging.Run(_data.Database + ".none", _made)).Message);
        Assert.False(Path.Exists(_made));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(_made)!, "*partial*"));
    }
}
