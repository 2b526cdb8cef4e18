using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>How we speak to SQLite: connections with our settings, and the few shapes of statement that are not prepared.</summary>
internal static class Sqlite
{
    /// <summary>Seconds to wait for another program's lock (a sqlite3 shell, a backup) before a write fails.</summary>
    private const int LockTimeoutSeconds = 5;

    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    static Sqlite() => Batteries_V2.Init();

    /// <summary>Opens an existing database. Not pooled: a closed connection must have let go of the file.</summary>
    /// <param name="path">Path, or a <c>file:</c> URI.</param>
    /// <param name="mode">Never a mode that creates: files are created by us, with their mode.</param>
    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = LockTimeoutSeconds,
        }.ToString());
        try
        {
            connection.Open();
            // trusted_schema: the file may come from elsewhere; its views must not call functions with side effects.
            // temp_store: nothing of a face is to land in a temporary file.
            Run(connection, "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY");
            WaitForLocks(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens our own database to be looked at, beside a running daemon too; nothing is changed and no file laid beside it without need.</summary>
    public static SqliteConnection ConnectToLook(DatabaseFiles files)
    {
        // Nobody writes and no log waits: so SQLite need not lay a file beside it, and a folder that can only be read will do.
        string path = files.Seen;
        bool still = !files.IsLocked && new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 };
        SqliteConnection connection = Connect(still ? UriOf(path) + "?immutable=1" : path, SqliteOpenMode.ReadOnly);
        CheckpointOnClose(connection, on: false);
        return connection;
    }

    /// <summary>Opens a database that lies somewhere, to be looked at.</summary>
    public static SqliteConnection ConnectToFile(string path)
    {
        SqliteConnection connection = Connect(UriToLook(path), SqliteOpenMode.ReadOnly);
        CheckpointOnClose(connection, on: false);
        return connection;
    }

    /// <summary>
    /// A file as SQLite's URI of it, to which options can be added. Every character but the slashes is escaped: .NET's own takes a "%2D" in a
    /// name for one that is escaped already, and another file would be opened.
    /// </summary>
    public static string UriOf(string path) => "file://" + string.Join('/', Path.GetFullPath(path).Split('/').Select(Uri.EscapeDataString));

    /// <summary>A name under which SQLite reads a file with its log if there is one, else without laying a file beside it.</summary>
    public static string UriToLook(string path)
    {
        bool still = new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 } && !File.Exists(path + "-journal");
        return UriOf(path) + (still ? "?immutable=1" : "?mode=ro");
    }

    /// <summary>Settings of the one connection that writes.</summary>
    public static void ConfigureWriter(SqliteConnection connection) => Run(connection,
        """
        PRAGMA journal_mode=WAL;          -- readers never wait for the writer
        PRAGMA synchronous=FULL;          -- a commit is on the disk before it is answered
        PRAGMA foreign_keys=ON;
        PRAGMA secure_delete=ON;          -- a forgotten face is overwritten, not just unlinked
        PRAGMA wal_autocheckpoint=1000;   -- pages, 8 MB: bounds the log, and what a start after a crash must replay
        PRAGMA journal_size_limit=16777216
        """);

    /// <summary>Lets statements wait for another program's lock instead of failing at once.</summary>
    public static void WaitForLocks(SqliteConnection connection) =>
        _ = raw.sqlite3_busy_timeout(connection.Handle!, LockTimeoutSeconds * 1000);

    /// <summary>Whether closing the last connection folds the log into the file. Off while a file is only looked at.</summary>
    public static void CheckpointOnClose(SqliteConnection connection, bool on) =>
        _ = raw.sqlite3_db_config(connection.Handle!, NoCheckpointOnClose, on ? 0 : 1, out _);

    /// <summary>Whether the system allows only reading.</summary>
    public static bool IsReadOnly(SqliteConnection connection) => raw.sqlite3_db_readonly(connection.Handle!, "main") == 1;

    /// <summary>Whether a transaction is open.</summary>
    public static bool InTransaction(SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle!) == 0;

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = Prepare(connection, sql);
        command.ExecuteNonQuery();
    }

    /// <summary>A number; 0 when there is no row or it is NULL.</summary>
    public static long Number(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Prepare(connection, sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar() is long number ? number : 0;
    }

    /// <summary>Does something with a database; what SQLite fails with is told as an operator must hear it.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="work">What to do.</param>
    /// <exception cref="StorageException">SQLite failed.</exception>
    public static T Run<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw StorageException.From(e, path);
        }
    }

    /// <summary>The first column of every row, as text.</summary>
    public static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = Prepare(connection, sql);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    public static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every caller passes a constant, or a migration step
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
