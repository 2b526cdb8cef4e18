using System.Diagnostics;
using FaceEdge.Storage;

namespace FaceEdge.Tests.Migration;

public sealed class LegacySourceTests : IDisposable
{
    private readonly LegacyDb _db = new();

    public void Dispose() => _db.Dispose();

    [Theory]
    [InlineData("CREATE TABLE \"my \"\"faces\"\"; x\"(face_ENCODING, x, person TEXT, PERSON_img)")]
    [InlineData("CREATE TABLE a(p, i, e); CREATE VIEW v AS SELECT p AS Person, i AS Person_Img, e AS Face_Encoding FROM a")]
    [InlineData("CREATE TABLE t(Person INTEGER PRIMARY KEY, Person_Img, Face_Encoding) WITHOUT ROWID; CREATE TABLE other(a)")]
    public void ATableIsKnownByItsColumns(string create)
    {
        _db.Run(create);
        using var source = LegacySource.Open(_db.File, null);
        Assert.Equal(0, source.Count());
        Assert.Empty(source.Read(1, 1));
    }

    [Fact]
    public void OfSeveralTablesOneMustBeNamed()
    {
        _db.Run("CREATE TABLE a(Person, Person_Img, Face_Encoding); CREATE TABLE b(Person, Person_Img, Face_Encoding); CREATE TABLE c(Person); INSERT INTO b VALUES(1, 2, 3)");
        Assert.Contains("a, b. Say which with --table", Refused(), StringComparison.Ordinal);
        using var source = LegacySource.Open(_db.File, "B");
        Assert.Equal(1, source.Count());
        Assert.Contains("has no table nobody; it has: a, b, c", Assert.Throws<SourceException>(() => LegacySource.Open(_db.File, "nobody")).Message);
        Assert.Contains("has not the columns", Assert.Throws<SourceException>(() => LegacySource.Open(_db.File, "c")).Message);
    }

    [Fact]
    public void ADatabaseOfSomethingElseIsToldByItsTables()
    {
        _db.Run("CREATE TABLE recipes(id, text)");
        Assert.Contains("something else", Refused(), StringComparison.Ordinal);
        Assert.Contains("recipes", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoDatabaseIsSaidToBeThat()
    {
        Assert.Contains("There is no file", Refused(), StringComparison.Ordinal);
        File.WriteAllBytes(_db.File, []);
        Assert.Contains("is empty", Refused(), StringComparison.Ordinal);
        byte[] random = new byte[40_960]; // as SQLCipher's files look: no header, no pattern
        new Random(1).NextBytes(random);
        File.WriteAllBytes(_db.File, random);
        Assert.Contains("encrypted", Refused(), StringComparison.Ordinal);
        Directory.CreateDirectory(_db.In("folder"));
        Assert.Contains("is a folder", Assert.Throws<SourceException>(() => LegacySource.Open(_db.In("folder"), null)).Message);
    }

    [Fact]
    public void AHeaderBeforeEncryptedPagesIsNotEnough()
    {
        _db.Add((1, new byte[9000], LegacyDb.Bytes(LegacyDb.Encoding(1))));
        byte[] file = File.ReadAllBytes(_db.File);
        new Random(1).NextBytes(file.AsSpan(100));
        File.WriteAllBytes(_db.File, file);
        Assert.Contains("damaged or encrypted", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void HalfACopyIsToldByItsHeader()
    {
        _db.Add([.. Enumerable.Range(1, 50).Select(i => ((object?)i, (object?)new byte[2000], (object?)LegacyDb.Bytes(LegacyDb.Encoding(i))))]);
        byte[] file = File.ReadAllBytes(_db.File);
        File.WriteAllBytes(_db.File, file[..(file.Length / 2)]);
        Assert.Contains("half a copy", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void OurOwnDatabaseIsSentToRestore()
    {
        _db.Run("PRAGMA application_id = 0x46614564; CREATE TABLE Image(Person, Person_Img, Face_Encoding)");
        Assert.Contains("faceedge restore", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void ADatabaseThatIsBeingWrittenSaysWhatToStop()
    {
        _db.Add((1, null, null));
        using var shell = Process.Start(new ProcessStartInfo("sqlite3", ["-batch", _db.File]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        shell.StandardInput.WriteLine("BEGIN EXCLUSIVE; SELECT 'locked';");
        shell.StandardInput.Flush();
        Assert.Equal("locked", shell.StandardOutput.ReadLine());
        Assert.Contains("locked by another program", Refused(), StringComparison.Ordinal);
        shell.StandardInput.Close();
        shell.WaitForExit();
        Assert.Single(_db.Rows());
    }

    [Fact]
    public void AnInterruptedWriteIsToldAndNotPlayedBackByUs()
    {
        _db.Add([.. Enumerable.Range(1, 20).Select(i => ((object?)i, (object?)null, (object?)LegacyDb.Bytes(LegacyDb.Encoding(i))))]);
        using (var shell = Process.Start(new ProcessStartInfo("sqlite3", ["-batch", _db.File]) { RedirectStandardInput = true, RedirectStandardOutput = true })!)
        {
            // A cache of one page makes it write into the file before the end of the transaction.
            shell.StandardInput.WriteLine("PRAGMA cache_size=1; BEGIN; UPDATE Image SET Person = Person + 100, Face_Encoding = randomblob(3000); SELECT 'half';");
            shell.StandardInput.Flush();
            Assert.Equal("half", shell.StandardOutput.ReadLine());
            shell.Kill();
            shell.WaitForExit();
        }

        Assert.True(new FileInfo(_db.File + "-journal").Length > 0);
        byte[] before = File.ReadAllBytes(_db.File);
        Assert.Contains("interrupted in the middle of a write", Refused(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_db.File));
        Assert.True(new FileInfo(_db.File + "-journal").Length > 0);
    }

    [Fact]
    public void RowsInTheLogOfARunningApplicationAreRead()
    {
        using var shell = Process.Start(new ProcessStartInfo("sqlite3", ["-batch", _db.File]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        shell.StandardInput.WriteLine("PRAGMA journal_mode=wal; CREATE TABLE Image(Person, Person_Img, Face_Encoding); INSERT INTO Image VALUES(7, NULL, x'00'); SELECT 'written';");
        shell.StandardInput.Flush();
        while (shell.StandardOutput.ReadLine() is not "written")
        {
        }

        Assert.Equal(7L, Assert.Single(_db.Rows()).Person);
        shell.StandardInput.Close();
        shell.WaitForExit();
    }

    [Fact]
    public void ValuesBeyondTheLimitAreNotLoaded()
    {
        _db.Add((1, new byte[5000], new byte[600]));
        using var source = LegacySource.Open(_db.File, null);
        LegacyRow row = Assert.Single(source.Read(4999, 600));
        Assert.Null(row.Picture);
        Assert.Equal(600, ((byte[])row.Encoding!).Length);
        Assert.Contains("5000 bytes", row.TooLarge!, StringComparison.Ordinal);
    }

    [Fact]
    public void TheOriginalsTableGoesBeforeAViewOfIt()
    {
        _db.Run("CREATE TABLE ImageDB(Person TEXT, Person_Img BLOB, Face_Encoding BLOB); CREATE VIEW Image AS SELECT * FROM ImageDB; INSERT INTO ImageDB VALUES('1', NULL, x'00')");
        Assert.Equal("1", Assert.Single(_db.Rows()).Person);
    }

    [Fact]
    public void ATableWithoutPicturesIsTaken()
    {
        _db.Run("CREATE TABLE ImageDB(Person TEXT, Face_Encoding BLOB); INSERT INTO ImageDB VALUES('Anna', x'00')");
        LegacyRow row = Assert.Single(_db.Rows());
        Assert.Equal(("Anna", null, 1), (row.Person, row.Picture, ((byte[])row.Encoding!).Length));
    }

    [Theory]
    [InlineData("SELECT x AS Person, NULL AS Person_Img, NULL AS Face_Encoding FROM c")]
    [InlineData("SELECT x AS Person, NULL AS Person_Img, NULL AS Face_Encoding FROM c WHERE x < 0")]
    public async Task AViewWithoutEndEndsWhenAskedTo(string select)
    {
        _db.Run($"CREATE VIEW Image AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) {select}");
        using var cancel = new CancellationTokenSource();
        using var source = LegacySource.Open(_db.File, null, long.MaxValue - 1);
        source.StopOn(cancel.Token);
        Task<long> counting = Task.Run(source.Count, CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None); // nothing tells that it has begun; earlier or later, it must end
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counting.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
        Assert.ThrowsAny<OperationCanceledException>(() => source.Read(1, 1).ToList());
    }

    [Fact]
    public void AViewWithoutEndIsRefusedAtTheLimitOfRows()
    {
        _db.Run("CREATE VIEW Image AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS Person, NULL AS Person_Img, NULL AS Face_Encoding FROM c");
        using var source = LegacySource.Open(_db.File, null);
        Assert.Contains("more than 1000000 rows", Assert.Throws<SourceException>(() => source.Count()).Message);
        Assert.Contains("--max-rows", Assert.Throws<SourceException>(() => source.Read(1, 1).Count()).Message);
    }

    [Fact]
    public void APersonOfAMillionLettersAndATextBeyondTheLimitAreNotLoaded()
    {
        _db.Add((new string('a', 1_000_000), new string('b', 1_000_000), new string('c', 1_000_000)));
        using var source = LegacySource.Open(_db.File, null);
        LegacyRow row = Assert.Single(source.Read(1000, 1000));
        Assert.Equal((null, null, null), (row.Person, row.Picture, row.Encoding));
    }

    private string Refused() => Assert.Throws<SourceException>(() => LegacySource.Open(_db.File, null)).Message;
}
