using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage.Salvage;

/// <summary>
/// Takes everything that can be read out of a damaged database, row by row from its pages, into a new one. To which table a page belongs is
/// told by the trees as far as they can be followed, else by what stands in it. A face counts when its checksum is right.
/// </summary>
internal sealed class Salvager
{
    private readonly PageFile _file;
    private readonly SqliteConnection _target;
    private readonly bool _pictures;
    private readonly Dictionary<long, string> _owners = [];
    private readonly HashSet<long> _free = [];
    private readonly HashSet<(long Person, long Face)> _known = [];
    private readonly HashSet<long> _people = [];
    private long _highest;
    private long _highestFace;
    private bool _checked;

    private Salvager(PageFile file, SqliteConnection target, bool pictures) => (_file, _target, _pictures) = (file, target, pictures);

    /// <summary>Fills an empty database, which afterwards has this version's schema and is whole.</summary>
    /// <param name="file">The damaged one.</param>
    /// <param name="target">The empty one.</param>
    /// <param name="pictures">Whether pictures are taken, too: they are nine tenths of the bytes.</param>
    public static SalvageReport Run(PageFile file, SqliteConnection target, bool pictures) => new Salvager(file, target, pictures).Run();

    private SalvageReport Run()
    {
        FindOwners();
        int version = FindVersion();
        _checked = version >= Schema.WithChecksums;
        int written = version == 0 ? Schema.Steps.Count : version;
        Sqlite.Run(_target, $"PRAGMA page_size={Schema.PageSize}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF");
        Schema.Migrate(_target, 0, [.. Schema.Steps.Take(written)]);
        Sqlite.Run(_target, "BEGIN");
        List<SalvageTable> tables = SalvageTable.Of(_target);
        for (long page = 1; page <= _file.Count; page++)
        {
            TakePage(page, tables);
        }

        tables.ForEach(static table => table.Dispose());
        SalvageReport report = Mend();
        Sqlite.Run(_target, "COMMIT");
        Schema.Migrate(_target, written, Schema.Steps);
        if (version == 0)
        {
            EncodingChecksum.Fill(_target);
        }

        Schema.ContinueAbove(_target, report.HighestId);
        Sqlite.Number(_target, "UPDATE sqlite_sequence SET seq = max(seq, $made) WHERE name = 'face'", ("$made", _highestFace));
        return report;
    }

    /// <summary>Which page belongs to which table or index, as far as the schema and the inner pages can be read.</summary>
    private void FindOwners()
    {
        Follow(1, "sqlite_schema");
        foreach (long page in _owners.Keys.ToArray())
        {
            foreach (FoundRow row in _file.Versions(page).SelectMany(bytes => PageRows.Read(_file, page, bytes)))
            {
                if (row.Values is [string, string name, string, long root, ..] && root > 1)
                {
                    Follow(root, name);
                }
            }
        }

        byte[] first = _file.Read(1);
        long trunk = first.Length > 0 ? BinaryPrimitives.ReadUInt32BigEndian(first.AsSpan(32)) : 0;
        while (trunk > 1 && trunk <= _file.Count && _free.Add(trunk) && _file.Read(trunk) is { Length: > 0 } list)
        {
            long entries = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(list.AsSpan(4)), (list.Length / 4) - 2);
            for (int i = 0; i < entries; i++)
            {
                _free.Add(BinaryPrimitives.ReadUInt32BigEndian(list.AsSpan(8 + (4 * i))));
            }

            trunk = BinaryPrimitives.ReadUInt32BigEndian(list);
        }
    }

    private void Follow(long root, string name)
    {
        var open = new Stack<long>([root]);
        while (open.TryPop(out long page))
        {
            if (page > _file.Count || !_owners.TryAdd(page, name))
            {
                continue;
            }

            foreach (long child in _file.Versions(page).SelectMany(bytes => PageRows.Children(page, bytes, _file.Count)))
            {
                open.Push(child);
            }
        }
    }

    /// <summary>The schema's version; 0 when it can not be read.</summary>
    private int FindVersion()
    {
        for (long page = 2; page <= _file.Count; page++)
        {
            if (_owners.TryGetValue(page, out string? owner) && owner != "meta")
            {
                continue;
            }

            foreach (FoundRow row in _file.Versions(page).SelectMany(bytes => PageRows.Read(_file, page, bytes)))
            {
                if (row.Values is ["schema_version", string value] && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
                    && version >= 1 && version <= Schema.Steps.Count)
                {
                    return version;
                }
            }
        }

        return 0;
    }

    private void TakePage(long number, List<SalvageTable> tables)
    {
        bool owned = _owners.TryGetValue(number, out string? owner);
        SalvageTable? table = owned ? tables.Find(table => table.Name == owner) : null;
        if ((owned && table is null && owner != "face_person") || (!owned && _free.Contains(number)))
        {
            return;
        }

        foreach (byte[] page in _file.Versions(number))
        {
            bool leaf = PageRows.KindOf(number, page) == PageRows.LeafTable;
            foreach (FoundRow row in PageRows.Read(_file, number, page))
            {
                if (owner == "face_person")
                {
                    Know(row);
                }
                else if ((table ?? Guess(tables, row, leaf)) is { } to && to.WithoutRowId != leaf && to.Fits(row))
                {
                    Take(to, row);
                }
            }
        }
    }

    /// <summary>The only table that a row can be from, by its shape; of several the one with as many columns.</summary>
    private static SalvageTable? Guess(List<SalvageTable> tables, FoundRow row, bool leaf)
    {
        List<SalvageTable> fitting = tables.FindAll(table => table.WithoutRowId != leaf && table.Fits(row));
        return fitting.Count == 1 ? fitting[0] : fitting.Find(table => table.Columns == row.Values.Length);
    }

    private void Know(FoundRow row)
    {
        if (row.Values is [long person, long face] && person is >= 1 and <= IdMark.MaxId)
        {
            _known.Add((person, face));
            _highest = Math.Max(_highest, person);
        }
    }

    private void Take(SalvageTable table, FoundRow row)
    {
        switch (table.Name)
        {
            case "face_image" when !_pictures:
            case "meta" when row.Values is [Backup.MarkKey, string mark] && (!long.TryParse(mark, CultureInfo.InvariantCulture, out long ids) || ids is < 0 or > IdMark.MaxId):
                return;
            case "sqlite_sequence":
                _highest = row.Values is ["person", long given and >= 0 and <= IdMark.MaxId] ? Math.Max(_highest, given) : _highest;
                _highestFace = row.Values is ["face", long made and >= 0 and <= IdMark.MaxId] ? Math.Max(_highestFace, made) : _highestFace;
                return;
            case "person":
                _people.Add(row.RowId);
                _highest = Math.Max(_highest, row.RowId);
                break;
            case "face":
                long person = (long)row.Values[1]!;
                if (person is < 1 or > IdMark.MaxId || !IsWhole(table, row))
                {
                    _known.Add((person, row.RowId));
                    return;
                }

                _known.Add((person, row.RowId));
                _highest = Math.Max(_highest, person);
                break;
            case "face_encoding" when row.Values is [long face, string encoder, var encoding, long checksum]
                ? EncodingChecksum.OfSecond(face, encoder, encoding as byte[]) != checksum
                : _checked || row.Values[2] is byte[] plain && EncodingBlob.TryRead(plain, plain.Length / sizeof(float)) is null:
                return; // it is made again by a change of the encoder
        }

        table.Insert(row);
    }

    private bool IsWhole(SalvageTable table, FoundRow row)
    {
        double Number(string column) => table.IndexOf(column) is var at && at < row.Values.Length ? Convert.ToDouble(row.Values[at], CultureInfo.InvariantCulture) : 0;
        byte[] encoding = (byte[])row.Values[table.IndexOf("encoding")]!;
        if (encoding.Length == 0 || EncodingBlob.TryRead(encoding, encoding.Length / sizeof(float)) is null)
        {
            return false;
        }

        // Rows of an older version have none.
        return table.IndexOf("checksum") is >= 0 and var stored && stored < row.Values.Length && row.Values[stored] is long checksum
            ? EncodingChecksum.OfFace((long)row.Values[1]!, (string)row.Values[2]!, Number("quality"), Number("evidence"), encoding) == checksum
            : !_checked;
    }

    /// <summary>Makes whole what hangs together: faces have their people, and what belongs to nobody goes.</summary>
    private SalvageReport Mend()
    {
        Sqlite.Run(_target, "INSERT INTO person(id, created_at) SELECT person_id, min(created_at) FROM face WHERE person_id NOT IN (SELECT id FROM person) GROUP BY person_id");
        var orphans = new List<(string Table, long Row)>();
        using (SqliteCommand command = Sqlite.Prepare(_target, "SELECT \"table\", rowid FROM pragma_foreign_key_check WHERE rowid IS NOT NULL"))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                orphans.Add((reader.GetString(0), reader.GetInt64(1)));
            }
        }

        foreach ((string table, long row) in orphans)
        {
            Sqlite.Number(_target, $"DELETE FROM \"{table}\" WHERE rowid = $row", ("$row", row));
        }

        HashSet<long> faces = Ids("SELECT id FROM face"), kept = Ids("SELECT DISTINCT person_id FROM face");
        Sqlite.Run(_target, "DELETE FROM person WHERE id NOT IN (SELECT person_id FROM face)");
        List<(long Person, long Face)> lost = [.. _known.Where(pair => !faces.Contains(pair.Face))];
        long[] hurt = [.. lost.Select(static pair => pair.Person).Where(kept.Contains).Distinct().Order()];
        long[] gone = [.. _people.Concat(_known.Select(static pair => pair.Person)).Where(id => id is >= 1 and <= IdMark.MaxId && !kept.Contains(id)).Distinct().Order()];
        return new SalvageReport(
            kept.Count, faces.Count, Sqlite.Number(_target, "SELECT count(*) FROM face_image"), gone, hurt, lost.Select(static pair => pair.Face).Distinct().Count(), _highest);
    }

    private HashSet<long> Ids(string sql)
    {
        using SqliteCommand command = Sqlite.Prepare(_target, sql);
        using SqliteDataReader reader = command.ExecuteReader();
        var ids = new HashSet<long>();
        while (reader.Read())
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }
}
