using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>What a gallery knows of earlier imports and of the ids it gave; only read. A folder without a database knows nothing.</summary>
public sealed class ImportLedger : IDisposable
{
    private readonly SqliteConnection? _connection;
    private readonly SqliteCommand? _row;
    private readonly SqliteCommand? _person;
    private readonly List<(long Low, long High)> _reserved = [];
    private readonly string _path;

    private ImportLedger(DatabaseFiles files, long highestGiven) => (_path, HighestGiven, Emptied) = (files.Database, highestGiven, true);

    private ImportLedger(DatabaseFiles files, SqliteConnection? connection)
    {
        _path = files.Database;
        _connection = connection;
        HighestGiven = File.Exists(files.Ids) ? IdMark.Read(files.Ids, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Given : 0;
        if (connection is null)
        {
            return;
        }

        HighestGiven = Math.Max(HighestGiven, Schema.HighestPersonId(connection));
        Encoder = Sqlite.Texts(connection, FaceReader.EncoderInForce).FirstOrDefault();
        if (Sqlite.Number(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'import_row'") == 0)
        {
            // Written by a version that could not import: the upgrade comes with the import itself.
            _person = Prepare("SELECT EXISTS (SELECT 1 FROM person WHERE id = $person), 0", "$person");
            return;
        }

        _row = Prepare("SELECT pictured, person_id FROM import_row WHERE hash = $hash", "$hash");
        _person = Prepare(
            "SELECT EXISTS (SELECT 1 FROM person WHERE id = $person), EXISTS (SELECT 1 FROM import_row WHERE person_id = $person)", "$person");
        using SqliteCommand ranges = Sqlite.Prepare(connection, "SELECT low, high FROM import_range");
        using SqliteDataReader reader = ranges.ExecuteReader();
        while (reader.Read())
        {
            _reserved.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }
    }

    /// <summary>The highest id ever given or kept free; 0 for none.</summary>
    public long HighestGiven { get; }

    /// <summary>Whether the gallery is one that is emptied first: its ids count as free, because nobody is left who has them.</summary>
    public bool Emptied { get; }

    /// <summary>The encoder in force; null as long as there is no face.</summary>
    public string? Encoder { get; }

    /// <summary>Looks at the database of a folder, where there may be none.</summary>
    /// <exception cref="StorageException">There is one, but it can not be read.</exception>
    public static ImportLedger Look(string dataDirectory) => Open(dataDirectory, static files =>
    {
        if (!files.HasDatabase)
        {
            return null;
        }

        DatabaseInspection.RefuseForeign(files.Seen);
        return Sqlite.ConnectToLook(files);
    });

    /// <summary>What will be known once the gallery of a folder was set aside: nobody, and which ids were given.</summary>
    /// <exception cref="StorageException">There is a database, but it can not be read.</exception>
    public static ImportLedger OfEmptied(string dataDirectory)
    {
        using ImportLedger now = Look(dataDirectory);
        return new ImportLedger(new DatabaseFiles(dataDirectory, TimeProvider.System), now.HighestGiven);
    }

    /// <summary>The same while an import has the database open.</summary>
    /// <exception cref="StorageException">It can not be read.</exception>
    public static ImportLedger Beside(string dataDirectory) =>
        Open(dataDirectory, static files => Sqlite.Connect(files.Database, SqliteOpenMode.ReadOnly)); // no other look at the file: closing it would drop SQLite's locks

    /// <summary>Whether a row was imported before, and as whose.</summary>
    /// <param name="hash">See <see cref="ImportedRow"/>.</param>
    /// <param name="person">Who it was stored as; 0 for a new one.</param>
    /// <exception cref="StorageException">It can not be read.</exception>
    public ImportStanding Row(byte[] hash, out long person)
    {
        person = 0;
        if (_row is null)
        {
            return ImportStanding.New;
        }

        _row.Parameters[0].Value = hash;
        (bool found, bool pictured, person) = Sqlite.Run(_path, () =>
        {
            using SqliteDataReader reader = _row.ExecuteReader();
            return reader.Read() ? (true, reader.GetInt64(0) != 0, reader.GetInt64(1)) : (false, false, 0L);
        });
        return !found ? ImportStanding.New : pictured ? ImportStanding.Known : ImportStanding.KnownWithoutPicture;
    }

    /// <summary>Whether somebody with this id is in the gallery.</summary>
    /// <exception cref="StorageException">It can not be read.</exception>
    public bool Exists(long id) => Person(id) is IdStanding.Imported or IdStanding.Taken;

    /// <summary>Whether an id may be taken over.</summary>
    /// <exception cref="StorageException">It can not be read.</exception>
    public IdStanding Person(long id)
    {
        (bool exists, bool imported) = (false, false);
        if (_person is not null)
        {
            _person.Parameters[0].Value = id;
            (exists, imported) = Sqlite.Run(_path, () =>
            {
                using SqliteDataReader reader = _person.ExecuteReader();
                reader.Read();
                return (reader.GetInt64(0) != 0, reader.GetInt64(1) != 0);
            });
        }

        return (exists, imported) switch
        {
            (true, true) => IdStanding.Imported,
            (false, true) => IdStanding.Forgotten,
            (true, false) => IdStanding.Taken,
            _ when Emptied || id > HighestGiven || _reserved.Exists(range => id >= range.Low && id <= range.High) => IdStanding.Free,
            _ => IdStanding.GivenBefore,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _row?.Dispose();
        _person?.Dispose();
        _connection?.Dispose();
    }

    private static ImportLedger Open(string dataDirectory, Func<DatabaseFiles, SqliteConnection?> connect)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        SqliteConnection? connection = null;
        try
        {
            connection = connect(files);
            return new ImportLedger(files, connection);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw StorageException.From(e, files.Database);
        }
    }

    private SqliteCommand Prepare(string sql, string parameter)
    {
        SqliteCommand command = Sqlite.Prepare(_connection!, sql);
        command.Parameters.Add(new SqliteParameter { ParameterName = parameter, Value = DBNull.Value });
        return command;
    }
}
