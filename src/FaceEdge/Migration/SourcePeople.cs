using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FaceEdge.Storage;

namespace FaceEdge.Migration;

/// <summary>
/// Who the people of the source are: under their ids, where an id means one person; else under new ids, for names and for ids that several people
/// share. Rows taken before keep whom they were given to, so that the next run says the same.
/// Names are told apart by their hashes: whoever uses it has asked <see cref="OpenSsl.Check"/> before.
/// </summary>
/// <param name="ledger">What the gallery knows of earlier imports.</param>
internal sealed class SourcePeople(ImportLedger ledger)
{
    /// <summary>Faces under one id that are compared with each other; the work grows with the square (20,000: 10 s).</summary>
    private const int MaxSharing = 20_000;

    /// <summary>Encodings held while they are compared, 512 bytes each.</summary>
    private const int MaxHeld = 100_000;

    [Flags]
    private enum Fact : byte
    {
        None = 0,
        Several = 1,
        Pictured = 2,
    }

    private readonly Dictionary<UInt128, Fact> _keys = [];
    private readonly Dictionary<long, long> _known = [];
    private readonly Dictionary<long, long> _people = [];
    private readonly HashSet<long> _gone = [];
    private bool _named;
    private long _last;

    /// <summary>People none of whose rows has a picture.</summary>
    public long WithoutPicture => _keys.Values.LongCount(static fact => !fact.HasFlag(Fact.Pictured));

    /// <summary>People in the source, as it counts them.</summary>
    public long Count => _keys.Count;

    /// <summary>People who were split off somebody else's id.</summary>
    public long Split { get; private set; }

    /// <summary>People who have a name where an id belongs.</summary>
    public long Named { get; private set; }

    /// <summary>The highest id given so far.</summary>
    public long Last => _last;

    /// <summary>Notes a row in the first pass.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="key">Whose it is said to be.</param>
    /// <param name="pictured">Whether it has something for a picture.</param>
    /// <param name="known">Whom an earlier import took it for; 0 for nobody.</param>
    public void Note(long row, PersonKey key, bool pictured, long known)
    {
        UInt128 hash = HashOf(key);
        Fact fact = _keys.TryGetValue(hash, out Fact before) ? before | Fact.Several : Fact.None;
        _keys[hash] = fact | (pictured ? Fact.Pictured : Fact.None);
        _named |= key.Name is not null;
        if (known != 0)
        {
            _known[row] = known;
            if (!_gone.Contains(known) && !ledger.Exists(known))
            {
                _gone.Add(known);
            }
        }
    }

    /// <summary>Decides who is who. Only ids that stand in several rows, and names, need a look.</summary>
    /// <param name="rows">All rows again; their pictures are not needed.</param>
    /// <param name="highest">No new person's id is at or below this.</param>
    /// <param name="cancel">Stops it.</param>
    public void Decide(IEnumerable<LegacyRow> rows, long highest, CancellationToken cancel)
    {
        _last = highest;
        if (!_named && !_keys.Values.Any(static fact => fact.HasFlag(Fact.Several)))
        {
            return;
        }

        var sharing = new Dictionary<PersonKey, List<(long Row, float[]? Face)>>();
        int held = 0;
        foreach (LegacyRow row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            if (KeyOf(row) is { } key && (key.Name is not null || IsShared(key)))
            {
                List<(long, float[]?)> all = sharing.TryGetValue(key, out var before) ? before : sharing[key] = [];
                float[]? face = held < MaxHeld && all.Count < MaxSharing && IsShared(key) ? FaceOf(row) : null;
                held += face is null ? 0 : 1;
                all.Add((row.Number, face));
            }
        }

        foreach ((PersonKey key, List<(long Row, float[]? Face)> all) in sharing)
        {
            Assign(key, all, SharedId.People([.. all.Select(static one => one.Face)], cancel));
        }
    }

    /// <summary>Whose a row is.</summary>
    public long PersonOf(long row, PersonKey key) => _known.TryGetValue(row, out long known) ? known
        : _people.TryGetValue(row, out long person) ? person : key.Id;

    /// <summary>Whether an earlier import took the person, who was forgotten since.</summary>
    public bool IsGone(long person) => _gone.Contains(person);

    /// <summary>Whether several rows are said to be this person's.</summary>
    public bool IsShared(PersonKey key) => _keys[HashOf(key)].HasFlag(Fact.Several);

    /// <summary>A new id, for somebody whose picture shows another than the id's other pictures.</summary>
    public long SplitOff()
    {
        Split++;
        return ++_last;
    }

    /// <summary>Whose a row is said to be; null when that can not be read.</summary>
    public static PersonKey? KeyOf(LegacyRow row)
    {
        try
        {
            return PersonCell.ReadKey(row.Person);
        }
        catch (CellException)
        {
            return null;
        }
    }

    private void Assign(PersonKey key, List<(long Row, float[]? Face)> all, int[] firsts)
    {
        // Who was taken before stays who it was; the id itself goes to the first of the others.
        var people = new Dictionary<int, long>();
        for (int i = 0; i < firsts.Length; i++)
        {
            if (_known.TryGetValue(all[i].Row, out long known))
            {
                people.TryAdd(firsts[i], known);
            }
        }

        long gone = people.Values.FirstOrDefault(_gone.Contains);
        bool idFree = key.Id != 0 && !all.Exists(row => _known.TryGetValue(row.Row, out long one) && one == key.Id);
        for (int i = 0; i < firsts.Length; i++)
        {
            if (!people.TryGetValue(firsts[i], out long person))
            {
                bool split = people.Count > 0;
                person = gone != 0 ? gone : idFree ? key.Id : ++_last; // who was forgotten stays forgotten, whoever of them this is
                idFree = false;
                people[firsts[i]] = person;
                Split += split && person == _last ? 1 : 0;
            }

            _people[all[i].Row] = person;
        }

        Named += key.Name is null ? 0 : people.Count;
    }

    private static float[]? FaceOf(LegacyRow row)
    {
        try
        {
            return row.Encoding is { } cell && EncodingCell.Read(cell) is { Encoder: "dlib128" } found ? found.Values : null;
        }
        catch (CellException)
        {
            return null;
        }
    }

    private static UInt128 HashOf(PersonKey key) => key.Name is null
        ? (UInt128)(ulong)key.Id
        : BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key.Name)));
}
