using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Storage;

/// <summary>What a restore did.</summary>
/// <param name="Restored">The gallery as it is now.</param>
/// <param name="LostPeople">People of the gallery before that are not in the backup.</param>
/// <param name="LostFaces">Faces of the gallery before that are not in the backup.</param>
/// <param name="BackFromForgotten">People of the backup who were deleted since it was made: they are known again.</param>
/// <param name="NextId">Ids of new people are at least this.</param>
/// <param name="Kept">Where the gallery before was kept; null when nothing of it is lost.</param>
public sealed record RestoreReport(DatabaseCheck Restored, long LostPeople, long LostFaces, long BackFromForgotten, long NextId, string? Kept);

/// <summary>Puts a backup in the place of the gallery, whole or not at all.</summary>
public static class Restore
{
    /// <summary>Restores.</summary>
    /// <param name="path">The backup.</param>
    /// <param name="dataDirectory">Of the gallery; made if need be. No daemon may run.</param>
    /// <param name="force">Whether people and faces may be lost that the backup has not; a copy is kept.</param>
    /// <exception cref="StorageException">The backup is not usable, a daemon runs, or something would be lost; then nothing was changed.</exception>
    public static RestoreReport Run(string path, string dataDirectory, bool force)
    {
        path = Path.GetFullPath(path);
        DatabaseCheck check = DatabaseCheck.OfFile(path);
        if (check.Problems.Count > 0)
        {
            throw new StorageException(StorageProblem.Corrupt,
                $"{path} is not whole, so nothing was changed: {string.Join("; ", check.Problems.Take(3))}. Take an older backup, or what faceedge salvage makes of this one.");
        }

        if (check.Schema > Schema.Steps.Count)
        {
            throw new StorageException(StorageProblem.NewerSchema,
                $"{path} was written by a newer faceedge (schema {check.Schema}, this one knows {Schema.Steps.Count}). Install that version first.");
        }

        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        using FileStream held = DatabaseOpening.TakeLock(files);
        try
        {
            files.DeleteUnfinished();
            Replacement.GoOn(files);
            return Put(path, check, files, force);
        }
        catch (Exception e)
        {
            DatabaseFiles.Delete(files.Unfinished);
            throw e is SqliteException or IOException or UnauthorizedAccessException ? StorageException.From(e, files.Database) : e;
        }
    }

    private static RestoreReport Put(string path, DatabaseCheck check, DatabaseFiles files, bool force)
    {
        (long people, long faces, long back, long highest) = files.HasDatabase ? Compare(files, path, force) : default;
        bool loses = people + faces != 0;
        if (loses && !force)
        {
            throw new StorageException(StorageProblem.Other,
                $"{files.Database} has {people} people and {faces} faces that {path} has not: restoring would lose them, so nothing was changed. "
                + "With --force it is done, and the database of now is kept beside.");
        }

        PrivateFiles.CreateEmpty(files.Unfinished);
        var ids = IdMark.Read(files.Ids, NullLogger.Instance);
        using (SqliteConnection backup = Sqlite.ConnectToFile(path))
        using (SqliteConnection copy = Sqlite.Connect(files.Unfinished, SqliteOpenMode.ReadWrite))
        {
            backup.BackupDatabase(copy);
            highest = HighestGiven(ids, check, Math.Max(highest, Backup.ReadMark(copy)), Backup.ReadBox(copy));
            Backup.RemoveMark(copy);
            Schema.ContinueAbove(copy, highest);
            if (DatabaseCheck.Of(copy, files.Database) is not { Problems.Count: 0 } copied || copied.People != check.People || copied.Faces != check.Faces)
            {
                throw new StorageException(StorageProblem.Other, $"The copy of {path} did not read back; nothing was changed. Look at the disk of {files.Folder}.");
            }

            Sqlite.Run(copy, "PRAGMA journal_mode=DELETE"); // one file, nothing beside it
        }

        PrivateFiles.Sync(files.Unfinished);
        if (people >= 0 && files.HasDatabase)
        {
            FoldLog(files);
        }

        ids.Settle(highest); // before the database: whatever stops us, no id is given twice
        string? kept = Replacement.Put(files, files.Unfinished, loses ? "replaced" : null);
        return new RestoreReport(check with { Path = files.Database, HighestId = highest }, Math.Max(0, people), Math.Max(0, faces), back, highest + 1, kept);
    }

    /// <summary>The highest id that may have been given to anybody, here or where the backup was made.</summary>
    private static long HighestGiven(IdMark ids, DatabaseCheck backup, long marked, string? box)
    {
        // Made on this box, whose last daemon ended as told: what it gave since is known exactly.
        if (ids.IsSettled && box is not null && box == ids.Box && ids.Value >= backup.HighestId)
        {
            return ids.Value;
        }

        // Another machine's, or this one lost its mark: nobody knows the ids given since the backup was made, nor was a block of them
        // reserved then if nobody new had come since the daemon's start.
        return Math.Max(ids.Value, ids.Value < backup.HighestId || ids.IsUnreadable ? Math.Max(marked, backup.HighestId + IdMark.Block) : marked);
    }

    /// <summary>Makes the database of before one file, so that a kill can not part it from its log, and makes sure that nobody reads it.</summary>
    private static void FoldLog(DatabaseFiles files)
    {
        using SqliteConnection before = Sqlite.Connect(files.Database, SqliteOpenMode.ReadWrite);
        if (Sqlite.Texts(before, "PRAGMA journal_mode=DELETE") is not ["delete"])
        {
            throw new StorageException(StorageProblem.InUse, $"Another program reads {files.Database}, so nothing was changed. Close it (a sqlite3 shell, a backup), then try again.");
        }
    }

    /// <summary>
    /// What the gallery has that the backup has not, and the other way round, and the highest id it gave; -1 people when it can not be read at all.
    /// </summary>
    private static (long People, long Faces, long Back, long Highest) Compare(DatabaseFiles files, string path, bool force)
    {
        DatabaseInspection.RefuseForeign(files.Database);
        try
        {
            using SqliteConnection connection = Sqlite.Connect(Sqlite.UriOf(files.Database), SqliteOpenMode.ReadWrite); // plays a log back, if there is one; a URI, so that ATTACH takes one
            Sqlite.Number(connection, "ATTACH $path AS backup", ("$path", Sqlite.UriToLook(path)));
            long highest = Schema.HighestPersonId(connection);
            return (
                Sqlite.Number(connection, "SELECT count(*) FROM main.person p WHERE NOT EXISTS (SELECT 1 FROM backup.person b WHERE b.id = p.id AND b.created_at = p.created_at)"),
                Sqlite.Number(connection,
                    "SELECT count(*) FROM main.face f WHERE NOT EXISTS (SELECT 1 FROM backup.face b WHERE b.id = f.id AND b.person_id = f.person_id AND b.encoder = f.encoder AND b.encoding = f.encoding)"),
                Sqlite.Number(connection,
                    "SELECT count(*) FROM backup.person b WHERE b.id <= (SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = 'person') "
                    + "AND NOT EXISTS (SELECT 1 FROM main.person p WHERE p.id = b.id)"),
                highest is >= 0 and <= IdMark.MaxId ? highest : 0);
        }
        catch (SqliteException e) when (DatabaseJudge.IsDamage(e))
        {
            return force
                ? (-1, 0, 0, 0)
                : throw new StorageException(StorageProblem.Corrupt,
                    $"{files.Database} is damaged, so what a restore would lose can not be told. With --force it is done, and the damaged file is kept beside. ({e.Message})", e);
        }
    }
}
