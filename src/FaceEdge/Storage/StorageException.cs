using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>Why the database can not be used, in the words an operator acts on.</summary>
public enum StorageProblem
{
    /// <summary>No room on the disk. Later writes succeed again once there is room; no restart is needed.</summary>
    Full,

    /// <summary>The file is damaged.</summary>
    Corrupt,

    /// <summary>The file belongs to another program. It was not touched.</summary>
    Foreign,

    /// <summary>The file was written by a newer FaceEdge.</summary>
    NewerSchema,

    /// <summary>Another daemon, or another program holding a lock, uses the database.</summary>
    InUse,

    /// <summary>The folder or the file can not be written by this user.</summary>
    Unwritable,

    /// <summary>The file was deleted, moved, cut or replaced while the daemon runs.</summary>
    Lost,

    /// <summary>Anything else: a failing disk, no memory.</summary>
    Other,
}

/// <summary>The database can not do what was asked. The message says what happened, why, and what to do.</summary>
public sealed class StorageException : Exception
{
    // From the SQLite documentation, "Result and Error Codes": https://www.sqlite.org/rescode.html
    private const int Perm = 3, Busy = 5, Locked = 6, ReadOnly = 8, Corruption = 11, DiskFull = 13, CantOpen = 14, NotADatabase = 26;
    private const int SharedMemoryNoRoom = 4874; // SQLITE_IOERR_SHMSIZE: the -shm file could not grow

    // errno values, the same on every Linux we build for; .NET puts them into HResult.
    private const int NoSpace = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;

    /// <summary>A problem told to people.</summary>
    /// <param name="problem">Its kind.</param>
    /// <param name="message">What happened, why, and what to do.</param>
    /// <param name="inner">What SQLite or the system said.</param>
    public StorageException(StorageProblem problem, string message, Exception? inner = null)
        : base(message, inner) => Problem = problem;

    /// <summary>Its kind.</summary>
    public StorageProblem Problem { get; }

    /// <summary>The same failure in the operator's words.</summary>
    internal static StorageException From(Exception failure, string path)
    {
        if (failure is StorageException known)
        {
            return known;
        }

        var problem = ProblemOf(failure);
        string said = failure.Message;
        return new StorageException(problem, problem switch
        {
            StorageProblem.Full =>
                $"The disk that holds {path} is full, so nothing was stored. Make room; the daemon carries on by itself. ({said})",
            StorageProblem.Corrupt =>
                $"The database {path} is damaged, so nothing was stored. Stop the daemon, keep a copy of the folder, and start it again: "
                + $"everybody who can be read is taken over then. See what is damaged with: faceedge verify. ({said})",
            StorageProblem.InUse =>
                $"Another program holds a lock on {path}, so nothing was stored. Close it (a sqlite3 shell, a backup), then try again. ({said})",
            StorageProblem.Unwritable =>
                $"{path} can not be written by user {Environment.UserName}. Give the folder and its files to that user, "
                + $"or choose another DataDirectory. ({said})",
            _ => $"The database {path} failed. Look into the system's log for disk errors. ({said})",
        }, failure);
    }

    private static StorageProblem ProblemOf(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: DiskFull } or SqliteException { SqliteExtendedErrorCode: SharedMemoryNoRoom } => StorageProblem.Full,
        SqliteException { SqliteErrorCode: Corruption or NotADatabase } => StorageProblem.Corrupt,
        SqliteException { SqliteErrorCode: Busy or Locked } => StorageProblem.InUse,
        SqliteException { SqliteErrorCode: Perm or ReadOnly or CantOpen } => StorageProblem.Unwritable,
        IOException { HResult: NoSpace or QuotaExceeded } => StorageProblem.Full,
        IOException { HResult: ReadOnlyFileSystem } or UnauthorizedAccessException or DirectoryNotFoundException => StorageProblem.Unwritable,
        _ => StorageProblem.Other,
    };
}
