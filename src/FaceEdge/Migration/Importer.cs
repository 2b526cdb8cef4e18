using System.Diagnostics;
using System.Runtime.InteropServices;
using FaceEdge.Recognition;
using FaceEdge.Storage;

namespace FaceEdge.Migration;

/// <summary>
/// Takes people over from somebody else's database under the ids they have. Two passes over one snapshot: the first looks at the ids alone and
/// refuses what would mix people up, before anything is stored; the second stores, some hundred rows in a transaction. Rows stream through:
/// memory does not grow with the pictures. Interrupted, it goes on where it was; repeated, it changes nothing.
/// </summary>
/// <param name="source">Open.</param>
/// <param name="ledger">What the gallery knows of earlier imports.</param>
/// <param name="pictures">Finds the pictures.</param>
/// <param name="portraits">Encodes them.</param>
/// <param name="limits">The largest picture.</param>
/// <param name="policy">What to do with ids that are not free.</param>
internal sealed class Importer(
    LegacySource source, ImportLedger ledger, PictureCell pictures, Portraits portraits, LimitOptions limits, ClashPolicy policy)
{
    /// <summary>An encoding as text of all its digits has 13 KB, packed in base64 18 KB; what is ten times that is none.</summary>
    private const long MaxEncoding = 256 * 1024;

    /// <summary>Rows in one transaction, and bytes of them in memory, whichever comes first.</summary>
    private const int ChunkRows = 256, ChunkBytes = 32 << 20;

    private readonly Clashes _clashes = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly HashSet<long> _taken = [];
    private readonly Likeness _faces = new(portraits.Encoder);
    private readonly Likeness _originals = new("dlib128");
    private readonly long[] _count = new long[Enum.GetValues<Verdict>().Length];
    private long _oneFace, _twoFaces;
    private bool _encoderNamed;

    /// <summary>The first pass.</summary>
    /// <param name="step">Told after each row.</param>
    /// <param name="cancel">Stops it; nothing was changed yet.</param>
    /// <returns>Everybody whose id can not be kept, lowest first, under the policy.</returns>
    /// <exception cref="SourceException">The source can not be read.</exception>
    public List<long> Survey(Action step, CancellationToken cancel)
    {
        foreach (LegacyRow row in Rows())
        {
            cancel.ThrowIfCancellationRequested();
            if (TryReadPerson(row, out long person, out _))
            {
                _clashes.Note(person, ledger.Row(RowHash.Of(person, row)), ledger);
            }

            step();
        }

        return _clashes.All(policy);
    }

    /// <summary>Why an id can not be kept.</summary>
    public string ReasonOf(long person) => _clashes.Of(person, policy)!;

    /// <summary>The second pass.</summary>
    /// <param name="target">Where to store; null to store nothing.</param>
    /// <param name="tell">Hears the verdict on each row, in order, once it is durable.</param>
    /// <param name="cancel">Stops between two transactions; a later run goes on.</param>
    /// <exception cref="SourceException">The source can not be read; what was told is stored.</exception>
    /// <exception cref="StorageException">The target can not be written; what was told is stored.</exception>
    public async Task<ImportSummary> RunAsync(ImageDatabase? target, Action<RowVerdict> tell, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        if (target is not null)
        {
            await ImportWriter.ReserveAsync(target, ledger.HighestGiven, _clashes.Highest);
        }

        var chunk = new List<Work>(ChunkRows);
        long bytes = 0;
        foreach (LegacyRow row in Rows())
        {
            Work work = Prepare(row);
            chunk.Add(work);
            bytes += work.Open ? BytesOf(row.Picture) : 0;
            if (chunk.Count == ChunkRows || bytes >= ChunkBytes)
            {
                await FinishAsync(chunk, target, tell, cancel);
                chunk.Clear();
                bytes = 0;
            }
        }

        await FinishAsync(chunk, target, tell, cancel);
        long Of(Verdict verdict) => _count[(int)verdict];
        return new ImportSummary(
            target is null, portraits.Encoder, _count.Sum(), _taken.Count, Of(Verdict.Encoded), Of(Verdict.EncodingOnly), Of(Verdict.Known),
            Of(Verdict.Duplicate), Of(Verdict.Forgotten), Of(Verdict.Clash), Of(Verdict.LeftOut), _oneFace, _twoFaces, _faces.Faces + _originals.Faces,
            Math.Max(ledger.HighestGiven, _clashes.Highest) + 1, Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3));
    }

    private IEnumerable<LegacyRow> Rows() => source.Read((limits.MaxUploadBytes * 4 / 3) + 1024, MaxEncoding);

    private static long BytesOf(object? cell) => cell switch { byte[] bytes => bytes.Length, string text => 2L * text.Length, _ => 0 };

    private static bool TryReadPerson(LegacyRow row, out long person, out string? problem)
    {
        try
        {
            (person, problem) = (PersonCell.Read(row.Person), null);
            return true;
        }
        catch (CellException e)
        {
            (person, problem) = (0, e.Message);
            return false;
        }
    }

    /// <summary>What can be said of a row without looking into its picture and encoding.</summary>
    private Work Prepare(LegacyRow row)
    {
        if (!TryReadPerson(row, out long person, out string? problem))
        {
            return new Work(row) { Verdict = Verdict.LeftOut, Notes = { problem! } };
        }

        byte[] hash = RowHash.Of(person, row);
        ImportStanding standing = ledger.Row(hash);
        var work = new Work(row) { Person = person, Hash = hash, Standing = standing };
        if (!_seen.Add(MemoryMarshal.Read<UInt128>(hash)))
        {
            work.Verdict = Verdict.Duplicate;
        }
        else if (_clashes.Of(person, policy) is { } clash)
        {
            work.Verdict = Verdict.Clash;
            work.Notes.Add(clash);
        }
        else if (_clashes.IsForgotten(person))
        {
            work.Verdict = Verdict.Forgotten;
        }
        else if (standing == ImportStanding.Known || (standing == ImportStanding.KnownWithoutPicture && row.Picture is null))
        {
            work.Verdict = Verdict.Known;
        }
        else
        {
            work.Open = true;
        }

        return work;
    }

    private async Task FinishAsync(List<Work> chunk, ImageDatabase? target, Action<RowVerdict> tell, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Work[] open = [.. chunk.Where(static work => work.Open)];
        Parallel.ForEach(open, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, LookInto);
        foreach (Work work in open)
        {
            Judge(work);
        }

        if (target is not null)
        {
            ImportedRow[] rows = [.. open.Where(static work => work.Face is not null)
                .Select(static work => new ImportedRow(work.Hash, work.Person!.Value, work.Portrait is not null, work.Face!, work.Second))];
            if (rows.Length > 0)
            {
                await ImportWriter.StoreAsync(target, rows);
            }

            if (ledger.Encoder is null && !_encoderNamed && Array.Exists(rows, static row => row.Pictured))
            {
                // Into an empty gallery: else the encoder that most rows came with would be in force, whatever their pictures give.
                await target.SetEncoderAsync(portraits.Encoder);
                _encoderNamed = true;
            }
        }

        foreach (Work work in chunk)
        {
            _count[(int)work.Verdict]++;
            if (work.Verdict is Verdict.Encoded or Verdict.EncodingOnly or Verdict.Known)
            {
                _taken.Add(work.Person!.Value);
            }

            tell(new RowVerdict(work.Row.Number, work.Person, work.Verdict, work.Encoding?.Format, work.Notes));
        }
    }

    /// <summary>Reads encoding and picture; any number of rows at once.</summary>
    private void LookInto(Work work)
    {
        if (work.Row.TooLarge is { } large)
        {
            work.Notes.Add(large);
        }

        try
        {
            work.Encoding = work.Row.Encoding is { } cell ? EncodingCell.Read(cell) : null;
        }
        catch (CellException e)
        {
            work.Notes.Add(e.Message);
        }

        try
        {
            if (pictures.Read(work.Row.Picture) is { } photo)
            {
                Portrait portrait = portraits.Read(photo);
                work.Portrait = portrait.Face;
                if (portrait.Problem is { } problem)
                {
                    work.Notes.Add(problem);
                }
            }
        }
        catch (CellException e)
        {
            work.Notes.Add(e.Message);
        }
    }

    /// <summary>The verdict, and what is to be stored.</summary>
    private void Judge(Work work)
    {
        if (work.Portrait is { } portrait)
        {
            work.Verdict = Verdict.Encoded;
            bool sameEncoder = work.Encoding?.Encoder == portrait.Encoder;

            // The original's own encoding is the better witness of what it knew; a other encoder's stands beside the picture's.
            work.Face = sameEncoder && work.Standing == ImportStanding.New ? portrait with { Encoding = work.Encoding!.Values } : portrait;
            if (work.Encoding is not null && !sameEncoder && work.Standing == ImportStanding.New)
            {
                work.Second = new SecondEncoding(work.Encoding.Encoder, work.Encoding.Values);
            }
        }
        else if (work.Standing != ImportStanding.New)
        {
            work.Verdict = Verdict.Known;
            return;
        }
        else if (work.Encoding is { } encoding)
        {
            work.Verdict = Verdict.EncodingOnly;
            work.Face = new NewFace(encoding.Values, encoding.Encoder, 0, null); // 0: nothing is known of its quality
        }
        else
        {
            work.Verdict = Verdict.LeftOut;
            if (work.Notes.Count == 0)
            {
                work.Notes.Add("neither picture nor encoding");
            }

            return;
        }

        Oddity? odd = work.Encoding?.Encoder == "dlib128" ? _originals.Add(work.Person!.Value, work.Encoding.Values)
            : work.Face.Encoder == portraits.Encoder ? _faces.Add(work.Person!.Value, work.Face.Encoding.ToArray())
            : null;
        if (odd is not null)
        {
            work.Notes.Add(odd.Note);
            (_oneFace, _twoFaces) = odd.OneFace ? (_oneFace + 1, _twoFaces) : (_oneFace, _twoFaces + 1);
        }
    }

    /// <summary>A row on its way.</summary>
    private sealed class Work(LegacyRow row)
    {
        public LegacyRow Row { get; } = row;

        public long? Person { get; init; }

        public byte[] Hash { get; init; } = [];

        public ImportStanding Standing { get; init; }

        public Verdict Verdict { get; set; }

        public List<string> Notes { get; } = [];

        /// <summary>Whether picture and encoding are to be looked at.</summary>
        public bool Open { get; set; }

        public FoundEncoding? Encoding { get; set; }

        public NewFace? Portrait { get; set; }

        public NewFace? Face { get; set; }

        public SecondEncoding? Second { get; set; }
    }
}
