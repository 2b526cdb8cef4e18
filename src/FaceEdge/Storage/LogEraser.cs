using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// A forgotten face is overwritten in the file (secure_delete), but still stands in the log of recent writes: the log is folded into the file and cut.
/// While somebody reads (a backup), this must not make the writer wait: then it is owed, and tried again until it is done. Used by the writer's thread.
/// </summary>
internal sealed class LogEraser(DatabaseFiles files, SqliteConnection connection, ILogger logger)
{
    /// <summary>On a box that is never idle an erasure that is owed is tried again after so many commits.</summary>
    private const int CommitsBetweenTries = 20;

    private volatile bool _isOwed = new FileInfo(files.Log) is { Exists: true, Length: > 0 }; // a kill may have come before a deletion was through
    private int _commitsSinceTried;

    /// <summary>Whether a deleted face may still stand in the log. From any thread.</summary>
    public bool IsOwed => _isOwed;

    /// <summary>After a commit.</summary>
    /// <param name="erases">Whether it deleted somebody.</param>
    public void Committed(bool erases)
    {
        _isOwed |= erases;
        if (_isOwed && (erases || ++_commitsSinceTried >= CommitsBetweenTries))
        {
            _commitsSinceTried = 0;
            Erase(tell: erases);
        }
    }

    /// <summary>Tries it.</summary>
    /// <param name="tell">Whether the log is to say that it must be tried again.</param>
    public void Erase(bool tell)
    {
        bool busy;
        try
        {
            Sqlite.Run(connection, "PRAGMA busy_timeout=0");
            busy = Sqlite.Number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0;
        }
        catch (SqliteException e)
        {
            if (tell)
            {
                logger.LogWarning(e, "The log of {Path} could not be cut after a deletion; it is tried again every second.", files.Database);
            }

            return;
        }
        finally
        {
            Sqlite.WaitForLocks(connection);
        }

        if (!busy)
        {
            _isOwed = false;
        }
        else if (tell)
        {
            logger.LogWarning("The log of {Path} could not be cut after a deletion, somebody is reading; it is tried again every second.", files.Database);
        }
    }
}
