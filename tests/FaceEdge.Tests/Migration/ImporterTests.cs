using FaceEdge.Migration;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Tests.Vision;

namespace FaceEdge.Tests.Migration;

[Collection("models")]
public sealed class ImporterTests(Models models) : IDisposable
{
    private readonly LegacyDb _db = new();
    private readonly List<RowVerdict> _told = [];

    public void Dispose() => _db.Dispose();

    [Fact]
    public async Task PicturesAreEncodedAnewAndIdsKept()
    {
        _db.Add(
            (7, LegacyDb.Photo("cage.jpg"), LegacyDb.Bytes(LegacyDb.Encoding(7))),
            (1110, LegacyDb.Photo("audrey.jpg"), null),
            (20, null, LegacyDb.Bytes(LegacyDb.Encoding(20))),
            (21, LegacyDb.Photo("joconde.jpg")[..5000], LegacyDb.Bytes(LegacyDb.Encoding(21))),
            (-3, LegacyDb.Photo("joconde.jpg"), null),
            (22, null, null));

        ImportSummary summary = await ImportAsync();

        Assert.Equal(
            [Verdict.Encoded, Verdict.Encoded, Verdict.EncodingOnly, Verdict.EncodingOnly, Verdict.LeftOut, Verdict.LeftOut], _told.Select(row => row.Verdict));
        Assert.Contains("damaged or cut off", Assert.Single(_told[3].Notes));
        Assert.Equal((2, 2, 2, 4, 1111), (summary.Encoded, summary.EncodingOnly, summary.LeftOut, summary.People, summary.NextId));

        await using var database = Open();
        Assert.Equal((4, 4), database.Count());
        Assert.Equal("fr512", database.Encoder);
        float[] cage = Photos.Encode(models.Analyzer, "cage.jpg");
        Assert.Equal([7L, 1110L], database.ReadFaces("fr512", 512).Select(face => face.PersonId));
        Assert.Equal(cage, database.ReadFaces("fr512", 512).First().Encoding);
        Assert.Equal([7L, 20L, 21L], database.ReadFaces("dlib128", 128).Select(face => face.PersonId));
        Assert.Equal(LegacyDb.Encoding(20).Select(x => (float)x), database.ReadFaces("dlib128", 128).ElementAt(1).Encoding);
        Assert.Equal(1111, (await database.EnrolAsync(Storage.DataFolder.Face(1))).PersonId);
    }

    [Fact]
    public async Task TwiceChangesNothingAndMoreRowsAreAdded()
    {
        _db.Add((3, LegacyDb.Photo("cage.jpg"), LegacyDb.Bytes(LegacyDb.Encoding(3))), (5, null, LegacyDb.Bytes(LegacyDb.Encoding(5))));
        await ImportAsync();
        string before = Content();

        ImportSummary again = await ImportAsync();
        Assert.Equal((2, 0, 0), (again.Known, again.Encoded, again.EncodingOnly));
        Assert.Equal(before, Content());

        _db.Add((9, null, LegacyDb.Bytes(LegacyDb.Encoding(9))));
        ImportSummary more = await ImportAsync();
        Assert.Equal((2, 1, 10), (more.Known, more.EncodingOnly, more.NextId));
    }

    [Fact]
    public async Task ADryRunSaysTheSameAndStoresNothing()
    {
        _db.Add((3, LegacyDb.Photo("cage.jpg"), LegacyDb.Bytes(LegacyDb.Encoding(3))), (5, null, new byte[3]));
        ImportSummary dry = await ImportAsync(dry: true);
        Assert.False(Directory.Exists(_db.Target));
        RowVerdict[] said = [.. _told];
        ImportSummary real = await ImportAsync();
        Assert.Equal(said.Select(row => (row.Person, row.Verdict)), _told.Skip(said.Length).Select(row => (row.Person, row.Verdict)));
        Assert.Equal((dry.Encoded, dry.LeftOut, dry.NextId), (real.Encoded, real.LeftOut, real.NextId));
    }

    [Fact]
    public async Task AnInterruptedImportGoesOn()
    {
        _db.Generate("f64", 1000);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() => ImportAsync(cancel: cancel.Token, hear: row =>
        {
            if (row.Row == 300)
            {
                cancel.Cancel();
            }
        }));
        long half;
        await using (var database = Open())
        {
            half = database.Count().People;
            Assert.InRange(half, 300, 999);

            // The daemon meets somebody meanwhile: not under an id of the source.
            Assert.True((await database.EnrolAsync(Storage.DataFolder.Face(1))).PersonId > _db.Rows().Max(row => (long)row.Person!));
        }

        ImportSummary rest = await ImportAsync();
        Assert.Equal((half, 1000 - half), (rest.Known, rest.EncodingOnly));
        await using var whole = Open();
        Assert.Equal(_db.Rows().Select(row => (long)row.Person!), whole.ReadFaces("dlib128", 128).Select(face => face.PersonId));
    }

    [Fact]
    public async Task AnIdNeverComesToMeanTwoPeople()
    {
        await using (var database = Open())
        {
            await database.EnrolAsync(Storage.DataFolder.Face(1)); // 1
            await database.EnrolAsync(Storage.DataFolder.Face(2)); // 2
            await database.ForgetAsync(2);
        }

        _db.Add((1, null, Encoding(1)), (2, null, Encoding(2)), (3, null, Encoding(3)));
        Assert.Equal([1, 2], Survey(ClashPolicy.Refuse));
        Assert.Equal([1], Survey(ClashPolicy.Reuse));
        ImportSummary summary = await ImportAsync(policy: ClashPolicy.Skip);
        Assert.Equal((2, 1), (summary.Clash, summary.EncodingOnly));

        // Another file that has an id of this import.
        File.Delete(_db.File);
        _db.Add((3, null, Encoding(33)), (4, null, Encoding(4)));
        Assert.Equal([3], Survey(ClashPolicy.Refuse));
    }

    [Fact]
    public async Task WhoWasForgottenStaysForgotten()
    {
        _db.Add((1, null, Encoding(1)), (2, null, Encoding(2)));
        await ImportAsync();
        await using (var database = Open())
        {
            await database.ForgetAsync(1);
        }

        _db.Add((1, null, Encoding(11)));
        ImportSummary again = await ImportAsync();
        Assert.Equal((2, 1), (again.Forgotten, again.Known));
        await using var after = Open();
        Assert.Equal((1, 1), after.Count());
    }

    [Fact]
    public async Task DuplicatesAndOneFaceOfTwoPeopleAreToldAndTaken()
    {
        double[] near = [.. LegacyDb.Encoding(1).Select(x => x + 0.001)];
        _db.Add((1, null, Encoding(1)), (1, null, Encoding(1)), (2, null, LegacyDb.Bytes(near)), (3, null, Encoding(3)));
        ImportSummary summary = await ImportAsync();
        Assert.Equal((1, 1, 0, 3), (summary.Duplicate, summary.OneFace, summary.TwoFaces, summary.EncodingOnly));
        Assert.Equal(Verdict.Duplicate, _told[1].Verdict);
        Assert.StartsWith("the same face as person 1", Assert.Single(_told[2].Notes));
        await using var database = Open();
        Assert.Equal((3, 3), database.Count());
    }

    [Fact]
    public async Task APictureThatTurnsUpLaterIsAdded()
    {
        string folder = Directory.CreateDirectory(_db.In("photos")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "7.jpg"), LegacyDb.Photo("cage.jpg"));
        _db.Add((7, "7.jpg", Encoding(7)));
        Assert.Equal(1, (await ImportAsync()).EncodingOnly);
        Assert.Contains("--images", Assert.Single(_told[0].Notes));
        Assert.Equal(1, (await ImportAsync(images: folder)).Encoded);
        Assert.Equal(1, (await ImportAsync(images: folder)).Known);
        await using var database = Open();
        Assert.Equal((1, 2), database.Count());
    }

    [Fact]
    public async Task FacesCutOutAlongDlibsBoxAreFound()
    {
        // From the brows to the chin, as face_recognition's face_locations say.
        string[] names = ["cage.jpg", "audrey.jpg", "SeanConnery.jpg", "franck_01829.jpg", "queen20_crop.jpg", "obama4_crop.jpg"];
        long person = 0;
        foreach (string name in names)
        {
            using var photo = Photos.Load(name);
            FaceEdge.Vision.FaceBox box = models.Analyzer.AnalyzeSubject(photo, out _)!.Box;
            byte[] cut = Imaging.Tools.Convert(LegacyDb.Photo(name), "jpg", "jpg", "-crop",
                $"{0.8 * box.Width:0}x{0.75 * box.Height:0}+{box.X1 + (0.1 * box.Width):0}+{box.Y1 + (0.22 * box.Height):0}", "+repage");
            _db.Add((++person, cut, null));
        }

        Assert.Equal(names.Length, (await ImportAsync()).Encoded);
    }

    private static byte[] Encoding(int seed) => LegacyDb.Bytes(LegacyDb.Encoding(seed));

    private ImageDatabase Open() => ImageDatabase.Open(_db.Target, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private string Content() => Storage.DataFolder.Run("sqlite3", Path.Combine(_db.Target, "Image.db"),
        "SELECT id, person_id, encoder, hex(encoding) FROM face; SELECT id FROM person; SELECT face_id, length(image) FROM face_image; SELECT face_id, encoder, hex(encoding) FROM face_encoding; SELECT * FROM meta; SELECT hex(hash), person_id, pictured FROM import_row; SELECT seq FROM sqlite_sequence");

    private List<long> Survey(ClashPolicy policy)
    {
        using var source = LegacySource.Open(_db.File, null);
        using var ledger = ImportLedger.Look(_db.Target);
        return Create(source, ledger, null, policy).Survey(static () => { }, default);
    }

    private Importer Create(LegacySource source, ImportLedger ledger, string? images, ClashPolicy policy) => new(
        source, ledger, new PictureCell(images, 1_000_000), new Portraits(models.Analyzer, new FaceEdgeOptions()), new LimitOptions(), policy);

    private async Task<ImportSummary> ImportAsync(
        bool dry = false, string? images = null, ClashPolicy policy = ClashPolicy.Refuse, Action<RowVerdict>? hear = null, CancellationToken cancel = default)
    {
        using var source = LegacySource.Open(_db.File, null);
        await using ImageDatabase? target = dry ? null : Open();
        using var ledger = dry ? ImportLedger.Look(_db.Target) : ImportLedger.Beside(_db.Target);
        Importer importer = Create(source, ledger, images, policy);
        Assert.True(policy != ClashPolicy.Refuse || importer.Survey(static () => { }, default).Count == 0);
        if (policy != ClashPolicy.Refuse)
        {
            importer.Survey(static () => { }, default);
        }

        return await importer.RunAsync(
            target,
            row =>
            {
                _told.Add(row);
                hear?.Invoke(row);
            },
            cancel);
    }
}
