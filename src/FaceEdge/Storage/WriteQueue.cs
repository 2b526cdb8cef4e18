using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>
/// The single writer: a thread of its own (a commit waits for the disk and must not hold a thread of the pool) that takes
/// every write waiting at that moment into one transaction, so that they share one fsync. The queue has no bound of its own:
/// each waiting enrolment belongs to an admitted request, and the gallery bounds the faces that are being learned.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>Writes in one transaction at most: bounds how long the first of them waits for the last.</summary>
    public const int MaxBatch = 64;

    /// <summary>Milliseconds without a write after which the guard looks after the files.</summary>
    private const int IdleInterval = 1000;

    private const int SqliteNoMemory = 7, SqliteIoError = 10;

    private readonly BlockingCollection<WriteOperation> _waiting = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FaceStatements _statements;
    private readonly IdMark _ids;
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly WriteGuard _guard;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private long _commits;
    private volatile StorageException? _damage;

    public WriteQueue(SqliteConnection connection, IdMark ids, DatabaseFiles files, ILogger logger)
    {
        (_ids, _path, _logger) = (ids, files.Database, logger);
        _guard = new WriteGuard(files, connection, logger);
        _statements = new FaceStatements(connection);
        _begin = Sqlite.Prepare(connection, "BEGIN IMMEDIATE");
        _commit = Sqlite.Prepare(connection, "COMMIT");
        _rollback = Sqlite.Prepare(connection, "ROLLBACK");
        new Thread(Drain) { IsBackground = true, Name = "storage writer" }.Start();
    }

    /// <summary>Transactions committed so far.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Set once a write found the file damaged.</summary>
    public StorageException? Damage => _damage;

    /// <summary>Whether a write would succeed now, and what happens when the files are lost.</summary>
    public WriteGuard Guard => _guard;

    /// <summary>Runs the work in a transaction; the task completes after its commit.</summary>
    /// <param name="work">The work.</param>
    /// <param name="erases">Whether it deletes somebody: then room is found for it on a full disk.</param>
    public Task<T> RunAsync<T>(Func<FaceStatements, T> work, bool erases = false)
    {
        var operation = new WriteOperation<T>(work) { Erases = erases };
        try
        {
            _waiting.Add(operation);
        }
        catch (InvalidOperationException) // completed: we are being disposed of
        {
            throw new ObjectDisposedException(nameof(ImageDatabase));
        }

        return operation.Task;
    }

    /// <summary>Finishes what is queued, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.CompleteAdding();
        await _ended.Task;
        _statements.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
    }

    private void Drain()
    {
        var batch = new List<WriteOperation>(MaxBatch);
        while (!_waiting.IsCompleted)
        {
            if (!TryTake(out WriteOperation? first))
            {
                Idle();
                continue;
            }

            batch.Add(first);
            while (batch.Count < MaxBatch && _waiting.TryTake(out var next))
            {
                batch.Add(next);
            }

            Write(batch);
            batch.Clear();
        }

        _ended.SetResult();
    }

    private bool TryTake([NotNullWhen(true)] out WriteOperation? operation) => _waiting.TryTake(out operation, IdleInterval) && operation is not null;

    private void Idle()
    {
        try
        {
            if (!_waiting.IsAddingCompleted)
            {
                _guard.Idle();
            }
        }
        catch (Exception e) // whatever it is, the writer lives on
        {
            _logger.LogError("{Path} could not be looked after: {Message}", _path, e.Message);
        }
    }

    private void Write(List<WriteOperation> batch, bool again = false)
    {
        try
        {
            _guard.Check();
            Commit(batch);
        }
        catch (Exception failure) // whatever it is, the writer lives on and every caller hears
        {
            RollBack();
            if (batch.Count > 1 && IsOfOneOperation(failure))
            {
                // One bad write must not fail its neighbours.
                batch.ForEach(operation => Write([operation]));
                return;
            }

            if (!again && batch.Exists(static operation => operation.Erases) && StorageException.From(failure, _path).Problem is StorageProblem.Full && _guard.MakeRoom())
            {
                Write(batch.FindAll(static operation => operation.Erases), again: true);
                batch = batch.FindAll(static operation => !operation.Erases);
            }

            Fail(batch, failure);
            return;
        }

        batch.ForEach(operation => operation.Complete());
    }

    private void Commit(List<WriteOperation> batch)
    {
        _statements.Reset();
        _begin.ExecuteNonQuery();
        foreach (var operation in batch)
        {
            operation.Execute(_statements);
        }

        _ids.Cover(_statements.HighestPersonId);
        _commit.ExecuteNonQuery();
        Interlocked.Increment(ref _commits);
        _ids.Note(_statements.HighestPersonId, _logger);
        _guard.Committed(_statements.Erases);
    }

    private void RollBack()
    {
        try
        {
            if (Sqlite.InTransaction(_statements.Connection)) // on some failures SQLite has already rolled back
            {
                _rollback.ExecuteNonQuery();
            }
        }
        catch (SqliteException e)
        {
            _logger.LogError(e, "A failed write to {Path} could not be rolled back.", _path);
        }
    }

    private void Fail(List<WriteOperation> batch, Exception failure)
    {
        Exception told = failure is SqliteException or IOException or UnauthorizedAccessException ? _guard.Explain(StorageException.From(failure, _path)) : failure;
        if (told is StorageException known)
        {
            if (!IsOfOneOperation(failure))
            {
                _guard.Failed(known);
            }

            _damage = known.Problem is StorageProblem.Corrupt ? known : _damage;
        }

        // What is known needs no stack trace, which a full disk would repeat for every photo.
        if (batch.Count > 0)
        {
            _logger.LogError(told is StorageException ? null : failure, "{Count} writes failed: {Message}", batch.Count, told.Message);
        }

        batch.ForEach(operation => operation.Fail(told));
    }

    /// <summary>Whether a failure may come from one write of a batch rather than from the file or the disk.</summary>
    private bool IsOfOneOperation(Exception failure) => failure switch
    {
        SqliteException sqlite => StorageException.From(failure, _path).Problem == StorageProblem.Other
            && sqlite.SqliteErrorCode is not (SqliteIoError or SqliteNoMemory),
        IOException or UnauthorizedAccessException or StorageException { Problem: StorageProblem.Lost } => false,
        _ => true,
    };
}
