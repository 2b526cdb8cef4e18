using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// Copies of the whole gallery in one file: everybody, every picture, and the mark of the ids given, so that no id is given twice after
/// a restore. Such a file is an ordinary database of ours.
/// </summary>
public static class Backup
{
    /// <summary>In <c>meta</c> of a backup: see <see cref="IdMark.Value"/>.</summary>
    private const string MarkKey = "backup_ids_reserved";

    /// <summary>Writes a backup, consistent also while the daemon writes, and checks it. The file appears when it is whole.</summary>
    /// <param name="dataDirectory">Of the gallery.</param>
    /// <param name="path">A new file; private to this user.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="StorageException">There is nothing to copy, no room, or the copy is not whole; then there is no file.</exception>
    public static DatabaseCheck Write(string dataDirectory, string path)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        path = Path.GetFullPath(path);
        if (!files.HasDatabase)
        {
            throw new StorageException(StorageProblem.Other, $"There is no {files.Database} to make a backup of.");
        }

        if (File.Exists(path) || Directory.Exists(path))
        {
            throw new StorageException(StorageProblem.Other, $"{path} exists already and is left as it is. Name a new file, e.g. with the date in it.");
        }

        string partial = path + ".partial";
        try
        {
            DatabaseInspection.RefuseForeign(files.Database);
            Delete(partial);
            PrivateFiles.CreateEmpty(partial);
            DatabaseCheck copied = CopyAndCheck(files, partial, path);
            PrivateFiles.Sync(partial);
            File.Move(partial, path);
            PrivateFiles.Sync(Path.GetDirectoryName(path)!);
            return copied;
        }
        catch (Exception e)
        {
            Delete(partial);
            throw e is SqliteException or IOException or UnauthorizedAccessException ? Told(e, files.Database, path) : e;
        }
    }

    /// <summary>The mark in a backup; what the counter says when it is an ordinary copy.</summary>
    internal static long ReadMark(SqliteConnection connection) => Math.Max(
        Sqlite.Number(connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = $key", ("$key", MarkKey)), Schema.HighestPersonId(connection));

    /// <summary>Removes the mark from a database that is going to be used.</summary>
    internal static void RemoveMark(SqliteConnection connection) => Sqlite.Number(connection, "DELETE FROM meta WHERE key = $key", ("$key", MarkKey));

    /// <summary>Removes a file that was begun, and what SQLite laid beside it.</summary>
    internal static void Delete(string path)
    {
        foreach (string name in (ReadOnlySpan<string>)[path, path + "-journal", path + "-wal", path + "-shm"])
        {
            File.Delete(name);
        }
    }

    private static DatabaseCheck CopyAndCheck(DatabaseFiles files, string partial, string path)
    {
        long people, faces;
        using (SqliteConnection source = Sqlite.Connect(files.Database, SqliteOpenMode.ReadOnly))
        using (SqliteConnection copy = Sqlite.Connect(partial, SqliteOpenMode.ReadWrite))
        {
            Sqlite.CheckpointOnClose(source, on: false);

            // One snapshot for the counts and the copy; in WAL mode the daemon goes on writing beside it.
            Sqlite.Run(source, "BEGIN");
            people = Sqlite.Number(source, "SELECT count(*) FROM person");
            faces = Sqlite.Number(source, "SELECT count(*) FROM face");
            source.BackupDatabase(copy);
            Sqlite.Run(source, "ROLLBACK");
        }

        // Read after the copy: the mark is then above every id in it, and above those given a moment later.
        long mark = IdMark.Read(files.Ids, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Value;
        using (SqliteConnection copy = Sqlite.Connect(partial, SqliteOpenMode.ReadWrite))
        {
            Sqlite.Run(copy, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL"); // one file, nothing beside it
            Sqlite.Number(copy, "INSERT OR REPLACE INTO meta(key, value) VALUES($key, $value)",
                ("$key", MarkKey), ("$value", mark.ToString(CultureInfo.InvariantCulture)));
        }

        using SqliteConnection written = Sqlite.ConnectToFile(partial);
        DatabaseCheck check = DatabaseCheck.Of(written, path);
        return check.Problems.Count > 0
            ? throw new StorageException(StorageProblem.Corrupt, $"The copy of {files.Database} is not whole, so it was deleted: {string.Join("; ", check.Problems)}. "
                + "Look whether the database itself is: faceedge verify.")
            : check.People == people && check.Faces == faces ? check
            : throw new StorageException(StorageProblem.Other, $"The copy holds {check.People} people of {people}, so it was deleted. Try again.");
    }

    private static StorageException Told(Exception e, string database, string path)
    {
        StorageException known = StorageException.From(e, path);
        return known.Problem switch
        {
            StorageProblem.Full => new StorageException(known.Problem, $"The disk that {path} was to be written to is full; nothing was left there. ({e.Message})", e),
            StorageProblem.Corrupt => new StorageException(known.Problem, $"{database} is damaged, so no backup was made. ({e.Message})", e),
            StorageProblem.Unwritable => new StorageException(known.Problem,
                $"User {Environment.UserName} can not read {database} or not write {path}. ({e.Message})", e),
            _ => known,
        };
    }
}
