using FaceEdge.Storage.Salvage;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// What the writer minds besides writing: that an acknowledged row is in a file that will be found again, that a deleted face is gone from the log, too,
/// and whether a write would succeed now. Used by the writer's thread, except where it says otherwise.
/// </summary>
internal sealed class WriteGuard : IDisposable
{
    /// <summary>A disk with less room than the pages of one registration takes no new people.</summary>
    private const long MinFreeBytes = 128 * 1024;

    /// <summary>A rescue that failed (a full disk) is tried again after this many idle seconds.</summary>
    private const int RescueAgain = 30;

    private const int FrameHeader = 24, LogHeader = 32;

    private readonly DatabaseFiles _files;
    private readonly SqliteConnection _connection;
    private readonly ILogger _logger;
    private readonly FileWatch _watch;
    private readonly Reserve _reserve;
    private readonly LogEraser _eraser;
    private Func<IEnumerable<RememberedPerson>>? _remembered;
    private Task _rescue = Task.CompletedTask;
    private volatile bool _rescued;
    private int _wait;
    private volatile string? _loss;
    private volatile bool _logIsCut;
    private volatile StorageException? _failing;

    public WriteGuard(DatabaseFiles files, SqliteConnection connection, ILogger logger)
    {
        (_files, _connection, _logger) = (files, connection, logger);
        _watch = new FileWatch(files, Schema.FileMark(connection));
        _reserve = new Reserve(files);
        _eraser = new LogEraser(files, connection, logger);
    }

    /// <summary>Whether a deleted face still stands in the log, because somebody reads. From any thread.</summary>
    public bool ErasureIsOwed => _eraser.IsOwed;

    /// <summary>Whether the files are not those any more that were opened. From any thread.</summary>
    public bool IsLost => _loss is not null;

    /// <summary>Whether the files are lost and what is known could not be saved yet. From any thread.</summary>
    public bool OnlyMemoryIsLeft => _loss is not null && !_rescued;

    /// <summary>Lets memory be saved when the files are lost, and keeps room for deletions.</summary>
    public void Keep(Func<IEnumerable<RememberedPerson>> remembered) => _remembered = remembered;

    /// <summary>Why a write would fail now; null when it would not. From any thread.</summary>
    public StorageException? FindTrouble()
    {
        string? loss = _watch.FindLoss() ?? (_logIsCut ? _loss : null);
        if (loss is not null)
        {
            return Lost(loss);
        }

        return FindBarrier() ?? _failing ?? (new DriveInfo(_files.Folder).AvailableFreeSpace < MinFreeBytes
            ? new StorageException(StorageProblem.Full, $"The disk that holds {_files.Database} is full. Known people are still recognised, new ones can not be kept. Make room; the daemon carries on by itself.")
            : null);
    }

    /// <summary>Before a transaction.</summary>
    /// <exception cref="StorageException">The files are lost; nothing may be acknowledged.</exception>
    public void Check()
    {
        Look();
        if (_loss is { } loss)
        {
            throw Lost(loss);
        }
    }

    /// <summary>After a commit, before it is acknowledged.</summary>
    /// <exception cref="StorageException">The files were lost meanwhile.</exception>
    public void Committed(bool erases)
    {
        if (_watch.FindLoss() is { } loss)
        {
            Lose(loss);
            throw Lost(loss);
        }

        _failing = null;
        _eraser.Committed(erases);
        _watch.Accept();
    }

    /// <summary>
    /// What a failure means in the light of what is known: on a file system that became read-only, or a disk that failed before, SQLite's further
    /// errors are its consequences. Nobody is to be told that the database is damaged then.
    /// </summary>
    public StorageException Explain(StorageException failure)
    {
        if (failure.Problem is not (StorageProblem.Corrupt or StorageProblem.Other) || (FindBarrier() ?? _failing) is not { } known)
        {
            return failure;
        }

        return new StorageException(known.Problem, known.Message, failure.InnerException);
    }

    /// <summary>A transaction failed.</summary>
    public void Failed(StorageException failure) =>
        _failing = failure.Problem is StorageProblem.Full or StorageProblem.Unwritable or StorageProblem.Other ? failure : _failing;

    /// <summary>Makes room for a deletion.</summary>
    /// <returns>Whether some was made.</returns>
    public bool MakeRoom() => _reserve.Release();

    /// <summary>Once a second while nobody writes.</summary>
    public void Idle()
    {
        Look();
        if (_loss is not null)
        {
            return;
        }

        if (_failing is not null)
        {
            Probe();
        }

        if (_eraser.IsOwed)
        {
            _eraser.Erase(tell: false);
            _watch.Accept();
        }

        if (_remembered is not null)
        {
            _reserve.Renew();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rescue.Wait();
        _watch.Dispose();
    }

    private StorageException Lost(string loss) => new(StorageProblem.Lost,
        $"{loss} while the daemon runs, so nothing can be kept. "
        + (_rescued ? $"Everybody known was saved as {_files.Rescued}; restart the daemon, which puts that in place." : "Put it back if you have it; what is in memory is being saved beside."));

    private StorageException? FindBarrier() => PrivateFiles.MayWrite(_files.Folder) && PrivateFiles.MayWrite(_files.Database)
        ? null
        : new StorageException(StorageProblem.Unwritable,
            $"{_files.Database} can not be written by user {Environment.UserName}, or the file system is read-only (after a disk error: see dmesg). Known people are still recognised, new ones can not be kept.");

    private void Look()
    {
        string? loss = _watch.FindLoss();
        if (loss is null && _watch.LogShrank(out long length))
        {
            _logIsCut = IsLogTooShort(length);
            loss = _logIsCut ? $"{_files.Log} was cut to {length} bytes" : null;
        }

        if (loss is not null)
        {
            Lose(loss);
        }
        else if (_loss is not null && _rescue.IsCompleted)
        {
            // It was moved away and came back.
            _loss = null;
            if (_rescued)
            {
                File.Delete(_files.Rescued);
                _rescued = false;
            }

            _logger.LogWarning("{Path} is back; the daemon goes on.", _files.Database);
        }
    }

    /// <summary>Whether frames are missing that SQLite believes to be in the log; if not, another program has folded it into the database.</summary>
    private bool IsLogTooShort(long length)
    {
        try
        {
            using SqliteCommand command = Sqlite.Prepare(_connection, "PRAGMA wal_checkpoint(PASSIVE)");
            using SqliteDataReader reader = command.ExecuteReader();
            long frames = reader.Read() ? reader.GetInt64(1) : 0;
            if (frames > 0 && length < LogHeader + (frames * (FrameHeader + Schema.PageSize)))
            {
                return true;
            }

            _watch.Accept();
            return false;
        }
        catch (SqliteException)
        {
            return true;
        }
    }

    private void Lose(string loss)
    {
        bool isNew = _loss is null;
        _loss = loss;
        if (isNew)
        {
            _logger.LogCritical("{Loss} while the daemon runs: nothing is acknowledged any more. What is known is saved as {Rescued}.", loss, _files.Rescued);
        }
        else if (_rescued || !_rescue.IsCompleted || --_wait > 0)
        {
            return;
        }

        _wait = RescueAgain;
        _rescue = Task.Run(Save); // the writer goes on refusing meanwhile
    }

    private void Save()
    {
        foreach (bool pictures in (ReadOnlySpan<bool>)[true, false])
        {
            try
            {
                using var pages = new PageFile(_watch.IsOverwritten ? null : _watch.Database, _watch.Log, leaveOpen: true);
                (long people, long fromMemory) = Rescue.Save(_files, pages, _remembered?.Invoke() ?? [], _watch.Mark, pictures);
                _rescued = true;
                _logger.LogCritical("{People} people were saved as {Rescued}, {FromMemory} of them from memory. Restart the daemon, which puts it in place.",
                    people, _files.Rescued, fromMemory);
                return;
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or StorageException)
            {
                _logger.LogCritical("What is known could not be saved as {Rescued} ({Pictures} pictures), it is in memory only: {Reason}",
                    _files.Rescued, pictures ? "with" : "without", e.Message);
            }
        }
    }

    /// <summary>A write of the size of a registration that leaves nothing.</summary>
    private void Probe()
    {
        try
        {
            Sqlite.Run(_connection,
                "INSERT OR REPLACE INTO meta(key, value) VALUES('probe', hex(zeroblob(32768))); DELETE FROM meta WHERE key = 'probe'");
            _failing = null;
            _watch.Accept();
        }
        catch (SqliteException e)
        {
            _failing = StorageException.From(e, _files.Database);
        }
    }
}
