using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>
/// Whether a database can be used: one judge for a start, <c>verify</c>, <c>restore</c> and <c>backup</c>, so that none of them passes what another
/// rejects. A start looks at as much as it has time for; what it finds, the thorough look finds, too.
/// </summary>
internal static class DatabaseJudge
{
    /// <summary>
    /// Up to this size every page is checked at start (about 0.1 s from a warm cache). Above it (some thousand kept pictures) the
    /// check covers what start-up needs anyway: schema, people, the index and every encoding, but not the pictures. Whoever reads every
    /// face right afterwards has checked index and encodings by that.
    /// </summary>
    public const long FullCheckBytes = 64 * 1024 * 1024;

    /// <summary>Problems told at most: a badly damaged file has one for every page.</summary>
    private const int MaxProblems = 20;

    /// <summary>What is wrong with our file; null when nothing was found. Other failures (a disk that does not read) are thrown.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="path">The file.</param>
    /// <param name="steps">The schema's steps.</param>
    /// <param name="facesAreReadNext">The caller reads every face next when the file has the newest schema: a large file's need not be read for the check, too.</param>
    public static string? FindDamage(SqliteConnection connection, string path, IReadOnlyList<string> steps, bool facesAreReadNext)
    {
        try
        {
            if (Structure(connection, steps) is [var first, ..])
            {
                return first;
            }

            if (new FileInfo(path).Length <= FullCheckBytes)
            {
                string verdict = Sqlite.Texts(connection, "PRAGMA quick_check(1)").FirstOrDefault("no answer");
                return verdict == "ok" ? null : verdict;
            }

            int schema = Schema.ReadVersion(connection);
            Sqlite.Number(connection, "SELECT count(created_at) FROM person");
            if (!facesAreReadNext || schema != steps.Count)
            {
                ReadEncodings(connection, "SELECT id, person_id, encoding FROM face INDEXED BY face_person ORDER BY person_id, id");
            }

            if (schema > 1)
            {
                ReadEncodings(connection, "SELECT face_id, encoder, encoding FROM face_encoding ORDER BY face_id, encoder");
            }

            return null;
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            return e.Message;
        }
    }

    /// <summary>What is wrong with the file, from every page, each in one line.</summary>
    public static List<string> FindAllDamage(SqliteConnection connection)
    {
        List<string> problems = Structure(connection, Schema.Steps);
        problems.AddRange(Sqlite.Texts(connection, $"PRAGMA integrity_check({MaxProblems})").Where(static line => line != "ok"));
        return problems;
    }

    /// <summary>What does not hang together in a whole file: a start can use it all the same.</summary>
    public static List<string> FindLooseEnds(SqliteConnection connection)
    {
        var problems = new List<string>();
        if (Sqlite.Texts(connection, "SELECT \"table\" || ' row ' || coalesce(rowid, '?') FROM pragma_foreign_key_check LIMIT 5") is { Count: > 0 } orphans)
        {
            problems.Add($"rows that belong to nobody: {string.Join(", ", orphans)}");
        }

        if (Sqlite.Number(connection, "SELECT count(*) FROM person WHERE id NOT IN (SELECT person_id FROM face)") is > 0 and var faceless)
        {
            problems.Add($"{faceless} people without a face");
        }

        return problems;
    }

    /// <summary>Whether it is the file that fails. SQLITE_ERROR: a table of ours is missing. A sector that the disk does not give is damage, too: the others are read.</summary>
    public static bool IsDamage(SqliteException e) =>
        e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR || e.SqliteExtendedErrorCode is raw.SQLITE_IOERR_READ or raw.SQLITE_IOERR_SHORT_READ;

    /// <summary>Whether header, schema and the numbers that ids are counted with are ours. Reads a handful of pages.</summary>
    private static List<string> Structure(SqliteConnection connection, IReadOnlyList<string> steps)
    {
        if (Sqlite.Number(connection, "PRAGMA application_id") != Schema.ApplicationId)
        {
            return ["its header is not ours"];
        }

        int version = Schema.ReadVersion(connection);
        if (version < 1)
        {
            return ["it holds no schema version"];
        }

        var problems = new List<string>();
        if (version <= steps.Count)
        {
            // A newer one's is not known; it is refused for that, elsewhere.
            HashSet<string> found = [.. Schema.Describe(connection)];
            problems.AddRange(Schema.Expected(steps, version).Where(line => !found.Contains(line)).Select(static line => $"its schema lacks the {line}"));
            problems.AddRange(found.Where(static line => line.StartsWith("trigger ", StringComparison.Ordinal)).Select(static line => $"its schema has the {line}, which is not ours"));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        long lowest = Sqlite.Number(connection, "SELECT coalesce(min(id), 1) FROM person"), highest = Schema.HighestPersonId(connection);
        if (lowest < 1 || highest > IdMark.MaxId)
        {
            problems.Add($"it speaks of the id {(lowest < 1 ? lowest : highest)}; ids are from 1 to {IdMark.MaxId}");
        }

        if (Backup.StoredMark(connection) is (< 0 or > IdMark.MaxId) and var mark)
        {
            problems.Add($"its mark of ids is {mark}; ids are from 1 to {IdMark.MaxId}");
        }

        return problems;
    }

    private static void ReadEncodings(SqliteConnection connection, string encodings)
    {
        using SqliteCommand command = Sqlite.Prepare(connection, encodings);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            _ = raw.sqlite3_column_blob(reader.Handle!, 2);
        }
    }
}
