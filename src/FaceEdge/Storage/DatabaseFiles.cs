using System.Globalization;

namespace FaceEdge.Storage;

/// <summary>The names of what lies in the data folder, and how a file is put out of the way without losing it.</summary>
internal sealed class DatabaseFiles(string folder, TimeProvider time)
{
    private const int WouldBlock = 11; // EWOULDBLOCK, which .NET hands on from flock(2)

    // What SQLite may lay beside a database.
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The database.</summary>
    public string Database => Path.Combine(Folder, "Image.db");

    /// <summary>Locked while a daemon lives; the kernel lets go of it however the daemon ends. Never deleted.</summary>
    public string Lock => Database + ".lock";

    /// <summary>See <see cref="IdMark"/>.</summary>
    public string Ids => Database + ".ids";

    /// <summary>A new database until it is whole.</summary>
    public string Unfinished => Database + ".new";

    /// <summary>Whether there is a database to open; SQLite itself takes an empty file for a new database.</summary>
    public bool HasDatabase => new FileInfo(Database) is { Exists: true, Length: > 0 };

    /// <summary>Whether a daemon holds the lock. Asking holds it for a moment, too, as a reader.</summary>
    public bool IsLocked
    {
        get
        {
            try
            {
                using var asking = new FileStream(Lock, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
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

    /// <summary>A name beside the database that is not taken, with the UTC time in it.</summary>
    public string NewName(string word)
    {
        string stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string name = $"{Database}.{word}-{stamp}";
        for (int n = 2; File.Exists(name); n++)
        {
            name = $"{Database}.{word}-{stamp}-{n}";
        }

        return name;
    }

    /// <summary>Renames the database with all that belongs to it; returns the new name.</summary>
    /// <param name="word">What is said of it in the name.</param>
    public string SetAsideDatabase(string word = "corrupt")
    {
        string name = NewName(word);
        // The database first: after a crash in between, its log is found alone and is set aside, too. The other way round
        // an older state would be opened as if nothing had happened.
        File.Move(Database, name);
        MoveCompanions(name);
        PrivateFiles.Sync(Folder);
        return name;
    }

    /// <summary>
    /// Renames a log whose database is gone (SQLite would replay it into a new one); null when there is none.
    /// </summary>
    public string? SetAsideOrphans()
    {
        string name = NewName("orphan");
        return MoveCompanions(name) ? name : null;
    }

    /// <summary>Removes the database with all that belongs to it, the log last: without its database it is never played back.</summary>
    public void DeleteDatabase()
    {
        File.Delete(Database);
        foreach (string companion in Companions)
        {
            File.Delete(Database + companion);
        }
    }

    /// <summary>Removes what an interrupted creation left.</summary>
    public void DeleteUnfinished()
    {
        File.Delete(Unfinished);
        foreach (string companion in Companions)
        {
            File.Delete(Unfinished + companion);
        }
    }

    private bool MoveCompanions(string name)
    {
        if (new FileInfo(Database + "-wal") is not { Exists: true, Length: > 0 })
        {
            // An empty log, and the index of a log that is not there, hold nothing.
            File.Delete(Database + "-wal");
            File.Delete(Database + "-shm");
        }

        bool any = false;
        foreach (string companion in Companions)
        {
            if (File.Exists(Database + companion))
            {
                File.Move(Database + companion, name + companion);
                any = true;
            }
        }

        return any;
    }
}
