using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// From a folder to a database that can be written: lock, look, create or check, set aside, migrate. Every way out that is not
/// a usable database is a <see cref="StorageException"/>, and none of them loses a byte of what was there.
/// </summary>
/// <param name="files">The folder's files.</param>
/// <param name="steps">The schema's steps.</param>
/// <param name="logger">Hears what an operator must know.</param>
/// <param name="load">Reads every face while the database is being opened; may be called twice, see <see cref="ImageDatabase.Open(string, ILogger, Action{FaceReader})"/>.</param>
internal sealed class DatabaseOpening(DatabaseFiles files, IReadOnlyList<string> steps, ILogger logger, Action<FaceReader>? load)
{
    /// <summary>2025-01-01 in seconds since 1970: a clock that says less was never set.</summary>
    private const long NoEarlierThan = 1_735_689_600;

    private const int WouldBlock = 11; // EWOULDBLOCK, which .NET hands on from flock(2)

    /// <summary>Where a damaged database was set aside, else null.</summary>
    public string? SetAside { get; private set; }

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
        var ids = IdMark.Read(files.Ids, logger);
        if (files.HasDatabase)
        {
            DatabaseInspection.RefuseForeign(files.Database);
        }
        else
        {
            CreateAbove(ids.Value, logMissing: ids.Value > 0);
        }

        var writer = OpenWhole() ?? ReplaceDamaged(ids);
        try
        {
            Sqlite.ConfigureWriter(writer);
            Reconcile(writer, ids);
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
        var connection = Sqlite.Connect(files.Database, SqliteOpenMode.ReadWrite);
        string? damage;
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
        logger.LogCritical("The database {Path} is damaged: {Damage}.", files.Database, damage);
        return null;
    }

    private string? FindDamage(SqliteConnection connection)
    {
        // The faces of an older schema are read after its upgrade only, which is not for a damaged file: those are checked before.
        if (DatabaseInspection.FindDamage(connection, files.Database, schemaReadNext: load is null ? null : steps.Count) is { } damage)
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
            load?.Invoke(new FaceReader(connection, files.Database, logger));
            return null;
        }
        catch (StorageException e) when (e.InnerException is SqliteException cause && DatabaseInspection.IsDamage(cause))
        {
            return cause.Message;
        }
    }

    private SqliteConnection ReplaceDamaged(IdMark ids)
    {
        // Without a mark and with nothing readable, seconds since 1970 are above any number of people ever enrolled.
        long known = Math.Max(ids.Value, DatabaseInspection.SalvageHighestPersonId(files.Database));
        long highest = known > 0 ? known : Math.Max(NoEarlierThan, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        ids.Settle(highest); // before the file goes: a crash in between must not make the ids start over
        SetAside = files.SetAsideDatabase();
        CreateAbove(highest, logMissing: false);
        logger.LogCritical(
            "The damaged database was set aside as {SetAside}, nothing in it was deleted. An EMPTY database was begun: known people are "
            + "strangers now and get new ids, above {Highest}. To go back: stop the daemon, remove the new {Path} with its -wal and -shm, "
            + "and put a backup in its place. Keep the damaged file: most of it may still be readable.", SetAside, highest, files.Database);
        return OpenWhole() ?? throw new IOException($"{files.Database} was just written and does not read back.");
    }

    /// <summary>
    /// A new database, made aside and renamed when it is whole: whatever stops us, there is either none or a complete one.
    /// </summary>
    private void CreateAbove(long highestGiven, bool logMissing)
    {
        if (files.SetAsideOrphans() is { } orphan)
        {
            logger.LogWarning("A log without its database was found; it was set aside as {Path}-wal.", orphan);
        }

        if (logMissing)
        {
            logger.LogWarning("{Path} is missing, but people were enrolled before. An empty database is begun; new ids are above {Highest}. "
                + "If it was moved, stop the daemon and put it back.", files.Database, highestGiven);
        }

        PrivateFiles.CreateEmpty(files.Unfinished);
        using (var connection = Sqlite.Connect(files.Unfinished, SqliteOpenMode.ReadWrite))
        {
            Sqlite.Run(connection, $"PRAGMA page_size={Schema.PageSize}");
            Schema.Migrate(connection, 0, steps);
            Schema.ContinueAbove(connection, highestGiven);
            Sqlite.Run(connection, "PRAGMA journal_mode=WAL");
        }

        PrivateFiles.Sync(files.Unfinished);
        File.Move(files.Unfinished, files.Database, overwrite: true);
        PrivateFiles.Sync(files.Folder);
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
        File.Move(files.Unfinished, copy);
        PrivateFiles.Sync(files.Folder);

        Schema.Migrate(connection, version, steps);
        logger.LogInformation("{Path} was upgraded from schema {Old} to {New}; as it was before it is kept as {Copy}.",
            files.Database, version, steps.Count, copy);
    }

    /// <summary>An older database put in place of a newer one must not give ids again that the newer one gave.</summary>
    private void Reconcile(SqliteConnection connection, IdMark ids)
    {
        long highest = Schema.HighestPersonId(connection);
        // After a kill the mark is ahead by up to a block and a batch; that is no reason to skip ids. But an id that was given and is
        // not known here tells of an older database.
        if (ids.Given > highest || ids.Value > highest + IdMark.Block + WriteQueue.MaxBatch)
        {
            logger.LogWarning("{Path} knows ids up to {Highest}, but ids up to {Given} were given: an older database was put in place. "
                + "New ids are above those.", files.Database, highest, ids.Value);
            Schema.ContinueAbove(connection, ids.Value);
        }
    }
}
