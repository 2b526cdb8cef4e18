using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>What was found by looking at a database without changing a byte of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Exists">Whether there is one; without it the first start makes it.</param>
/// <param name="InUse">Whether a daemon has it open.</param>
/// <param name="Schema">Version in the file, 0 when it could not be read.</param>
/// <param name="NewestSchema">Version that this binary writes.</param>
/// <param name="Damage">What is wrong with it; null when nothing was found.</param>
/// <param name="People">People stored.</param>
/// <param name="Faces">Faces stored.</param>
/// <param name="Bytes">Size of the file and its log.</param>
public sealed record DatabaseReport(
    string Path, bool Exists, bool InUse, int Schema, int NewestSchema, string? Damage, long People, long Faces, long Bytes)
{
    private const int WouldBlock = 11; // EWOULDBLOCK, which .NET hands on from flock(2)

    /// <summary>Looks at the database of a folder; safe beside a running daemon, which it never makes wait.</summary>
    /// <exception cref="StorageException">It can not be looked at: another program's, or not readable by this user.</exception>
    public static DatabaseReport Read(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        var report = new DatabaseReport(files.Database, false, false, 0, Storage.Schema.Steps.Count, null, 0, 0, 0);
        try
        {
            // A folder that may not be looked into throws here, instead of seeming empty.
            if (!Directory.Exists(files.Folder) || !Directory.EnumerateFiles(files.Folder).Any() || !files.HasDatabase)
            {
                return report;
            }

            DatabaseInspection.RefuseForeign(files.Database);
            var log = new FileInfo(files.Database + "-wal");
            bool inUse = IsLocked(files.Lock);
            report = report with { Exists = true, InUse = inUse, Bytes = new FileInfo(files.Database).Length + (log.Exists ? log.Length : 0) };

            // Nobody writes and no log waits: so SQLite need not lay a file beside it, and a folder that can only be read will do.
            string name = inUse || log is { Exists: true, Length: > 0 } ? files.Database : new Uri(files.Database).AbsoluteUri + "?immutable=1";
            using var connection = Sqlite.Connect(name, SqliteOpenMode.ReadOnly);
            Sqlite.CheckpointOnClose(connection, on: false);
            if (DatabaseInspection.FindDamage(connection, files.Database) is { } damage)
            {
                return report with { Damage = damage };
            }

            return report with
            {
                Schema = Storage.Schema.ReadVersion(connection),
                People = Sqlite.Number(connection, "SELECT count(*) FROM person"),
                Faces = Sqlite.Number(connection, "SELECT count(*) FROM face"),
            };
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            var known = StorageException.From(e, files.Database);
            return known.Problem is StorageProblem.Corrupt ? report with { Damage = e.Message } : throw known;
        }
    }

    /// <summary>Whether a daemon holds the lock. Asking holds it for a moment, too, as a reader.</summary>
    private static bool IsLocked(string path)
    {
        try
        {
            using var asking = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return true;
        }
    }
}
