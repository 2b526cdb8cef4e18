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
    internal const string MarkKey = "backup_ids_reserved";

    /// <summary>In <c>meta</c> of a backup: see <see cref="IdMark.Box"/>.</summary>
    private const string BoxKey = "backup_box";

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

        try
        {
            DatabaseInspection.RefuseForeign(files.Seen);
            using var partial = new PartialFile(path);
            DatabaseCheck copied = CopyAndCheck(files, partial.Path, path);
            partial.Finish();
            return copied;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Told(e, files.Database, path);
        }
    }

    /// <summary>The mark in a backup; what the counter says when it is an ordinary copy.</summary>
    internal static long ReadMark(SqliteConnection connection) => Math.Max(StoredMark(connection), Schema.HighestPersonId(connection));

    /// <summary>The mark that was written into a backup; 0 when there is none.</summary>
    internal static long StoredMark(SqliteConnection connection) =>
        Sqlite.Number(connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = $key", ("$key", MarkKey));

    /// <summary>The box that made a backup; null when it is not known.</summary>
    internal static string? ReadBox(SqliteConnection connection) => Sqlite.Texts(connection, $"SELECT value FROM meta WHERE key = '{BoxKey}'").FirstOrDefault();

    /// <summary>Removes what makes a backup of a database that is going to be used.</summary>
    internal static void RemoveMark(SqliteConnection connection) => Sqlite.Run(connection, $"DELETE FROM meta WHERE key IN ('{MarkKey}', '{BoxKey}')");

    private static DatabaseCheck CopyAndCheck(DatabaseFiles files, string partial, string path)
    {
        long people, faces;
        using (SqliteConnection source = Sqlite.Connect(files.Seen, SqliteOpenMode.ReadOnly))
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
        var ids = IdMark.Read(files.Ids, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using (SqliteConnection copy = Sqlite.Connect(partial, SqliteOpenMode.ReadWrite))
        {
            Sqlite.Run(copy, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL"); // one file, nothing beside it
            Sqlite.Number(copy, "INSERT OR REPLACE INTO meta(key, value) VALUES($key, $value)",
                ("$key", MarkKey), ("$value", ids.Value.ToString(CultureInfo.InvariantCulture)));
            Schema.DrawFileMark(copy);
            if (ids.Box is { } box)
            {
                Sqlite.Number(copy, "INSERT OR REPLACE INTO meta(key, value) VALUES($key, $value)", ("$key", BoxKey), ("$value", box));
            }
        }

        using SqliteConnection written = Sqlite.ConnectToFile(partial);
        DatabaseCheck check = DatabaseCheck.Of(written, path);
        return check.Problems.Count > 0
            ? throw new StorageException(StorageProblem.Corrupt, $"The copy of {files.Database} is not whole, so it was deleted: {string.Join("; ", check.Problems)}. "
                + "Look whether the database itself is: faceedge verify.")
            : check.People == people && check.Faces == faces ? check with { Path = path }
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
