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
public sealed record LegacyRow(long Number, object? Person, object? Picture, object? Encoding, string? TooLarge);

/// <summary>
/// A database of the original application, or of anything with the columns Person, Person_Img and Face_Encoding. It is read in one
/// snapshot and never written to.
/// </summary>
public sealed class LegacySource : IDisposable
{
    private const int HeaderLength = 100;
    private const int ReadOnlyRollback = 776, CantOpen = 14, Busy = 5, Locked = 6;
    private const string Columns = "Person, Person_Img and Face_Encoding";

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly string _rows;

    private LegacySource(string path, SqliteConnection connection, string[] tables)
    {
        (_path, _connection) = (path, connection);
        _rows = $"({string.Join(" UNION ALL ", tables.Select(static table => $"SELECT Person, Person_Img, Face_Encoding FROM {Quoted(table)}"))})";
    }

    /// <summary>Opens a database for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">Which table or view; null when there is but one with the three columns.</param>
    /// <exception cref="SourceException">It is not usable, and why.</exception>
    public static LegacySource Open(string path, string? table)
    {
        path = Path.GetFullPath(path);
        SqliteConnection? connection = null;
        try
        {
            InspectHeader(path);
            connection = Connect(path);
            Sqlite.Run(connection, "BEGIN");
            return new LegacySource(path, connection, FindTables(connection, path, table));
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

    /// <summary>How many rows there are.</summary>
    /// <exception cref="SourceException">It can not be read.</exception>
    public long Count() => Reading(() => Sqlite.Number(_connection, $"SELECT count(*) FROM {_rows}"));

    /// <summary>The rows one after the other, always in the same order; values above the limits are left where they are.</summary>
    /// <param name="maxPicture">Most bytes of a picture, or characters of its text.</param>
    /// <param name="maxEncoding">Most bytes of an encoding, or characters of its text.</param>
    /// <exception cref="SourceException">While enumerating: it can not be read.</exception>
    public IEnumerable<LegacyRow> Read(long maxPicture, long maxEncoding)
    {
        // For a blob length() is in the row's header: what is too large is never loaded.
        using var command = Sqlite.Prepare(_connection,
            $"""
            SELECT Person, CASE WHEN length(Person_Img) <= $picture THEN Person_Img END, CASE WHEN length(Face_Encoding) <= $encoding THEN Face_Encoding END,
                coalesce(length(Person_Img), 0), coalesce(length(Face_Encoding), 0)
            FROM {_rows}
            """);
        command.Parameters.AddWithValue("$picture", maxPicture);
        command.Parameters.AddWithValue("$encoding", maxEncoding);
        using var reader = Reading(command.ExecuteReader);
        Func<bool> next = reader.Read;
        for (long number = 1; Reading(next); number++)
        {
            long row = number;
            yield return Reading(() => new LegacyRow(
                row,
                Value(reader, 0),
                Value(reader, 1),
                Value(reader, 2),
                reader.GetInt64(3) > maxPicture ? $"the picture has {reader.GetInt64(3)} bytes, {maxPicture} are read"
                    : reader.GetInt64(4) > maxEncoding ? $"the encoding has {reader.GetInt64(4)} bytes, {maxEncoding} are read" : null));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static object? Value(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetValue(column);

    /// <summary>What the file itself says before SQLite looks at it.</summary>
    private static void InspectHeader(string path)
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
    }

    private static SqliteConnection Connect(string path)
    {
        // A URI, because in a plain name '?' would be one, too.
        string uri = new Uri(path).AbsoluteUri;
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

    private static string[] FindTables(SqliteConnection connection, string path, string? wanted)
    {
        List<string> all = Sqlite.Texts(connection, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid");
        string[] fitting = [.. all.Where(name => Fits(connection, name))];
        if (wanted is not null)
        {
            string[] named = [.. fitting.Where(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))];
            return named.Length > 0 ? named
                : throw new SourceException(all.Exists(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                    ? $"The table {wanted} of {path} has not the columns {Columns}."
                    : $"{path} has no table {wanted}; it has: {Listed(all)}.");
        }

        return fitting switch
        {
            [_] => fitting,
            _ when fitting.Length > 1 && Sqlite.Number(connection, "PRAGMA application_id") == ExportFile.ApplicationId => fitting, // ours: together they are all
            [] => throw new SourceException($"{path} is a database of something else: no table has the columns {Columns}. It has: {Listed(all)}."),
            _ => throw new SourceException($"Several tables of {path} have the columns {Columns}: {Listed(fitting)}. Say which with --table NAME."),
        };
    }

    private static bool Fits(SqliteConnection connection, string table)
    {
        // hidden: a virtual table would run code of an extension.
        List<string> columns;
        try
        {
            columns = Sqlite.Texts(connection, $"SELECT lower(name) FROM pragma_table_info({Literal(table)})");
        }
        catch (SqliteException)
        {
            return false; // a view of what is not there any more
        }

        return columns.Contains("person") && columns.Contains("person_img") && columns.Contains("face_encoding");
    }

    private static string Listed(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? "no tables at all" : string.Join(", ", names.Take(20)) + (names.Count > 20 ? ", .." : "");

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

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
        _ => new SourceException($"{path} can not be read by user {Environment.UserName}: {e.Message}", e),
    };

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e)
        {
            throw Explain(e, _path);
        }
    }
}

/// <summary>A database that people are to be taken from can not be used. The message says what it is and what to do.</summary>
/// <param name="message">For the user.</param>
/// <param name="inner">What SQLite or the system said.</param>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
