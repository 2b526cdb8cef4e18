using System.Globalization;

namespace FaceEdge.Storage;

/// <summary>The names of what lies in the data folder.</summary>
internal sealed class DatabaseFiles(string folder, TimeProvider time)
{
    private const int WouldBlock = 11; // EWOULDBLOCK, which .NET hands on from flock(2)

    /// <summary>What SQLite may lay beside a database.</summary>
    public static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The clock that names are taken from.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>The database.</summary>
    public string Database => Path.Combine(Folder, "Image.db");

    /// <summary>Its log of recent writes.</summary>
    public string Log => Database + "-wal";

    /// <summary>Locked while a daemon lives; the kernel lets go of it however the daemon ends. Never deleted.</summary>
    public string Lock => Database + ".lock";

    /// <summary>See <see cref="IdMark"/>.</summary>
    public string Ids => Database + ".ids";

    /// <summary>A new database until it is whole.</summary>
    public string Unfinished => Database + ".new";

    /// <summary>A whole database that is about to take the place of the other: see <see cref="Replacement"/>.</summary>
    public string Ready => Database + ".ready";

    /// <summary>What a running daemon saved when its database was taken away: see <see cref="Rescue"/>.</summary>
    public string Rescued => Database + ".rescued";

    /// <summary>Room for a deletion on a full disk: see <see cref="Reserve"/>.</summary>
    public string Reserve => Database + ".reserve";

    /// <summary>A copy until it is whole, where the file system knows no hard links.</summary>
    public string Aside => Database + ".aside";

    /// <summary>What the next start opens: a replacement that was cut off is finished by it.</summary>
    public string Seen => File.Exists(Ready) ? Ready : Database;

    /// <summary>Whether there is a database to open; SQLite itself takes an empty file for a new database.</summary>
    public bool HasDatabase => new FileInfo(Seen) is { Exists: true, Length: > 0 };

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

    /// <summary>A name beside the database that is not taken, nor any of its companions', with the UTC time in it.</summary>
    public string NewName(string word)
    {
        string stamp = Time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string name = $"{Database}.{word}-{stamp}";
        for (int n = 2; IsTaken(name); n++)
        {
            name = $"{Database}.{word}-{stamp}-{n}";
        }

        return name;
    }

    /// <summary>Removes what an interrupted creation, or an interrupted replacement, left.</summary>
    public void DeleteUnfinished()
    {
        Delete(Unfinished);
        File.Delete(Aside);
        FileIdentity database = FileIdentity.Of(Database);
        if (!database.Exists)
        {
            return;
        }

        // A second name that was given to the database before it was to be replaced, which then did not come about.
        foreach (string name in Directory.EnumerateFiles(Folder, "Image.db.*-*"))
        {
            bool ofOurs = name.Contains(".replaced-", StringComparison.Ordinal) || name.Contains(".corrupt-", StringComparison.Ordinal);
            if (ofOurs && FileIdentity.Of(name).IsSameFile(database))
            {
                File.Delete(name);
                foreach (string companion in Companions.Where(companion => FileIdentity.Of(name + companion).IsSameFile(FileIdentity.Of(Database + companion))))
                {
                    File.Delete(name + companion);
                }
            }
        }
    }

    /// <summary>Removes a database of ours that was begun, and what SQLite laid beside it.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        foreach (string companion in Companions)
        {
            File.Delete(path + companion);
        }
    }

    private static bool IsTaken(string name) => Path.Exists(name) || Companions.Any(companion => Path.Exists(name + companion));
}
