using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

/// <summary>One judge: what a start rejects, verify, backup and restore reject, and a start loses nobody who can be read.</summary>
public sealed class JudgeTests : IDisposable
{
    private const string Change = "PRAGMA writable_schema = ON; ";
    private readonly DataFolder _data = new();
    private readonly DataFolder _other = new();

    public void Dispose()
    {
        _data.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("DROP INDEX face_person")]
    [InlineData("DROP INDEX import_person")]
    [InlineData("DROP TABLE face_image")]
    [InlineData("DROP TABLE face_encoding")]
    [InlineData("DROP TABLE import_row")]
    [InlineData("DROP VIEW Image")]
    [InlineData("ALTER TABLE import_row DROP COLUMN pictured")]
    [InlineData("ALTER TABLE face_image RENAME TO pictures; CREATE VIEW face_image AS SELECT * FROM pictures")]
    [InlineData("ALTER TABLE import_range RENAME TO ranges; CREATE VIEW import_range AS SELECT * FROM ranges")]
    [InlineData("CREATE TRIGGER thief AFTER INSERT ON face BEGIN DELETE FROM person WHERE id = 1; END")]
    [InlineData("DELETE FROM meta WHERE key = 'schema_version'")]
    [InlineData("UPDATE meta SET value = '0' WHERE key = 'schema_version'")]
    [InlineData("UPDATE meta SET value = '-3' WHERE key = 'schema_version'")]
    [InlineData("UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'person'")]
    [InlineData("UPDATE sqlite_sequence SET seq = 9007199254740992 WHERE name = 'person'")]
    [InlineData("PRAGMA foreign_keys=OFF; UPDATE person SET id = 4611686018427387904 WHERE id = 3; UPDATE face SET person_id = 4611686018427387904 WHERE person_id = 3")]
    [InlineData("PRAGMA foreign_keys=OFF; UPDATE person SET id = -3 WHERE id = 3; UPDATE face SET person_id = -3 WHERE person_id = 3")]
    [InlineData("INSERT INTO meta VALUES('backup_ids_reserved', '9223372036854775807')")]
    [InlineData("PRAGMA application_id = 7")]
    [InlineData(Change + "UPDATE sqlite_schema SET sql = 'CREATE INDEX face_person ON face(encoder)' WHERE name = 'face_person'")]
    public async Task AllOfThemSayTheSame(string damage)
    {
        await _data.Fill(3);
        _data.Shell(damage);

        // 1. verify, of a folder and of a file.
        Assert.NotEmpty(DatabaseCheck.OfFolder(_data.Folder).Problems);
        Assert.NotEmpty(DatabaseCheck.OfFile(_data.Database).Problems);

        // 2. restore, also when told to lose what is there; and backup.
        Assert.Equal(StorageProblem.Corrupt, Assert.Throws<StorageException>(() => Restore.Run(_data.Database, _other.Folder, force: true)).Problem);
        Assert.False(File.Exists(_other.Database));
        string copy = Path.Combine(_data.Folder, "copy.db");
        if (!damage.Contains("backup_ids", StringComparison.Ordinal)) // which a backup writes anew
        {
            Assert.Equal(StorageProblem.Corrupt, Assert.Throws<StorageException>(() => Backup.Write(_data.Folder, copy)).Problem);
            Assert.False(File.Exists(copy));
        }

        // 3. A start sets it aside and knows everybody whose id is one; what it made is whole.
        long next;
        await using (var database = _data.Open())
        {
            Assert.NotNull(database.SetAside);
            var faces = database.ReadFaces("fr512", 512).ToList();
            Assert.All(faces, face => Assert.Equal(DataFolder.Encoding((int)face.PersonId), face.Encoding));
            Assert.Equal(damage.Contains("WHERE id = 3", StringComparison.Ordinal) ? [1L, 2] : [1L, 2, 3], faces.Select(face => face.PersonId));
            next = (await database.EnrolAsync(DataFolder.Face(4))).PersonId;
        }

        Assert.Equal(4, next);
        Assert.Empty(DatabaseCheck.OfFolder(_data.Folder).Problems);
    }

    [Fact]
    public async Task WhatVerifyPassesAStartOpens()
    {
        await _data.Fill(3);
        _data.Shell("CREATE TABLE notes(text); CREATE INDEX my_index ON face(created_at); CREATE VIEW newest AS SELECT max(id) FROM person"); // an administrator's own
        Assert.Empty(DatabaseCheck.OfFolder(_data.Folder).Problems);
        Restore.Run(_data.Database, _other.Folder, force: false);
        await using var database = _data.Open();
        Assert.Null(database.SetAside);
        await using var other = _other.Open();
        Assert.Null(other.SetAside);
    }

    [Fact]
    public async Task EveryVersionIsWhole()
    {
        for (int version = 1; version < Schema.Steps.Count; version++)
        {
            _data.Folder = Path.Combine(Path.GetDirectoryName(_data.Folder)!, $"from-{version}");
            _data.FillOlder(version);
            Assert.Empty(DatabaseCheck.OfFolder(_data.Folder).Problems);
            await using var database = _data.Open();
            Assert.Null(database.SetAside);
            Assert.Equal(DataFolder.Encoding(1), Assert.Single(database.ReadFaces("fr512", 512)).Encoding);
        }
    }
}
