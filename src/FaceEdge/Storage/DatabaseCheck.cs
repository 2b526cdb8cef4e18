using FaceEdge.Storage.Salvage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>Every page, row and number of a database looked at; nothing is changed.</summary>
/// <param name="Path">The file.</param>
/// <param name="Schema">Version of its schema.</param>
/// <param name="People">People.</param>
/// <param name="Faces">Faces.</param>
/// <param name="Pictures">Faces with a picture.</param>
/// <param name="HighestId">The highest person id it ever gave; 0 for none.</param>
/// <param name="Encoders">Faces by encoder.</param>
/// <param name="Problems">What is wrong, each in one line; empty when it is whole.</param>
public sealed record DatabaseCheck(
    string Path, int Schema, long People, long Faces, long Pictures, long HighestId, SortedDictionary<string, long> Encoders, IReadOnlyList<string> Problems)
{
    /// <summary>People named at most.</summary>
    private const int Named = 100;

    /// <summary>Checks the database of a data folder, also beside a running daemon, whose writes do not wait.</summary>
    /// <exception cref="StorageException">There is none, it is another program's, or this user can not read it.</exception>
    public static DatabaseCheck OfFolder(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        if (!files.HasDatabase)
        {
            throw new StorageException(StorageProblem.Other, File.Exists(files.Rescued)
                ? $"There is no {files.Database}, but what a daemon saved when it was taken away: {files.Rescued}. Start the daemon, which puts it in place."
                : $"There is no {files.Database}. Name the DataDirectory; the first start makes one.");
        }

        DatabaseCheck check = Of(files.Seen, () => Sqlite.ConnectToLook(files));
        return LogCheck.FindDamageBeside(files) is { } log ? check with { Problems = [log, .. check.Problems] } : check;
    }

    /// <summary>Checks a file, e.g. a backup.</summary>
    /// <exception cref="StorageException">There is none, it is no database of ours, or this user can not read it.</exception>
    public static DatabaseCheck OfFile(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        return Of(path, () =>
        {
            DatabaseInspection.RefuseHalf(path);
            return Sqlite.ConnectToFile(path);
        });
    }

    /// <summary>Checks what an open connection shows.</summary>
    internal static DatabaseCheck Of(SqliteConnection connection, string path)
    {
        List<string> problems = DatabaseJudge.FindAllDamage(connection);
        var encoders = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (problems.Count > 0)
        {
            NamePeople(path, problems);
            return new DatabaseCheck(path, 0, 0, 0, 0, 0, encoders, problems);
        }

        problems.AddRange(DatabaseJudge.FindLooseEnds(connection));
        int schema = Storage.Schema.ReadVersion(connection);
        FindDamagedEncodings(connection, schema >= Storage.Schema.WithChecksums, encoders, problems);
        return new DatabaseCheck(
            path,
            schema,
            Sqlite.Number(connection, "SELECT count(*) FROM person"),
            Sqlite.Number(connection, "SELECT count(*) FROM face"),
            Sqlite.Number(connection, "SELECT count(*) FROM face_image"),
            Storage.Schema.HighestPersonId(connection),
            encoders,
            problems);
    }

    /// <summary>Damage that SQLite does not see, with whose face it is.</summary>
    private static void FindDamagedEncodings(SqliteConnection connection, bool withChecksums, SortedDictionary<string, long> encoders, List<string> problems)
    {
        string checksum = withChecksums ? "checksum" : "NULL";
        string evidence = withChecksums ? "evidence" : "0";
        using (SqliteCommand command = Sqlite.Prepare(connection, $"SELECT encoder, encoding, id, person_id, quality, {evidence}, {checksum} FROM face ORDER BY person_id, id"))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                string encoder = reader.GetString(0);
                encoders[encoder] = encoders.GetValueOrDefault(encoder) + 1;
                ReadOnlySpan<byte> blob = raw.sqlite3_column_blob(reader.Handle!, 1);
                bool whole = !withChecksums
                    || (!reader.IsDBNull(4) && !reader.IsDBNull(5) && !reader.IsDBNull(6)
                        && EncodingChecksum.OfFace(reader.GetInt64(3), encoder, reader.GetDouble(4), reader.GetDouble(5), blob) == reader.GetInt64(6));
                if (!whole || !IsUsable(blob))
                {
                    problems.Add($"person {reader.GetInt64(3)}: the encoding of face {reader.GetInt64(2)} ({encoder}) is damaged");
                }
            }
        }

        if (withChecksums)
        {
            using SqliteCommand command = Sqlite.Prepare(connection,
                "SELECT e.encoder, e.encoding, e.face_id, f.person_id, e.checksum FROM face_encoding e JOIN face f ON f.id = e.face_id ORDER BY f.person_id, f.id");
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                ReadOnlySpan<byte> blob = raw.sqlite3_column_blob(reader.Handle!, 1);
                if (reader.IsDBNull(4) || EncodingChecksum.OfSecond(reader.GetInt64(2), reader.GetString(0), blob) != reader.GetInt64(4) || (!reader.IsDBNull(1) && !IsUsable(blob)))
                {
                    problems.Add($"person {reader.GetInt64(3)}: the second encoding of face {reader.GetInt64(2)} ({reader.GetString(0)}) is damaged");
                }
            }
        }

        if (problems.Count > Named)
        {
            string more = $"{problems.Count - Named} more encodings are damaged";
            problems.RemoveRange(Named, problems.Count - Named);
            problems.Add(more);
        }
    }

    private static bool IsUsable(ReadOnlySpan<byte> blob) => blob.Length > 0 && EncodingBlob.TryRead(blob, blob.Length / sizeof(float)) is not null;

    /// <summary>Of a file that SQLite finds damaged: who can be read all the same, and who can not.</summary>
    private static void NamePeople(string path, List<string> problems)
    {
        try
        {
            using var pages = PageFile.Open(path);
            using SqliteConnection memory = Sqlite.Connect(":memory:", SqliteOpenMode.Memory);
            SalvageReport report = Salvager.Run(pages, memory, pictures: false);
            problems.AddRange(report.LostPeople.Take(Named).Select(static id => $"person {id}: no face can be read"));
            problems.AddRange(report.HurtPeople.Take(Named).Select(static id => $"person {id}: a face can not be read, others can"));
            problems.Add($"{report.Faces} faces of {report.People} people can be read: faceedge salvage writes them into a new database, and so does the next start");
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"nobody can be read out of it: {e.Message}");
        }
    }

    private static DatabaseCheck Of(string path, Func<SqliteConnection> connect)
    {
        try
        {
            DatabaseInspection.RefuseForeign(path);
            using SqliteConnection connection = connect();
            return Of(connection, path);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or StorageException { Problem: StorageProblem.Corrupt })
        {
            var known = StorageException.From(e, path);
            if (known.Problem is not StorageProblem.Corrupt && !(e is SqliteException sqlite && DatabaseJudge.IsDamage(sqlite)))
            {
                throw e is FileNotFoundException or DirectoryNotFoundException ? new StorageException(StorageProblem.Other, $"There is no file {path}.", e) : known;
            }

            List<string> problems = [e.Message];
            if (e is SqliteException)
            {
                NamePeople(path, problems);
            }

            return new DatabaseCheck(path, 0, 0, 0, 0, 0, [], problems);
        }
    }
}
