using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

public sealed partial class RefusalTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("delete", "plain")]
    [InlineData("wal", "with space, 100% #1? ok")]
    public void TheOriginalApplicationsDatabaseIsLeftAsItIs(string journal, string name)
    {
        _data.Folder = Path.Combine(_data.Folder, name);
        Directory.CreateDirectory(_data.Folder);
        _data.Shell($"PRAGMA journal_mode={journal}; CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB); "
            + "INSERT INTO Image VALUES(1, x'FFD8', x'00')");
        var before = Hashes();

        var failure = Assert.Throws<StorageException>(_data.Open);
        Assert.Equal(StorageProblem.Foreign, failure.Problem);
        Assert.Contains("Image(Person, Person_Img, Face_Encoding)", failure.Message);
        Assert.Contains("faceedge import", failure.Message);
        Assert.Equal(before, Hashes());
    }

    [Fact]
    public void AnotherProgramsEmptyDatabaseIsNotTakenOver()
    {
        Directory.CreateDirectory(_data.Folder);
        _data.Shell("PRAGMA application_id=77; VACUUM");
        var before = Hashes();
        Assert.Equal(StorageProblem.Foreign, Assert.Throws<StorageException>(_data.Open).Problem);
        Assert.Equal(before, Hashes());
    }

    [Fact]
    public async Task ASecondDaemonIsRefused()
    {
        await using (var first = _data.Open())
        {
            var failure = Assert.Throws<StorageException>(_data.Open);
            Assert.Equal(StorageProblem.InUse, failure.Problem);
            Assert.Contains(_data.Folder, failure.Message);
            await first.EnrolAsync(DataFolder.Face(1)); // unharmed
        }

        await _data.Fill(1);
    }

    [Fact]
    public async Task AKilledDaemonLeavesNoLockBehind()
    {
        await _data.Fill(1);
        using var other = Process.Start(new ProcessStartInfo("flock", [_data.Database + ".lock", "sh", "-c", "echo locked; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("locked", other.StandardOutput.ReadLine());
        Assert.Equal(StorageProblem.InUse, Assert.Throws<StorageException>(_data.Open).Problem);
        other.Kill(entireProcessTree: true);
        other.WaitForExit();
        // The grandchild holds the lock too, until the kernel has ended it.
        Assert.True(SpinWait.SpinUntil(() => TryFill(), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task AWriterLockedOutByAnotherProgramSaysSo()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1));
        using var shell = Process.Start(new ProcessStartInfo("sqlite3", ["-batch", _data.Database])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        shell.StandardInput.WriteLine("BEGIN IMMEDIATE; SELECT 'locked';");
        shell.StandardInput.Flush();
        Assert.Equal("locked", shell.StandardOutput.ReadLine());
        var failure = await Assert.ThrowsAsync<StorageException>(() => database.EnrolAsync(DataFolder.Face(2)));
        Assert.Equal(StorageProblem.InUse, failure.Problem);
        shell.StandardInput.Close();
        shell.WaitForExit();
        Assert.Equal(2, (await database.EnrolAsync(DataFolder.Face(2))).PersonId);
    }

    [Theory]
    [InlineData("/proc/faceedge/data")]
    [InlineData("{file}/data")]
    public void AFolderThatCanNotBeMadeIsNamed(string folder)
    {
        Directory.CreateDirectory(_data.Folder);
        string file = Path.Combine(_data.Folder, "file");
        File.WriteAllText(file, "");
        _data.Folder = folder.Replace("{file}", file);
        var failure = Assert.Throws<StorageException>(_data.Open);
        Assert.Equal(StorageProblem.Unwritable, failure.Problem);
        Assert.Contains(_data.Folder, failure.Message);
        Assert.Contains(Environment.UserName, failure.Message);
    }

    [Fact]
    public void AReadOnlyFolderIsNamed()
    {
        Directory.CreateDirectory(_data.Folder);
        DataFolder.Run("chmod", "-R", "a+rX", Path.GetDirectoryName(_data.Folder)!);
        DataFolder.Run("chmod", "555", _data.Folder);
        AsNobody(() => Assert.Equal(StorageProblem.Unwritable, Assert.Throws<StorageException>(_data.Open).Problem));
    }

    [Fact]
    public async Task AReadOnlyDatabaseIsNoticedAtStart()
    {
        await _data.Fill(1);
        DataFolder.Run("chmod", "-R", "a+rwX", Path.GetDirectoryName(_data.Folder)!);
        DataFolder.Run("chmod", "444", _data.Database);
        AsNobody(() => Assert.Equal(StorageProblem.Unwritable, Assert.Throws<StorageException>(_data.Open).Problem));
    }

    private bool TryFill()
    {
        try
        {
            return _data.Fill(1).GetAwaiter().GetResult().Count == 1;
        }
        catch (StorageException e) when (e.Problem == StorageProblem.InUse)
        {
            return false;
        }
    }

    private Dictionary<string, string> Hashes() => Directory.GetFiles(_data.Folder)
        .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    /// <summary>
    /// File permissions do not bind root, which tests may run as: this thread looks at files as user nobody for a while.
    /// </summary>
    private static void AsNobody(Action action)
    {
        int before = SetFileUser(65534);
        try
        {
            action();
        }
        finally
        {
            _ = SetFileUser(before);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(int user);
}
