using FaceEdge.Migration;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Tests.Vision;

namespace FaceEdge.Tests.Migration;

/// <summary><c>Person TEXT</c>, as the public enrol script has it.</summary>
[Collection("models")]
public sealed class NamesAndSharedIdsTests(Models models) : IDisposable
{
    private readonly LegacyDb _db = new();
    private readonly List<RowVerdict> _told = [];

    public void Dispose() => _db.Dispose();

    [Fact]
    public async Task EverybodyAfterTheNinthSharesIdTenAndIsSplit()
    {
        // As the original writes them: MAX of text is '9' for ever.
        _db.Run("CREATE TABLE ImageDB(Person TEXT, Person_Img BLOB, Face_Encoding BLOB)");
        for (int i = 1; i <= 40; i++)
        {
            _db.Run("INSERT INTO ImageDB SELECT coalesce(max(Person), 0) + 1, x'', $e FROM ImageDB", ("$e", Encoding(i)));
        }

        Assert.Equal(31, _db.Rows().Count(row => (string?)row.Person == "10"));
        ImportSummary summary = await ImportAsync();
        Assert.Equal((40, 30, 0, 41), (summary.People, summary.Split, summary.TwoFaces, summary.NextId));
        Assert.Equal(Enumerable.Range(1, 40).Select(static i => (long?)i), _told.Select(static row => row.Person));
        Assert.Empty(_told[9].Notes);
        Assert.Contains("id 10 is shared", Assert.Single(_told[10].Notes));

        // The same again: nobody is anybody else.
        _told.Clear();
        summary = await ImportAsync();
        Assert.Equal((40, 0, 41), (summary.Known, summary.EncodingOnly, summary.NextId));
        Assert.Equal(Enumerable.Range(1, 40).Select(static i => (long?)i), _told.Select(static row => row.Person));

        // And one more, who the original would call 10, too.
        _db.Run("INSERT INTO ImageDB VALUES('10', NULL, $e)", ("$e", Encoding(41)));
        Assert.Equal((40, 1, 42), await ImportAsync() is var more ? (more.Known, more.EncodingOnly, more.NextId) : default);
        await using var database = Open();
        Assert.Equal((41, 41), database.Count());
    }

    [Fact]
    public async Task NamesBecomeThePersonsNameAndStayThroughExportAndBackup()
    {
        _db.Run("CREATE TABLE ImageDB(Person TEXT, Face_Encoding BLOB)"); // the enrol script keeps no picture
        foreach ((string name, int face) in ((string, int)[])[("Anna", 1), ("Jürgen \"Jogi\" M.", 2), ("5", 5), ("Anna", 1001)])
        {
            _db.Run("INSERT INTO ImageDB VALUES($n, $e)", ("$n", name), ("$e", face > 1000 ? LegacyDb.Bytes([.. LegacyDb.Encoding(1).Select(x => x + 0.001)]) : Encoding(face)));
        }

        ImportSummary summary = await ImportAsync();
        Assert.Equal((3, 2, 0, 8), (summary.People, summary.Named, summary.Split, summary.NextId));
        Assert.Equal([6L, 7L, 5L, 6L], _told.Select(static row => row.Person!.Value));
        Assert.Equal("Anna|Jürgen \"Jogi\" M.", Names());

        summary = await ImportAsync();
        Assert.Equal((4, 0, 8), (summary.Known, summary.EncodingOnly, summary.NextId));

        // A backup is the file; an export carries them in a table of its own.
        string folder = _db.In("folder"), export = _db.In("export.db");
        using (ExportSource source = ExportSource.Open(_db.Target))
        using (var file = new ExportFile(export))
        using (var people = new ExportFolder(folder))
        {
            foreach (ExportedFace face in source.Read())
            {
                file.Add(face.PersonId, face.Image, face.Dlib!);
                people.Add(face, face.Encoder, face.Encoding);
                if (face.Name is { } name)
                {
                    file.AddName(face.PersonId, name);
                }
            }

            file.Finish();
            people.Finish();
        }

        Storage.DataFolder.Run("sqlite3", _db.In("csv.db"), $".import --csv {folder}/people.csv Image");
        foreach (string from in (string[])[export, _db.In("csv.db")])
        {
            Directory.Delete(_db.Target, recursive: true);
            Assert.Equal(3, (await ImportAsync(from)).People);
            Assert.Equal("Anna|Jürgen \"Jogi\" M.", Names());
        }
    }

    [Fact]
    public async Task TwoPeopleOfOneNameAreTwoAndBothHaveIt()
    {
        _db.Add(("Anna", null, Encoding(1)), ("Anna", null, Encoding(2)));
        ImportSummary summary = await ImportAsync();
        Assert.Equal((2, 2, 1), (summary.People, summary.Named, summary.Split));
        Assert.Equal("Anna|Anna", Names());
    }

    [Fact]
    public async Task WhoeverOfASharedIdWasForgottenStaysForgotten()
    {
        _db.Add((3, null, Encoding(1)), (3, null, Encoding(2)), ("Anna", null, Encoding(3)));
        await ImportAsync();
        await using (var database = Open())
        {
            await database.ForgetAsync(4); // of id 3
            await database.ForgetAsync(5); // Anna
        }

        ImportSummary again = await ImportAsync();
        Assert.Equal((1, 2, 0), (again.Known, again.Forgotten, again.EncodingOnly));
        _db.Add(("Anna", null, Encoding(33)));
        Assert.Equal((1, 3, 0), await ImportAsync() is var more ? (more.Known, more.Forgotten, more.EncodingOnly) : default);
    }

    [Fact]
    public async Task PicturesTellThatAnIdIsSharedWhereThereIsNoEncoding()
    {
        _db.Add(
            (3, LegacyDb.Photo("cage.jpg"), null),
            (3, LegacyDb.Photo("audrey.jpg"), null),
            (3, Imaging.Tools.Convert(LegacyDb.Photo("cage.jpg"), "jpg", "jpg", "-modulate", "110"), null),
            (3, Imaging.Tools.Convert(LegacyDb.Photo("audrey.jpg"), "jpg", "jpg", "-modulate", "110"), null));
        ImportSummary summary = await ImportAsync();
        Assert.Equal((4, 2, 1), (summary.Encoded, summary.People, summary.Split));
        Assert.Equal([3L, 4L, 3L, 4L], _told.Select(static row => row.Person!.Value));
        Assert.Equal(4, (await ImportAsync()).Known);
    }

    [Fact]
    public async Task WhoHasNoPictureIsToldWhatWillHappenBeforeAnythingIsStored()
    {
        _db.Add((1, null, Encoding(1)), (2, Array.Empty<byte>(), Encoding(2)), (2, LegacyDb.Photo("cage.jpg"), null));
        using var source = LegacySource.Open(_db.File, null);
        using var ledger = ImportLedger.Look(_db.Target);
        Importer importer = Create(source, ledger);
        importer.Survey(static () => { }, default);
        Assert.Equal((1, 2, false), (importer.People.WithoutPicture, importer.People.Count, importer.OriginalsInForce));
        await importer.RunAsync(null, _told.Add, default);
        Assert.Contains("not known again", _told[0].Outlook!, StringComparison.Ordinal);
        Assert.Null(_told[2].Outlook);
        Assert.Contains("63 %", Outlook.OfPeople(181, true, "fr512"), StringComparison.Ordinal);
        Assert.Contains("Gallery:Threshold 0.5", Outlook.OfPeople(181, true, "fr512"), StringComparison.Ordinal);
    }

    private static byte[] Encoding(int seed) => LegacyDb.Bytes(LegacyDb.Encoding(seed));

    private string Names() => string.Join('|', Storage.DataFolder.Run(
        "sqlite3", Path.Combine(_db.Target, "Image.db"), "SELECT name FROM person WHERE name IS NOT NULL ORDER BY id").Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private ImageDatabase Open() => ImageDatabase.Open(_db.Target, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private Importer Create(LegacySource source, ImportLedger ledger) => new(
        source, ledger, new PictureCell(null, 1_000_000), new Portraits(models.Analyzer, new FaceEdgeOptions()), new LimitOptions(), ClashPolicy.Refuse);

    private async Task<ImportSummary> ImportAsync(string? file = null)
    {
        using var source = LegacySource.Open(file ?? _db.File, null);
        await using ImageDatabase target = Open();
        using var ledger = ImportLedger.Beside(_db.Target);
        Importer importer = Create(source, ledger);
        Assert.Empty(importer.Survey(static () => { }, default));
        return await importer.RunAsync(target, _told.Add, default);
    }
}
