namespace FaceEdge.SystemTests.Promises;

/// <summary>A file that is not ours, or not yet ours, is refused and not touched by a byte.</summary>
public class ForeignDatabaseTests
{
    private const int StorageExit = 74;

    [Theory]
    [InlineData("another program's", "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO customers(name) VALUES('Ada');")]
    [InlineData("another program's with a log", "PRAGMA journal_mode=WAL; CREATE TABLE person(id INTEGER PRIMARY KEY, nick TEXT); INSERT INTO person(nick) VALUES('Ada');")]
    [InlineData("the original's", "CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB); INSERT INTO Image VALUES(1, x'ffd8', x'00');")]
    [InlineData("with another's application id", "PRAGMA application_id=1196444487; CREATE TABLE gpkg_contents(id TEXT);")]
    public async Task AnotherProgramsDatabaseIsRefusedUntouched(string whose, string sql)
    {
        using var folder = new TempFolder();
        string file = folder.File("Image.db");
        Tool.Run("sqlite3", null, file, sql);
        byte[] before = await File.ReadAllBytesAsync(file);

        DaemonEnd end = await StartAsync(folder);
        AssertRefused(end, file, whose);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
        Assert.Empty(Directory.GetFiles(folder.Path, "Image.db.corrupt-*"));
        Assert.Empty(Directory.GetFiles(folder.Path, "Image.db-*"));
    }

    [Fact]
    public async Task ANewerSchemaIsRefusedUntouched()
    {
        // 1. A database of ours that a later version has upgraded.
        using var folder = new TempFolder();
        string file = folder.File("Image.db");
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path }))
        {
            await daemon.Client.IdOfAsync(People.Cage);
            Assert.Equal(0, await daemon.StopAsync());
        }

        string version = System.Text.Encoding.UTF8.GetString(Tool.Run("sqlite3", null, file, "SELECT value FROM meta WHERE key = 'schema_version'")).Trim();
        Tool.Run("sqlite3", null, file, "UPDATE meta SET value = '999' WHERE key = 'schema_version'; PRAGMA wal_checkpoint(TRUNCATE);");
        byte[] before = await File.ReadAllBytesAsync(file);

        // 2. This version leaves it alone and says why.
        DaemonEnd end = await StartAsync(folder);
        AssertRefused(end, file, "newer");
        Assert.Contains("999", end.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));

        // 3. Put back, it serves as before.
        Tool.Run("sqlite3", null, file, $"UPDATE meta SET value = '{version}' WHERE key = 'schema_version'");
        await using DaemonProcess again = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path });
        Assert.Equal(1, await again.Client.IdOfAsync(People.Cage));
    }

    [Fact]
    public async Task AFolderThatCanNotBeMadeIsRefused()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("file"), "no folder");
        DaemonEnd end = await DaemonProcess.RunToEndAsync("--Urls", "http://127.0.0.1:0", "--DataDirectory", folder.File("file/data"));
        Assert.Equal(StorageExit, end.ExitCode);
        Assert.Single(end.ErrorLines);
    }

    private static Task<DaemonEnd> StartAsync(TempFolder folder) =>
        DaemonProcess.RunToEndAsync("--Urls", "http://127.0.0.1:0", "--DataDirectory", folder.Path);

    private static void AssertRefused(DaemonEnd end, string file, string whose)
    {
        Assert.True(end.ExitCode == StorageExit, $"{whose}: ended with {end.ExitCode}: {end.Error}");
        Assert.Contains(file, Assert.Single(end.ErrorLines), StringComparison.Ordinal);
        Assert.StartsWith("faceedge: database: ", end.Error, StringComparison.Ordinal);
        Assert.Empty(end.Output);
    }
}
