using Microsoft.Data.Sqlite;

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
    /// <summary>Problems told at most: a badly damaged file has one for every page.</summary>
    private const int MaxProblems = 20;

    /// <summary>Checks the database of a data folder, also beside a running daemon, whose writes do not wait.</summary>
    /// <exception cref="StorageException">There is none, it is another program's, or this user can not read it.</exception>
    public static DatabaseCheck OfFolder(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        if (!files.HasDatabase)
        {
            throw new StorageException(StorageProblem.Other, $"There is no {files.Database}. Name the DataDirectory; the first start makes one.");
        }

        return Of(files.Database, () => Sqlite.ConnectToLook(files));
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
        var problems = new List<string>(Sqlite.Texts(connection, $"PRAGMA integrity_check({MaxProblems})").Where(static line => line != "ok"));
        if (Sqlite.Texts(connection, "SELECT \"table\" || ' row ' || rowid FROM pragma_foreign_key_check LIMIT 5") is { Count: > 0 } orphans)
        {
            problems.Add($"rows that belong to nobody: {string.Join(", ", orphans)}");
        }

        if (Sqlite.Number(connection, "SELECT count(*) FROM person WHERE id NOT IN (SELECT person_id FROM face)") is > 0 and var faceless)
        {
            problems.Add($"{faceless} people without a face");
        }

        var encoders = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using SqliteCommand command = Sqlite.Prepare(connection, "SELECT encoder, encoding FROM face");
        using SqliteDataReader reader = command.ExecuteReader();
        long unusable = 0;
        while (reader.Read())
        {
            string encoder = reader.GetString(0);
            encoders[encoder] = encoders.GetValueOrDefault(encoder) + 1;
            ReadOnlySpan<byte> blob = SQLitePCL.raw.sqlite3_column_blob(reader.Handle!, 1);
            unusable += blob.Length > 0 && EncodingBlob.TryRead(blob, blob.Length / sizeof(float)) is not null ? 0 : 1;
        }

        if (unusable > 0)
        {
            problems.Add($"{unusable} encodings that are no finite numbers");
        }

        return new DatabaseCheck(
            path,
            Storage.Schema.ReadVersion(connection),
            Sqlite.Number(connection, "SELECT count(*) FROM person"),
            Sqlite.Number(connection, "SELECT count(*) FROM face"),
            Sqlite.Number(connection, "SELECT count(*) FROM face_image"),
            Storage.Schema.HighestPersonId(connection),
            encoders,
            problems);
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
            return known.Problem is StorageProblem.Corrupt
                ? new DatabaseCheck(path, 0, 0, 0, 0, 0, [], [e.Message])
                : throw (e is FileNotFoundException or DirectoryNotFoundException ? new StorageException(StorageProblem.Other, $"There is no file {path}.", e) : known);
        }
    }
}
