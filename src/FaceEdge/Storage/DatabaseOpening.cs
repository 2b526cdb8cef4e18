using FaceEdge.Storage.Salvage;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// From a folder to a database that can be written: lock, finish what was cut off, look, create or check, salvage, migrate. Every way out that is
/// not a usable database is a <see cref="StorageException"/>, and none of them loses a byte of what was there.
/// </summary>
/// <param name="files">The folder's files.</param>
/// <param name="steps">The schema's steps.</param>
/// <param name="logger">Hears what an operator must know.</param>
/// <param name="load">Reads every face while the database is being opened; may be called twice, see <see cref="ImageDatabase.Open(string, ILogger, Action{FaceReader})"/>.</param>
internal sealed class DatabaseOpening(DatabaseFiles files, IReadOnlyList<string> steps, ILogger logger, Action<FaceReader>? load)
{
    private const int WouldBlock = 11; // EWOULDBLOCK, which .NET hands on from flock(2)

    /// <summary>Where a damaged database was set aside, else null.</summary>
    public string? SetAside { get; private set; }

    /// <summary>What is to be told of people who may not be known any more; null when everybody is.</summary>
    public string? Warning { get; private set; }

    /// <summary>Faces that were left out because they are damaged.</summary>
    public int DamagedFaces { get; private set; }

    /// <summary>Takes the lock that keeps a second daemon out.</summary>
    public static FileStream TakeLock(DatabaseFiles files)
    {
        try
        {
            PrivateFiles.CreateFolder(files.Folder);
            return PrivateFiles.OpenExclusively(files.Lock);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new StorageException(StorageProblem.InUse,
                $"Another faceedge already uses {files.Database} ({files.Lock} is locked). Stop it, or give this one another DataDirectory.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            && StorageException.From(e, files.Database).Problem != StorageProblem.Full)
        {
            throw new StorageException(StorageProblem.Unwritable,
                $"User {Environment.UserName} can not write in the data folder {files.Folder}. Give the folder to that user, "
                + $"or choose another DataDirectory. ({e.Message})", e);
        }
    }

    /// <summary>The connection that writes, and the mark of the ids given.</summary>
    public (SqliteConnection Writer, IdMark Ids) Open()
    {
        files.DeleteUnfinished();
        if (Replacement.GoOn(files))
        {
            logger.LogInformation("A replacement of {Path} that was cut off was finished.", files.Database);
        }

        var ids = IdMark.Read(files.Ids, logger);
        if (Rescue.PutInPlace(files, logger) is { } rescued)
        {
            Warning = rescued;
        }

        if (files.HasDatabase)
        {
            DatabaseInspection.RefuseForeign(files.Database);
        }
        else if (new FileInfo(files.Log) is not { Exists: true, Length: > 0 })
        {
            long known = ids.IsUnreadable ? IdMark.AboveEverybody(files.Time) : ids.Value;
            CreateAbove(known, logMissing: known > 0);
        }

        bool logIsMissing = ids is { IsSettled: false, Given: > 0 } && new FileInfo(files.Log) is not { Exists: true, Length: > 0 };
        var writer = OpenWhole() ?? ReplaceDamaged(ids);
        try
        {
            Sqlite.ConfigureWriter(writer);
            Reconcile(writer, ids, logIsMissing);
            Sqlite.CheckpointOnClose(writer, on: true);
            return (writer, ids);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The open database, upgraded and loaded; null when it is damaged. Looking changes nothing: a damaged one is kept as it was found.
    /// </summary>
    private SqliteConnection? OpenWhole()
    {
        string? damage = files.HasDatabase ? LogCheck.FindDamage(files) : "it is missing, but its log is there";
        if (damage is null)
        {
            var connection = Sqlite.Connect(files.Database, SqliteOpenMode.ReadWrite);
            try
            {
                Sqlite.CheckpointOnClose(connection, on: false);
                damage = FindDamage(connection);
                if (damage is null)
                {
                    return connection;
                }
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            connection.Dispose();
        }

        logger.LogCritical("The database {Path} is damaged: {Damage}.", files.Database, damage);
        return null;
    }

    private string? FindDamage(SqliteConnection connection)
    {
        // The faces of an older schema are read after its upgrade only, which is not for a damaged file: those are checked before.
        if (DatabaseJudge.FindDamage(connection, files.Database, steps, facesAreReadNext: load is not null) is { } damage)
        {
            return damage;
        }

        if (Sqlite.IsReadOnly(connection))
        {
            throw new UnauthorizedAccessException("The file can only be read.");
        }

        Upgrade(connection);
        try
        {
            var reader = new FaceReader(connection, files.Database, logger);
            load?.Invoke(reader);
            Note(reader.Damaged);
            return null;
        }
        catch (StorageException e) when (e.InnerException is SqliteException cause && DatabaseJudge.IsDamage(cause))
        {
            return cause.Message;
        }
    }

    private void Note(List<(long Face, long Person)> damaged)
    {
        DamagedFaces = damaged.Count;
        if (damaged.Count > 0)
        {
            Warning = $"{Warning} {damaged.Count} faces are damaged and left out, of the people "
                + $"{SalvageReport.Names([.. damaged.Select(static face => face.Person).Distinct()])}. Restore a backup, or let those people be enrolled again.";
            Warning = Warning.Trim();
        }
    }

    /// <summary>Everybody who can be read goes into a new database; the damaged one is kept beside as it was found.</summary>
    private SqliteConnection ReplaceDamaged(IdMark ids)
    {
        SalvageReport report;
        try
        {
            report = Salvage(ids, pictures: true);
        }
        catch (SqliteException e) when (StorageException.From(e, files.Database).Problem is StorageProblem.Full)
        {
            logger.LogCritical("There is no room for a copy of {Path} with its pictures: people are taken over without them. They stay in the damaged file.", files.Database);
            report = Salvage(ids, pictures: false);
        }

        SetAside = Replacement.Put(files, files.Unfinished, "corrupt");
        Warning = $"The database was corrupt at start and set aside as {SetAside}; {report.People} people were read out of it and are known as before. {report.Losses}See the log.";
        logger.LogCritical(
            "The damaged database was set aside as {SetAside}, nothing in it was deleted. {People} people with {Faces} faces were read out of it and are known as before; "
            + "{Losses}whoever was lost is a stranger now and gets a new id, above {Highest}. To go back: stop the daemon, and put a backup in place "
            + "(faceedge restore FILE --force). Keep the damaged file until it is clear that nobody is missing.",
            SetAside, report.People, report.Faces, report.Losses, report.HighestId);
        return OpenWhole() ?? throw new IOException($"{files.Database} was just written and does not read back.");
    }

    private SalvageReport Salvage(IdMark ids, bool pictures)
    {
        DatabaseFiles.Delete(files.Unfinished);
        PrivateFiles.CreateEmpty(files.Unfinished);
        SalvageReport report;
        using (var pages = PageFile.Open(files.Database))
        using (SqliteConnection target = Sqlite.Connect(files.Unfinished, SqliteOpenMode.ReadWrite))
        {
            report = Salvager.Run(pages, target, pictures);

            // Without a mark and with nothing readable, a number above any number of people.
            long known = Math.Max(ids.Value, report.HighestId);
            long highest = known > 0 && !ids.IsUnreadable ? known : Math.Max(known, report.HighestId > 0 ? report.HighestId : IdMark.AboveEverybody(files.Time));
            report = report with { HighestId = highest };
            Schema.ContinueAbove(target, highest);
            Schema.Migrate(target, Schema.Steps.Count, steps);
            Sqlite.Run(target, "PRAGMA journal_mode=WAL");
        }

        ids.Settle(report.HighestId); // before the file goes: a crash in between must not make the ids start over
        PrivateFiles.Sync(files.Unfinished);
        return report;
    }

    /// <summary>
    /// A new database, made aside and renamed when it is whole: whatever stops us, there is either none or a complete one.
    /// </summary>
    private void CreateAbove(long highestGiven, bool logMissing)
    {
        if (logMissing)
        {
            logger.LogWarning("{Path} is missing, but people were enrolled before. An empty database is begun; new ids are above {Highest}. "
                + "If it was moved, stop the daemon and put it back.", files.Database, highestGiven);
        }

        EmptyDatabase.Put(files, steps, highestGiven, keepAs: null);
    }

    private void Upgrade(SqliteConnection connection)
    {
        int version = Schema.ReadVersion(connection);
        if (version > steps.Count)
        {
            throw new StorageException(StorageProblem.NewerSchema,
                $"{files.Database} was written by a newer faceedge (schema {version}, this one knows {steps.Count}). "
                + "Install that version again, or restore the copy it made before it upgraded the file.");
        }

        if (version == steps.Count)
        {
            return;
        }

        string copy = files.NewName($"v{version}");
        PrivateFiles.CreateEmpty(files.Unfinished); // for its mode; VACUUM INTO accepts an empty file
        try
        {
            Sqlite.Number(connection, "VACUUM INTO $copy", ("$copy", files.Unfinished));
            PrivateFiles.Sync(files.Unfinished);
        }
        catch
        {
            File.Delete(files.Unfinished);
            throw;
        }

        // Named when it is whole: half a copy of a power cut is deleted at the next start, not left with its faces.
        File.Move(files.Unfinished, copy, overwrite: true); // rename(2); the name is not taken
        PrivateFiles.Sync(files.Folder);

        Schema.Migrate(connection, version, steps);
        logger.LogInformation("{Path} was upgraded from schema {Old} to {New}; as it was before it is kept as {Copy}.",
            files.Database, version, steps.Count, copy);
    }

    /// <summary>An older database put in place of a newer one must not give ids again that the newer one gave.</summary>
    private void Reconcile(SqliteConnection connection, IdMark ids, bool logIsMissing)
    {
        long highest = Schema.HighestPersonId(connection);
        // After a kill the mark is ahead by up to a block and a batch; that is no reason to skip ids. But an id that was given and is
        // not known here tells of an older database.
        if (ids.Given > highest || ids.Value > highest + IdMark.Block + WriteQueue.MaxBatch)
        {
            if (logIsMissing)
            {
                string lost = $"The log of recent writes ({files.Log}) is missing: the daemon did not end as told, and what it had written last stood there. "
                    + $"Ids up to {ids.Given} were given, the database knows them up to {highest}: people enrolled last are strangers now.";
                logger.LogCritical("{Lost} If the log was moved, stop the daemon and put it back; else restore a backup. New ids are above {Value}.", lost, ids.Value);
                Warning = lost;
            }
            else
            {
                logger.LogWarning("{Path} knows ids up to {Highest}, but ids up to {Given} were given: an older database was put in place. "
                    + "New ids are above those.", files.Database, highest, ids.Value);
            }

            Schema.ContinueAbove(connection, ids.Value);
        }
    }
}
