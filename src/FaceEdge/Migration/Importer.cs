using System.Diagnostics;
using System.Runtime.InteropServices;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Migration;

/// <summary>
/// Takes people over from somebody else's database under the ids they have. Two passes over one snapshot: the first looks at the ids alone, decides who is
/// who and refuses what would mix people up, before anything is stored; the second stores, some hundred rows in a transaction. Rows stream through:
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

    /// <summary>And time: what an interruption costs at most, and how long the first verdict takes.</summary>
    private static readonly TimeSpan ChunkTime = TimeSpan.FromSeconds(2);

    private readonly Clashes _clashes = new();
    private readonly SourcePeople _people = new(ledger);
    private readonly SplitPortraits _split = new(portraits.Encoder);
    private readonly HashSet<UInt128> _seen = [];
    private readonly HashSet<long> _taken = [];
    private readonly Likeness _faces = new(portraits.Encoder);
    private readonly Likeness _originals = new("dlib128");
    private readonly long[] _count = new long[Enum.GetValues<Verdict>().Length];
    private long _oneFace, _twoFaces;
    private bool _encoderNamed;

    /// <summary>Who the source's people are; known after <see cref="Survey"/>.</summary>
    public SourcePeople People => _people;

    /// <summary>Whether the gallery will compare by the original's encodings, as far as the first pass can tell.</summary>
    public bool OriginalsInForce => (ledger.Encoder ?? portraits.Encoder) == "dlib128" || (ledger.Encoder is null && _people.WithoutPicture == _people.Count);

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
            if (SourcePeople.KeyOf(row) is { } key)
            {
                ImportStanding standing = ledger.Row(RowHash.Of(key, row), out long known);
                _people.Note(row.Number, key, row.Picture is not (null or "" or byte[] { Length: 0 }), known);
                if (key.Name is null)
                {
                    _clashes.Note(key.Id, standing, ledger);
                }
            }

            step();
        }

        _people.Decide(source.Read(-1, MaxEncoding), Math.Max(ledger.HighestGiven, Math.Max(_clashes.Highest, source.HighestGiven)), cancel);
        return _clashes.All(policy);
    }

    /// <summary>Why an id can not be kept.</summary>
    public string ReasonOf(long person) => _clashes.Of(person, policy)!;

    /// <summary>The second pass.</summary>
    /// <param name="target">Where to store; null to store nothing.</param>
    /// <param name="tell">Hears the verdict on each row, in order, once it is durable.</param>
    /// <param name="cancel">Stops at once; what was told is stored, and a later run goes on.</param>
    /// <param name="step">Told of each row as it was looked at; from any thread.</param>
    /// <exception cref="SourceException">The source can not be read; what was told is stored.</exception>
    /// <exception cref="StorageException">The target can not be written; what was told is stored.</exception>
    public async Task<ImportSummary> RunAsync(ImageDatabase? target, Action<RowVerdict> tell, CancellationToken cancel, Action? step = null)
    {
        long started = Stopwatch.GetTimestamp(), stored = started;
        if (target is not null)
        {
            await ImportWriter.ReserveAsync(target, ledger.HighestGiven, Math.Max(_clashes.Highest, source.HighestGiven), _people.Last, ledger.Emptied);
        }

        // Rows go through in small groups, side by side; finished ones wait for the transaction without their values.
        var group = new List<ImportWork>();
        var chunk = new List<ImportWork>(ChunkRows);
        long bytes = 0, waiting = 0;
        int width = 2 * Environment.ProcessorCount;
        foreach (LegacyRow row in Rows())
        {
            cancel.ThrowIfCancellationRequested();
            ImportWork work = Prepare(row);
            group.Add(work);
            bytes += work.Bytes;
            waiting += work.Open ? 1 : 0;
            if (waiting >= width || bytes >= ChunkBytes || group.Count >= ChunkRows)
            {
                LookInto(group, step, cancel);
                chunk.AddRange(group);
                group.Clear();
                waiting = 0;
                if (chunk.Count >= ChunkRows || bytes >= ChunkBytes || Stopwatch.GetElapsedTime(stored) > ChunkTime)
                {
                    await StoreAsync(chunk, target, tell);
                    chunk.Clear();
                    (bytes, stored) = (0, Stopwatch.GetTimestamp());
                }
            }
        }

        LookInto(group, step, cancel);
        await StoreAsync([.. chunk, .. group], target, tell);
        return Summary(target is null, Stopwatch.GetElapsedTime(started));
    }

    private ImportSummary Summary(bool dry, TimeSpan time)
    {
        long Of(Verdict verdict) => _count[(int)verdict];
        long highest = Math.Max(Math.Max(ledger.HighestGiven, source.HighestGiven), Math.Max(_clashes.Highest, _people.Last));
        string encoder = ledger.Encoder ?? (Of(Verdict.Encoded) == 0 && Of(Verdict.EncodingOnly) > 0 ? "dlib128" : portraits.Encoder);
        return new ImportSummary(
            dry, encoder, _count.Sum(), _taken.Count, Of(Verdict.Encoded), Of(Verdict.EncodingOnly), Of(Verdict.Known),
            Of(Verdict.Duplicate), Of(Verdict.Forgotten), Of(Verdict.Clash), Of(Verdict.LeftOut), _oneFace, _twoFaces, _faces.Faces + _originals.Faces,
            highest + 1, Math.Round(time.TotalSeconds, 3), _people.WithoutPicture, _people.Split, _people.Named);
    }

    private IEnumerable<LegacyRow> Rows() => source.Read((limits.MaxUploadBytes * 4 / 3) + 1024, MaxEncoding);

    /// <summary>What can be said of a row without looking into its picture and encoding.</summary>
    private ImportWork Prepare(LegacyRow row)
    {
        PersonKey key;
        try
        {
            key = PersonCell.ReadKey(row.Person);
        }
        catch (CellException e)
        {
            return new ImportWork(row.Number, null) { Verdict = Verdict.LeftOut, Notes = { e.Message } };
        }

        byte[] hash = RowHash.Of(key, row);
        ImportStanding standing = ledger.Row(hash, out _);
        long person = _people.PersonOf(row.Number, key);
        var work = new ImportWork(row.Number, row) { Key = key, Person = person, Name = key.Name ?? row.Name, Hash = hash, Standing = standing };
        if (!_seen.Add(MemoryMarshal.Read<UInt128>(hash)))
        {
            work.Verdict = Verdict.Duplicate;
        }
        else if (key.Name is null && _clashes.Of(key.Id, policy) is { } clash)
        {
            work.Verdict = Verdict.Clash;
            work.Notes.Add(clash);
        }
        else if (_people.IsGone(person) || (key.Name is null && person == key.Id && _clashes.IsForgotten(person)))
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
            return work;
        }

        work.Close();
        return work;
    }

    private void LookInto(List<ImportWork> group, Action? step, CancellationToken cancel)
    {
        ImportWork[] open = [.. group.Where(static work => work.Open)];
        try
        {
            Parallel.ForEach(open, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, work =>
            {
                work.LookInto(pictures, portraits);
                step?.Invoke();
            });
        }
        catch (AggregateException e) when (e.InnerException is ModelException model)
        {
            throw new ModelException(model.Message, model);
        }

        foreach (ImportWork work in open)
        {
            Judge(work);
        }

        for (int i = open.Length; i < group.Count; i++)
        {
            step?.Invoke();
        }
    }

    /// <summary>The verdict, and what is to be stored.</summary>
    private void Judge(ImportWork work)
    {
        if (work.Portrait is { } portrait)
        {
            work.Verdict = Verdict.Encoded;
            bool sameEncoder = work.Encoding?.Encoder == portrait.Encoder;

            // The original's own encoding is the better witness of what it knew; another encoder's stands beside the picture's.
            work.Face = sameEncoder && work.Standing == ImportStanding.New ? portrait with { Encoding = work.Encoding!.Values } : portrait;
            if (work.Encoding is not null && !sameEncoder && work.Standing == ImportStanding.New)
            {
                work.Second = new SecondEncoding(work.Encoding.Encoder, work.Encoding.Values);
            }

            if (work.Standing == ImportStanding.New && _people.IsShared(work.Key))
            {
                work.Person = _split.Who(work.Person!.Value, work.Face.Encoding.ToArray(), _people.SplitOff);
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

        if (work.Key.Name is null && work.Person != work.Key.Id)
        {
            work.Notes.Add($"id {work.Key.Id} is shared by people with clearly different faces; this one becomes person {work.Person}");
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

    private async Task StoreAsync(List<ImportWork> chunk, ImageDatabase? target, Action<RowVerdict> tell)
    {
        ImportedRow[] rows = [.. chunk.Where(static work => work.Face is not null)
            .Select(static work => new ImportedRow(work.Hash, work.Person!.Value, work.Portrait is not null, work.Face!, work.Second, work.Name))];
        if (target is not null && rows.Length > 0)
        {
            await ImportWriter.StoreAsync(target, rows);
        }

        if (target is not null && ledger.Encoder is null && !_encoderNamed && Array.Exists(rows, static row => row.Pictured))
        {
            // Into an empty gallery: else the encoder that most rows came with would be in force, whatever their pictures give.
            await target.SetEncoderAsync(portraits.Encoder);
            _encoderNamed = true;
        }

        foreach (ImportWork work in chunk)
        {
            _count[(int)work.Verdict]++;
            if (work.Verdict is Verdict.Encoded or Verdict.EncodingOnly or Verdict.Known)
            {
                _taken.Add(work.Person!.Value);
            }

            string? outlook = work.Verdict == Verdict.EncodingOnly ? Outlook.OfRow(OriginalsInForce) : null;
            tell(new RowVerdict(work.Number, work.Person, work.Verdict, work.Encoding?.Format, work.Notes, outlook, work.Name));
        }
    }
}
