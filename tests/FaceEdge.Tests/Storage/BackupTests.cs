using System.Security.Cryptography;
using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed class BackupTests : IDisposable
{
    private readonly DataFolder _data = new();
    private readonly DataFolder _other = new();
    private readonly string _file;

    public BackupTests() => _file = Path.Combine(Path.GetDirectoryName(_other.Folder)!, "backup file 100%?#.db");

    public void Dispose()
    {
        _data.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task ABackupMadeWhileItIsWrittenIsWholeAndRestorable()
    {
        await using (var database = _data.Open())
        {
            using var stop = new CancellationTokenSource();
            Task writing = Task.Run(async () =>
            {
                for (int seed = 1; !stop.IsCancellationRequested; seed++)
                {
                    await database.EnrolAsync(DataFolder.Face(seed, imageBytes: 20_000));
                }
            });
            Assert.True(SpinWait.SpinUntil(() => database.Count().People > 20, TimeSpan.FromSeconds(30)));
            DatabaseCheck copy = Backup.Write(_data.Folder, _file);
            await stop.CancelAsync();
            await writing;
            Assert.Empty(copy.Problems);
            Assert.InRange(copy.People, 20, database.Count().People);
            Assert.Equal(copy.Faces, copy.Pictures);
        }

        Assert.Equal("600", DataFolder.Run("stat", "-c", "%a", _file).Trim());
        Assert.Equal([Path.GetFileName(_file)], Directory.GetFiles(Path.GetDirectoryName(_file)!).Select(Path.GetFileName));

        // On another machine.
        RestoreReport report = Restore.Run(_file, _other.Folder, force: false);
        Assert.Equal("600", DataFolder.Run("stat", "-c", "%a", _other.Database).Trim());
        await using var restored = _other.Open();
        Assert.Null(restored.SetAside);
        Assert.Equal((report.Restored.People, report.Restored.Faces), restored.Count());
        Assert.Equal(
            Enumerable.Range(1, (int)report.Restored.People).Select(DataFolder.Encoding),
            restored.ReadFaces("fr512", 512).Select(face => face.Encoding));

        // Ids given there since the backup are not known here: new ones are above the whole block that was reserved.
        Assert.True((await restored.EnrolAsync(DataFolder.Face(1))).PersonId >= report.NextId);
        Assert.True(report.NextId > 1000);
    }

    [Fact]
    public async Task OnAnotherMachineIdsGivenSinceAQuietBackupAreNotGivenAgain()
    {
        await _data.Fill(3); // and closed: its mark is settled at 3, no block is reserved
        Backup.Write(_data.Folder, _file);
        long since;
        await using (var database = _data.Open())
        {
            since = (await database.EnrolAsync(DataFolder.Face(4))).PersonId;
        }

        RestoreReport report = Restore.Run(_file, _other.Folder, force: false);
        Assert.True(report.NextId > since);
        await using var restored = _other.Open();
        Assert.True((await restored.EnrolAsync(DataFolder.Face(5))).PersonId >= report.NextId);
    }

    [Fact]
    public async Task IdsGivenSinceTheBackupAreNotGivenAgain()
    {
        await _data.Fill(3);
        Backup.Write(_data.Folder, _file);
        await using (var database = _data.Open())
        {
            await database.EnrolAsync(DataFolder.Face(4));
            await database.ForgetAsync(1);
        }

        // 4 would be lost: refused, and nothing changed.
        byte[] before = await File.ReadAllBytesAsync(_data.Database);
        var refusal = Assert.Throws<StorageException>(() => Restore.Run(_file, _data.Folder, force: false));
        Assert.Contains("1 people and 1 faces", refusal.Message);
        Assert.Contains("--force", refusal.Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(_data.Database));

        RestoreReport report = Restore.Run(_file, _data.Folder, force: true);
        Assert.Equal((1, 1, 1), (report.LostPeople, report.LostFaces, report.BackFromForgotten));
        Assert.Equal("4", DataFolder.Run("sqlite3", report.Kept!, "SELECT max(id) FROM person").Trim());
        await using var after = _data.Open();
        Assert.Equal((3, 3), after.Count());
        Assert.True((await after.EnrolAsync(DataFolder.Face(5))).PersonId > 4);
    }

    [Fact]
    public async Task WhereNothingIsLostItIsPutBackWithoutAsking()
    {
        await _data.Fill(3);
        Backup.Write(_data.Folder, _file);
        Assert.Null(Restore.Run(_file, _data.Folder, force: false).Kept);
        await using var after = _data.Open();
        Assert.Equal(4, (await after.EnrolAsync(DataFolder.Face(4))).PersonId);
    }

    [Fact]
    public async Task AnotherGalleryIsNotOverwritten()
    {
        await _data.Fill(3);
        await _other.Fill(3); // the same ids and faces, enrolled at another moment
        Backup.Write(_data.Folder, _file);
        Assert.Contains("3 people", Assert.Throws<StorageException>(() => Restore.Run(_file, _other.Folder, force: false)).Message);
    }

    [Fact]
    public async Task ARunningDaemonIsNotDisturbed()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        Backup.Write(_data.Folder, _file);
        Assert.Equal(StorageProblem.InUse, Assert.Throws<StorageException>(() => Restore.Run(_file, _data.Folder, force: true)).Problem);
        await database.EnrolAsync(DataFolder.Face(2));
    }

    [Fact]
    public async Task AFileThatIsThereIsNotOverwritten()
    {
        await _data.Fill(1);
        await File.WriteAllTextAsync(_file, "precious");
        Assert.Contains("exists already", Assert.Throws<StorageException>(() => Backup.Write(_data.Folder, _file)).Message);
        Assert.Equal("precious", await File.ReadAllTextAsync(_file));
    }

    [Fact]
    public async Task ADamagedBackupIsFoundAndRefused()
    {
        await _data.Fill(40, imageBytes: 5000);
        Backup.Write(_data.Folder, _file);
        Assert.Empty(DatabaseCheck.OfFile(_file).Problems);
        byte[] whole = await File.ReadAllBytesAsync(_file);

        // 1. Half of it.
        await File.WriteAllBytesAsync(_file, whole[..(whole.Length / 2)]);
        Assert.Contains("half a copy", Assert.Single(DatabaseCheck.OfFile(_file).Problems));
        Assert.Contains("not whole", Assert.Throws<StorageException>(() => Restore.Run(_file, _other.Folder, force: true)).Message);

        // 2. A page in the middle is another's.
        byte[] damaged = [.. whole];
        RandomNumberGenerator.Fill(damaged.AsSpan(8192 * 6, 8192));
        await File.WriteAllBytesAsync(_file, damaged);
        Assert.NotEmpty(DatabaseCheck.OfFile(_file).Problems);
        Assert.Equal(StorageProblem.Corrupt, Assert.Throws<StorageException>(() => Restore.Run(_file, _other.Folder, force: true)).Problem);

        // 3. No database at all.
        await File.WriteAllBytesAsync(_file, RandomNumberGenerator.GetBytes(50_000));
        Assert.NotEmpty(DatabaseCheck.OfFile(_file).Problems);
        File.Delete(_file);
        Assert.Contains("There is no file", Assert.Throws<StorageException>(() => DatabaseCheck.OfFile(_file)).Message);
        Assert.False(File.Exists(_other.Database));

        // 4. Another program's.
        DataFolder.Run("sqlite3", _file, "CREATE TABLE recipes(a)");
        Assert.Equal(StorageProblem.Foreign, Assert.Throws<StorageException>(() => Restore.Run(_file, _other.Folder, force: true)).Problem);
    }

    [Fact]
    public async Task ADamagedDatabaseIsReplacedWithForceAndKept()
    {
        await _data.Fill(5);
        Backup.Write(_data.Folder, _file);
        byte[] file = await File.ReadAllBytesAsync(_data.Database);
        RandomNumberGenerator.Fill(file.AsSpan(100, 20_000));
        await File.WriteAllBytesAsync(_data.Database, file);
        Assert.Throws<StorageException>(() => Restore.Run(_file, _data.Folder, force: false));
        RestoreReport report = Restore.Run(_file, _data.Folder, force: true);
        Assert.Equal(file, await File.ReadAllBytesAsync(report.Kept!));
        await using var after = _data.Open();
        Assert.Equal((5, 5), after.Count());
    }

    [Fact]
    public async Task AnOlderBackupIsUpgradedByTheNextStart()
    {
        _data.FillOlder(1);
        Backup.Write(_data.Folder, _file);
        Restore.Run(_file, _other.Folder, force: false);
        await using var now = _other.Open();
        Assert.Equal((1, 1), now.Count());
    }

    [Fact]
    public async Task VerifyFindsWhatAnIntegrityCheckDoesNot()
    {
        await _data.Fill(3);
        Assert.Empty(DatabaseCheck.OfFolder(_data.Folder).Problems);
        _data.Shell("UPDATE face SET encoding = x'0000C07F' WHERE id = 1; PRAGMA foreign_keys=OFF; DELETE FROM person WHERE id = 2; INSERT INTO person(id) VALUES(9)");
        DatabaseCheck check = DatabaseCheck.OfFolder(_data.Folder);
        Assert.Contains("rows that belong to nobody: face row 2", check.Problems);
        Assert.Contains("1 people without a face", check.Problems);
        Assert.Contains("person 1: the encoding of face 1 (fr512) is damaged", check.Problems);
    }
}
