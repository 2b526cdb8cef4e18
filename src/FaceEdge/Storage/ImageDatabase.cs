using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// The people and their faces on disk: <c>Image.db</c> in the data folder. One writer commits every write waiting at that moment
/// together; reads go beside it and never wait. All members may be called from any thread at once, except disposing.
/// </summary>
public sealed class ImageDatabase : IAsyncDisposable
{
    private readonly DatabaseFiles _files;
    private readonly FileStream _lock;
    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _reader;
    private readonly FaceReader _faces;
    private readonly Lock _reading = new();
    private readonly IdMark _ids;
    private readonly WriteQueue _queue;
    private readonly ILogger _logger;
    private bool _disposed;

    private ImageDatabase(DatabaseFiles files, FileStream fileLock, DatabaseOpening opening, ILogger logger)
    {
        (_files, _lock, _logger) = (files, fileLock, logger);
        (_writer, _ids) = opening.Open();
        (SetAside, Warning, DamagedFaces) = (opening.SetAside, opening.Warning, opening.DamagedFaces);
        try
        {
            _reader = Sqlite.Connect(files.Database, SqliteOpenMode.ReadOnly);
            _faces = new FaceReader(_reader, files.Database, logger);
            _queue = new WriteQueue(_writer, _ids, files, logger);
        }
        catch
        {
            _reader?.Dispose();
            _writer.Dispose();
            throw;
        }
    }

    /// <summary>Where the damaged database found at this start was set aside; null when there was none.</summary>
    public string? SetAside { get; }

    /// <summary>What this start found of people who may not be known any more; null when everybody is.</summary>
    public string? Warning { get; }

    /// <summary>Faces that this start left out because they are damaged.</summary>
    public int DamagedFaces { get; }

    /// <summary>Whether a deleted face still stands in the log of recent writes, because somebody reads the database.</summary>
    public bool ErasureIsOwed => _queue.Guard.ErasureIsOwed;

    /// <summary>Whether the files are gone and what is known could not be saved yet: then nobody must end this process.</summary>
    public bool OnlyMemoryIsLeft => _queue.Guard.OnlyMemoryIsLeft;

    /// <summary>What the database takes on the disk in bytes: the file and the log of recent writes.</summary>
    public long Bytes => new[] { _files.Database, _files.Database + "-wal" }
        .Select(path => new FileInfo(path)).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>Transactions committed by the writer.</summary>
    internal long Commits => _queue.Commits;

    /// <summary>
    /// Opens the database of a folder, creating both if need be (folder 0700, files 0600), upgrading an older schema after a copy,
    /// and setting a damaged file aside. It stays locked against other daemons until disposed of.
    /// </summary>
    /// <param name="dataDirectory">The folder.</param>
    /// <param name="logger">Hears what an operator must know.</param>
    /// <param name="load">
    /// Reads every face at once, while the database is being opened: a file too large to be checked whole at a start is then read once, not
    /// once to be checked and once more to be loaded. Called again, with an empty database, when that found the file damaged.
    /// </param>
    /// <exception cref="StorageException">There is no usable database, and why.</exception>
    public static ImageDatabase Open(string dataDirectory, ILogger logger, Action<FaceReader>? load = null) =>
        Open(dataDirectory, logger, Schema.Steps, load);

    /// <summary>
    /// Puts the database of a folder aside, with everything that belongs to it, so that the next <see cref="Open(string, ILogger, Action{FaceReader})"/>
    /// begins with nobody. Ids that were given stay noted.
    /// </summary>
    /// <param name="dataDirectory">The folder; no daemon may run.</param>
    /// <returns>Where it is kept; null when there was none.</returns>
    /// <exception cref="StorageException">It could not be moved, or a daemon has it.</exception>
    public static string? PutAside(string dataDirectory)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        using FileStream held = DatabaseOpening.TakeLock(files);
        if (!files.HasDatabase)
        {
            return null;
        }

        try
        {
            files.DeleteUnfinished();
            Replacement.GoOn(files);
            DatabaseInspection.RefuseForeign(files.Database);
            long highest;
            using (SqliteConnection connection = Sqlite.Connect(files.Database, SqliteOpenMode.ReadWrite))
            {
                highest = Schema.HighestPersonId(connection); // exactly: nobody writes
            }

            // The mark before the database goes: whatever stops us, no new person gets an id that was given. It is brought down from the block
            // that it is ahead, unless a newer database once was here.
            IdMark ids = IdMark.Read(files.Ids, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            highest = Math.Max(highest, ids.Given);
            ids.Settle(ids.Value > highest + IdMark.Block + WriteQueue.MaxBatch ? ids.Value : highest);
            return EmptyDatabase.Put(files, Schema.Steps, ids.Value, "replaced");
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(e, files.Database);
        }
    }

    /// <summary>The same with other schema steps, for tests of upgrades.</summary>
    internal static ImageDatabase Open(string dataDirectory, ILogger logger, IReadOnlyList<string> steps, Action<FaceReader>? load = null)
    {
        var files = new DatabaseFiles(dataDirectory, TimeProvider.System);
        FileStream? fileLock = null;
        try
        {
            fileLock = DatabaseOpening.TakeLock(files);
            return new ImageDatabase(files, fileLock, new DatabaseOpening(files, steps, logger, load), logger);
        }
        catch (Exception e)
        {
            fileLock?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw StorageException.From(e, files.Database);
            }

            throw;
        }
    }

    /// <summary>As <see cref="FaceReader.Read"/>, on a connection of its own: writes go on beside it.</summary>
    /// <param name="encoder">The encoder, for example <c>fr512</c>.</param>
    /// <param name="dimensions">Length of its encodings, at least 1.</param>
    /// <param name="reuse">Every face comes with the same array, which the next one overwrites.</param>
    /// <exception cref="StorageException">While enumerating: the file can not be read.</exception>
    public IEnumerable<StoredFace> ReadFaces(string encoder, int dimensions, bool reuse = false)
    {
        using var connection = Sqlite.Run(_files.Database, () => Sqlite.Connect(_files.Database, SqliteOpenMode.ReadOnly));
        foreach (StoredFace face in new FaceReader(connection, _files.Database, _logger).Read(encoder, dimensions, reuse))
        {
            yield return face;
        }
    }

    /// <summary>See <see cref="FaceReader.Encoder"/>.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public string? Encoder
    {
        get
        {
            lock (_reading)
            {
                return _faces.Encoder;
            }
        }
    }

    /// <summary>The encoder that <c>faceedge reencode</c> has made ready and asks to change to; null for none.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public string? WantedEncoder
    {
        get
        {
            lock (_reading)
            {
                return Sqlite.Run(_files.Database, () => Sqlite.Texts(_reader, $"SELECT value FROM meta WHERE key = '{EncodingStore.WantedKey}'").FirstOrDefault());
            }
        }
    }

    /// <summary>How many people and faces are stored.</summary>
    /// <exception cref="StorageException">The file can not be read.</exception>
    public (long People, long Faces) Count()
    {
        lock (_reading)
        {
            return (_faces.People, _faces.Faces);
        }
    }

    /// <summary>A cheap look whether the database can be read and written.</summary>
    /// <exception cref="StorageException">It can not, and why.</exception>
    public void Ping()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        StorageException? trouble = _queue.Damage ?? _queue.Guard.FindTrouble();
        if (trouble is not null)
        {
            throw new StorageException(trouble.Problem, trouble.Message, trouble);
        }

        lock (_reading)
        {
            Sqlite.Run(_files.Database, () => Sqlite.Number(_reader, "SELECT id FROM person LIMIT 1"));
        }
    }

    /// <summary>
    /// Says who is in memory, so that they can be saved when the files are deleted or overwritten under us; and has some room kept for deletions on a
    /// full disk.
    /// </summary>
    public void Keep(Func<IEnumerable<RememberedPerson>> remembered) => _queue.Guard.Keep(remembered);

    /// <summary>Stores a new person with a first face. Completes when both survive power loss.</summary>
    /// <exception cref="ArgumentException">The encoding is empty or holds a NaN or an infinity.</exception>
    /// <exception cref="StorageException">Nothing was stored; no id was used up.</exception>
    public Task<StoredIds> EnrolAsync(NewFace face)
    {
        byte[] encoding = ToBytes(face);
        return WriteAsync(statements => statements.Enrol(face, encoding));
    }

    /// <summary>Stores one more face of a person. Completes when it survives power loss.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="face">The face.</param>
    /// <returns>The id of the face; 0 when the person is gone, then nothing was changed.</returns>
    /// <exception cref="ArgumentException">The encoding is empty or holds a NaN or an infinity.</exception>
    /// <exception cref="StorageException">Nothing was stored.</exception>
    public Task<long> LearnAsync(long personId, NewFace face)
    {
        byte[] encoding = ToBytes(face);
        return WriteAsync(statements => statements.Learn(personId, face, encoding));
    }

    /// <summary>
    /// Deletes a person with all faces and pictures and overwrites their bytes in the file and its log. Completes when it survives
    /// power loss. The id is never given again.
    /// </summary>
    /// <returns>False when there is no such person.</returns>
    /// <exception cref="StorageException">Nothing was deleted.</exception>
    public Task<bool> ForgetAsync(long personId) => _queue.RunAsync(statements => statements.Forget(personId), erases: true);

    /// <summary>Makes an empty gallery one of that encoder, whatever was noted before everybody was deleted.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public Task BeginWithAsync(string encoder)
    {
        lock (_reading)
        {
            string? noted = Sqlite.Run(_files.Database, () => Sqlite.Texts(_reader, "SELECT value FROM meta WHERE key = 'encoder'").FirstOrDefault());
            return noted is null || noted == encoder ? Task.CompletedTask : SetEncoderAsync(encoder);
        }
    }

    /// <summary>
    /// Writes down which encoder was found in force, unless that is known: finding it out costs a look at every face. Done when it can be.
    /// </summary>
    public async Task NoteEncoderAsync(string encoder)
    {
        try
        {
            await WriteAsync(statements => Sqlite.Number(
                statements.Connection, "INSERT OR IGNORE INTO meta(key, value) VALUES('encoder', $encoder) RETURNING 1", ("$encoder", encoder)));
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException)
        {
            // A full disk: the next start counts again.
        }
    }

    /// <summary>Writes down which encoder is in force. Completes when it survives power loss, after every write asked for before.</summary>
    /// <exception cref="StorageException">Nothing was changed.</exception>
    public Task<bool> SetEncoderAsync(string encoder) => WriteAsync(statements => EncodingStore.PutInForce(statements.Connection, encoder));

    /// <summary>Says why the encoder that was asked for is not taken.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public Task<bool> RefuseEncoderAsync(string reason) => WriteAsync(statements => EncodingStore.Refuse(statements.Connection, reason));

    /// <summary>Finishes queued writes, folds the log into the file, closes and unlocks it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _queue.DisposeAsync();
        lock (_reading)
        {
            _reader.Dispose();
        }

        if (_queue.Guard.IsLost)
        {
            Sqlite.CheckpointOnClose(_writer, on: false); // it would delete a log by its name, which may be another's now
        }

        try
        {
            _ids.Settle(Schema.HighestPersonId(_writer));
            if (!_queue.Guard.IsLost)
            {
                Sqlite.Run(_writer, "PRAGMA wal_checkpoint(TRUNCATE)");
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            // Nothing is lost: the log is replayed at the next start.
            _logger.LogWarning(e, "{Path} could not be tidied up at the end; the next start does it.", _files.Database);
        }

        _writer.Dispose();
        _queue.Guard.Dispose();
        _lock.Dispose();
    }

    /// <summary>Any work in the writer's transaction; for tests.</summary>
    internal Task<T> WriteAsync<T>(Func<FaceStatements, T> work) => _queue.RunAsync(work);

    private static byte[] ToBytes(NewFace face) =>
        !face.Encoding.IsEmpty && EncodingBlob.IsFinite(face.Encoding.Span)
            ? EncodingBlob.ToBytes(face.Encoding.Span)
            : throw new ArgumentException("An encoding must hold finite numbers.", nameof(face));
}
