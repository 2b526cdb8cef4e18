using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceEdge.Storage;

/// <summary>A row of somebody else's database: what SQLite gave for the three columns (long, double, string, byte[] or null).</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Person">Who.</param>
/// <param name="Picture">A photo, or where it is.</param>
/// <param name="Encoding">The encoding in any form.</param>
/// <param name="TooLarge">A value that was not read because it is beyond every limit: its column and size; else null.</param>
/// <param name="Name">What an export of ours says the person is called; null for none.</param>
public sealed record LegacyRow(long Number, object? Person, object? Picture, object? Encoding, string? TooLarge, string? Name = null);

/// <summary>
/// A database of the original application, or of anything with the columns Person, Person_Img and Face_Encoding. It is read in one
/// snapshot and never written to.
/// </summary>
public sealed class LegacySource : IDisposable
{
    /// <summary>
    /// Rows taken from one source: a million people fill 2 GB of memory in the daemon, and what an import remembers of each row 100 MB. A view
    /// may go on for ever.
    /// </summary>
    public const long DefaultMaxRows = 1_000_000;

    /// <summary>
    /// Memory that SQLite may take while it reads: photos of 20 MB fit several times, and a view that sorts or gathers without end does not.
    /// </summary>
    private const long MaxSqliteMemory = 256 << 20;

    /// <summary>The longest value of Person that is read: a name.</summary>
    private const int MaxPerson = 1024;

    private const int HeaderLength = 100, WriteVersionOffset = 18, WriteAheadLog = 2;
    private const int ReadOnlyRollback = 776, CantOpen = 14, Busy = 5, Locked = 6;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly string _rows;
    private readonly long _maxRows;
    private CancellationToken _cancel;
    private CancellationTokenRegistration _interrupt;

    private LegacySource(string path, SqliteConnection connection, LegacyTable[] tables, long maxRows)
    {
        (_path, _connection, _maxRows) = (path, connection, maxRows);
        _rows = $"({string.Join(" UNION ALL ", tables.Select(static table => table.Select))})";
    }

    /// <summary>Opens a database for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">Which table or view; null when there is but one with the three columns.</param>
    /// <param name="maxRows">Rows from which on it is refused.</param>
    /// <param name="stillCopy">It is a copy that nobody writes: no log and no lock is looked for.</param>
    /// <exception cref="SourceException">It is not usable, and why.</exception>
    public static LegacySource Open(string path, string? table, long maxRows = DefaultMaxRows, bool stillCopy = false)
    {
        path = Path.GetFullPath(path);
        SqliteConnection? connection = null;
        try
        {
            bool logged = InspectHeader(path);
            connection = stillCopy ? Sqlite.Connect(Sqlite.UriOf(path) + "?immutable=1", SqliteOpenMode.ReadOnly) : Connect(path);
            Sqlite.Run(connection, "BEGIN");
            return new LegacySource(path, connection, LegacyTable.Find(connection, path, table), maxRows)
            {
                KeepsLog = logged,
                HighestGiven = LegacyTable.HighestGiven(connection),
            };
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw Explain(e, path);
            }

            throw;
        }
    }

    /// <summary>Whether rows may be in a log beside the file (<c>-wal</c>), which a copy of the file alone lacks.</summary>
    public bool KeepsLog { get; private init; }

    /// <summary>What an export of ours notes as the highest id ever given; 0 when it does not.</summary>
    public long HighestGiven { get; private init; }

    /// <summary>Bounds what SQLite takes in this whole process; for a process that reads somebody else's database and does little else.</summary>
    public void BoundMemory() => Sqlite.Run(_connection, $"PRAGMA hard_heap_limit={MaxSqliteMemory}");

    /// <summary>Ends every read, also one that would go on for ever, when that is asked for; reads then throw <see cref="OperationCanceledException"/>.</summary>
    public void StopOn(CancellationToken cancel)
    {
        _cancel = cancel;
        _interrupt = cancel.Register(() => raw.sqlite3_interrupt(_connection.Handle!));
    }

    /// <summary>How many rows there are.</summary>
    /// <exception cref="SourceException">It can not be read, or has more rows than are taken.</exception>
    public long Count() => InLimit(Reading(() => Sqlite.Number(_connection, $"SELECT count(*) FROM (SELECT 1 FROM {_rows} LIMIT {_maxRows + 1})")));

    /// <summary>The rows one after the other, always in the same order; values above the limits are left where they are.</summary>
    /// <param name="maxPicture">Most bytes of a picture, or of its text; -1 to read none.</param>
    /// <param name="maxEncoding">Most bytes of an encoding, or of its text.</param>
    /// <exception cref="SourceException">While enumerating: it can not be read, or has more rows than are taken.</exception>
    public IEnumerable<LegacyRow> Read(long maxPicture, long maxEncoding)
    {
        // octet_length() is in the row's header, for text as well: what is too large is never loaded.
        using var command = Sqlite.Prepare(_connection,
            $"""
            SELECT CASE WHEN octet_length(Person) <= {MaxPerson} THEN Person END, CASE WHEN octet_length(Person_Img) <= $picture THEN Person_Img END,
                CASE WHEN octet_length(Face_Encoding) <= $encoding THEN Face_Encoding END,
                coalesce(octet_length(Person_Img), 0), coalesce(octet_length(Face_Encoding), 0), CASE WHEN octet_length(Name) <= {MaxPerson} THEN Name END
            FROM {_rows}
            """);
        command.Parameters.AddWithValue("$picture", maxPicture);
        command.Parameters.AddWithValue("$encoding", maxEncoding);
        using var reader = Reading(command.ExecuteReader);
        Func<bool> next = reader.Read;
        for (long number = 1; Reading(next); number++)
        {
            long row = InLimit(number);
            yield return Reading(() => new LegacyRow(
                row,
                Value(reader, 0),
                Value(reader, 1),
                Value(reader, 2),
                reader.GetInt64(3) > maxPicture && maxPicture >= 0 ? $"the picture has {reader.GetInt64(3)} bytes, {maxPicture} are read"
                    : reader.GetInt64(4) > maxEncoding ? $"the encoding has {reader.GetInt64(4)} bytes, {maxEncoding} are read" : null,
                Value(reader, 5) is string { Length: > 0 } name ? name : null));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _connection.Dispose();
    }

    private static object? Value(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetValue(column);

    private long InLimit(long rows) => rows <= _maxRows ? rows : throw new SourceException(
        $"{_path} has more than {_maxRows} rows (a view without end?), so it was left alone. If they are people, say how many may come: --max-rows N.");

    /// <summary>What the file itself says before SQLite looks at it.</summary>
    /// <returns>Whether it keeps a log.</returns>
    private static bool InspectHeader(string path)
    {
        if (Directory.Exists(path))
        {
            throw new SourceException($"{path} is a folder. Name the database file in it.");
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        long length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            length = file.Length;
            if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header.StartsWith("SQLite format 3\0"u8))
            {
                throw new SourceException(length == 0
                    ? $"{path} is empty."
                    : $"{path} is not a SQLite database, or an encrypted one (SQLCipher and its like): decrypt it with the application that wrote it first.");
            }
        }

        if (DatabaseInspection.LengthOf(header) is var whole && length < whole)
        {
            throw new SourceException(
                $"{path} is half a copy: it has {length} bytes of {whole}. Copy it again, with the application stopped (and with its -wal, if there is one).");
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header[68..]) == Schema.ApplicationId)
        {
            throw new SourceException(
                $"{path} is FaceEdge's own database. To move it, use 'faceedge backup' and 'faceedge restore'; to merge it into another, 'faceedge export' first.");
        }

        return header[WriteVersionOffset] == WriteAheadLog;
    }

    private static SqliteConnection Connect(string path)
    {
        // A URI, because in a plain name '?' would be one, too.
        string uri = Sqlite.UriOf(path);
        try
        {
            SqliteConnection connection = Sqlite.Connect(uri + "?mode=ro", SqliteOpenMode.ReadOnly);
            Sqlite.CheckpointOnClose(connection, on: false);
            try
            {
                Sqlite.Number(connection, "SELECT count(*) FROM sqlite_master");
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode == CantOpen && new FileInfo(path + "-wal") is not { Exists: true, Length: > 0 })
        {
            // In WAL mode, in a folder that can not be written: there is no log, so the file alone is all of it.
            return Sqlite.Connect(uri + "?immutable=1", SqliteOpenMode.ReadOnly);
        }
    }

    private static SourceException Explain(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => new SourceException($"There is no file {path}.", e),
        SqliteException { SqliteErrorCode: Busy or Locked } => new SourceException(
            $"{path} is locked by another program. Stop the application that uses it (or copy the file while it is stopped), then try again. ({e.Message})", e),
        SqliteException { SqliteExtendedErrorCode: ReadOnlyRollback } => new SourceException(
            $"{path} was interrupted in the middle of a write and needs its journal ({Path.GetFileName(path)}-journal) played back. Make a copy of both files and open "
            + $"the copy once: sqlite3 COPY 'SELECT 1 FROM sqlite_master'. Then import the copy. ({e.Message})", e),
        SqliteException { SqliteErrorCode: CantOpen } => new SourceException(
            $"{path} can not be opened together with its log ({Path.GetFileName(path)}-wal): this user must be able to write in its folder, or copy both elsewhere. ({e.Message})", e),
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } => new SourceException(
            $"{path} is damaged or encrypted. If it is damaged, save what can be saved with: sqlite3 {path} .recover | sqlite3 saved.db ({e.Message})", e),
        SqliteException { SqliteErrorCode: raw.SQLITE_NOMEM or raw.SQLITE_TOOBIG } => new SourceException(
            $"{path} needs more than {MaxSqliteMemory >> 20} MB of memory to be read: a view in it gathers or sorts everything before it shows a row. Name the table "
            + $"behind it with --table. ({e.Message})", e),
        _ => new SourceException($"{path} can not be read by user {Environment.UserName}: {e.Message}", e),
    };

    private T Reading<T>(Func<T> read)
    {
        _cancel.ThrowIfCancellationRequested();
        try
        {
            return read();
        }
        catch (SqliteException e)
        {
            _cancel.ThrowIfCancellationRequested(); // then it is we who interrupted it
            throw Explain(e, _path);
        }
    }
}

/// <summary>A database that people are to be taken from can not be used. The message says what it is and what to do.</summary>
/// <param name="message">For the user.</param>
/// <param name="inner">What SQLite or the system said.</param>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
