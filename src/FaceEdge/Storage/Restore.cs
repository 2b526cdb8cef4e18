using Microsoft.Data.Sqlite;

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
            throw new StorageException(StorageProblem.Corrupt, $"{path} is not whole, so nothing was changed: {string.Join("; ", check.Problems.Take(3))}. Take an older backup.");
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
            return Put(path, check, files, force);
        }
        catch (Exception e)
        {
            Backup.Delete(files.Unfinished);
            throw e is SqliteException or IOException or UnauthorizedAccessException ? StorageException.From(e, files.Database) : e;
        }
    }

    private static RestoreReport Put(string path, DatabaseCheck check, DatabaseFiles files, bool force)
    {
        (long people, long faces, long back) = files.HasDatabase ? Compare(files, path, force) : (0, 0, 0);
        bool loses = people + faces != 0;
        if (loses && !force)
        {
            throw new StorageException(StorageProblem.Other,
                $"{files.Database} has {people} people and {faces} faces that {path} has not: restoring would lose them, so nothing was changed. "
                + "With --force it is done, and the database of now is kept beside.");
        }

        Backup.Delete(files.Unfinished);
        PrivateFiles.CreateEmpty(files.Unfinished);
        long mark;
        using (SqliteConnection backup = Sqlite.ConnectToFile(path))
        using (SqliteConnection copy = Sqlite.Connect(files.Unfinished, SqliteOpenMode.ReadWrite))
        {
            backup.BackupDatabase(copy);
            mark = Backup.ReadMark(copy);
            Backup.RemoveMark(copy);
            if (DatabaseCheck.Of(copy, files.Database) is not { Problems.Count: 0 } copied || copied.People != check.People || copied.Faces != check.Faces)
            {
                throw new StorageException(StorageProblem.Other, $"The copy of {path} did not read back; nothing was changed. Look at the disk of {files.Folder}.");
            }
        }

        PrivateFiles.Sync(files.Unfinished);

        // The mark before the database, the old one out of the way before the new one comes: whatever stops us, no id is given twice.
        var ids = IdMark.Read(files.Ids, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        if (ids.Value < check.HighestId)
        {
            // Another machine's, or this one lost its mark: nobody knows the ids given since the backup was made, nor was a block of them
            // reserved then if nobody new had come since the daemon's start.
            mark = Math.Max(mark, check.HighestId + IdMark.Block);
        }

        if (ids.Value < mark)
        {
            ids.Settle(mark);
        }

        string? kept = loses ? files.SetAsideDatabase("replaced") : null;
        files.DeleteDatabase();
        File.Move(files.Unfinished, files.Database, overwrite: true);
        PrivateFiles.Sync(files.Folder);
        long next = Math.Max(check.HighestId, ids.Given > check.HighestId ? ids.Value : 0) + 1;
        return new RestoreReport(check with { Path = files.Database }, Math.Max(0, people), Math.Max(0, faces), back, next, kept);
    }

    /// <summary>What the gallery has that the backup has not, and the other way round; -1 people when it can not be read at all.</summary>
    private static (long People, long Faces, long Back) Compare(DatabaseFiles files, string path, bool force)
    {
        DatabaseInspection.RefuseForeign(files.Database);
        try
        {
            using SqliteConnection connection = Sqlite.Connect(new Uri(files.Database).AbsoluteUri, SqliteOpenMode.ReadWrite); // plays a log back, if there is one; a URI, so that ATTACH takes one
            Sqlite.Number(connection, "ATTACH $path AS backup", ("$path", Sqlite.UriToLook(path)));
            return (
                Sqlite.Number(connection, "SELECT count(*) FROM main.person p WHERE NOT EXISTS (SELECT 1 FROM backup.person b WHERE b.id = p.id AND b.created_at = p.created_at)"),
                Sqlite.Number(connection,
                    "SELECT count(*) FROM main.face f WHERE NOT EXISTS (SELECT 1 FROM backup.face b WHERE b.id = f.id AND b.person_id = f.person_id AND b.encoder = f.encoder AND b.encoding = f.encoding)"),
                Sqlite.Number(connection,
                    "SELECT count(*) FROM backup.person b WHERE b.id <= (SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = 'person') "
                    + "AND NOT EXISTS (SELECT 1 FROM main.person p WHERE p.id = b.id)"));
        }
        catch (SqliteException e) when (StorageException.From(e, files.Database).Problem is StorageProblem.Corrupt)
        {
            return force
                ? (-1, 0, 0)
                : throw new StorageException(StorageProblem.Corrupt,
                    $"{files.Database} is damaged, so what a restore would lose can not be told. With --force it is done, and the damaged file is kept beside. ({e.Message})", e);
        }
    }
}
