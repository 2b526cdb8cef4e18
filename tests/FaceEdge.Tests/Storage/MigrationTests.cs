using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class MigrationTests : IDisposable
{
    private static readonly string[] NextSchema = [.. Schema.Steps, "ALTER TABLE person ADD COLUMN note TEXT DEFAULT 'upgraded'"];
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task AnOlderFileIsUpgradedAfterACopy()
    {
        await _data.Fill(5);
        await using (var upgraded = ImageDatabase.Open(_data.Folder, _data, NextSchema))
        {
            Assert.Equal((5, 5), upgraded.Count());
            Assert.Equal(6, (await upgraded.EnrolAsync(DataFolder.Face(6))).PersonId);
        }

        Assert.Equal("upgraded|6", _data.Shell("SELECT note, count(*) FROM person").Trim());
        Assert.Equal($"{NextSchema.Length}", _data.Shell("SELECT value FROM meta WHERE key = 'schema_version'").Trim());

        // The copy is private, complete, and what this version opens.
        string copy = Assert.Single(Directory.GetFiles(_data.Folder, $"Image.db.v{Schema.Steps.Count}-*"));
        Assert.Equal("600", DataFolder.Run("stat", "-c", "%a", copy).Trim());
        File.Move(copy, _data.Database, overwrite: true);
        await using var old = _data.Open();
        Assert.Null(old.SetAside);
        Assert.Equal(Enumerable.Range(1, 5).Select(DataFolder.Encoding), old.ReadFaces("fr512", 512).Select(f => f.Encoding));
        Assert.Equal(7, (await old.EnrolAsync(DataFolder.Face(7))).PersonId); // 6 was given
    }

    [Fact]
    public async Task EveryReleasedSchemaIsUpgraded()
    {
        for (int version = 1; version < Schema.Steps.Count; version++)
        {
            _data.Folder = Path.Combine(Path.GetDirectoryName(_data.Folder)!, $"from-{version}");
            _data.FillOlder(version);
            await using var now = _data.Open();
            Assert.Equal((1, 1), now.Count());
            Assert.Equal(DataFolder.Encoding(1), Assert.Single(now.ReadFaces("fr512", 512)).Encoding);
            Assert.Single(Directory.GetFiles(_data.Folder, $"Image.db.v{version}-*"));
        }
    }

    [Fact]
    public async Task ANewerFileIsRefusedAndKept()
    {
        await using (var newer = ImageDatabase.Open(_data.Folder, _data, NextSchema))
        {
            await newer.EnrolAsync(DataFolder.Face(1));
        }

        var failure = Assert.Throws<StorageException>(_data.Open);
        Assert.Equal(StorageProblem.NewerSchema, failure.Problem);
        Assert.Contains($"schema {NextSchema.Length}, this one knows {Schema.Steps.Count}", failure.Message);
        await using var again = ImageDatabase.Open(_data.Folder, _data, NextSchema);
        Assert.Equal((1, 1), again.Count());
        Assert.Empty(Directory.GetFiles(_data.Folder, "*corrupt*"));
    }

    [Fact]
    public async Task AnUpgradeThatFailsChangesNothing()
    {
        await _data.Fill(2);
        string[] broken = [.. NextSchema, "DELETE FROM person; INSERT INTO no_such_table VALUES(1)"];
        Assert.Throws<StorageException>(() => ImageDatabase.Open(_data.Folder, _data, broken));
        await using var database = _data.Open();
        Assert.Equal((2, 2), database.Count());
        Assert.Equal($"{Schema.Steps.Count}", _data.Shell("SELECT value FROM meta WHERE key = 'schema_version'").Trim());
    }

    /// <summary>The first released schema, with a face in it.</summary>
    [Fact]
    public async Task VersionOneKeepsItsFacesAndItsEncoder()
    {
        _data.FillOlder(1);
        await using var upgraded = _data.Open();
        Assert.Equal("fr512", upgraded.Encoder);
        StoredFace face = upgraded.ReadFaces("fr512", 512).Single();
        Assert.Equal(DataFolder.Encoding(1), face.Encoding);
        Assert.Equal(0, face.Evidence); // Not known.
        Assert.Equal("1|2048", _data.Shell("SELECT Person, length(Face_Encoding) FROM Image").Trim());
        Assert.Single(Directory.GetFiles(_data.Folder, "Image.db.v1-*"));
    }

    [Fact]
    public async Task AnUpgradeThatWouldOrphanFacesIsRolledBack()
    {
        await _data.Fill(2);
        string[] orphaning = [.. Schema.Steps, "DELETE FROM person"];
        Assert.ThrowsAny<Exception>(() => ImageDatabase.Open(_data.Folder, _data, orphaning));
        await using var database = _data.Open();
        Assert.Equal((2, 2), database.Count());
    }
}
