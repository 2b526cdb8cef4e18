namespace FaceEdge.Storage;

/// <summary>One write that waits for its place in a transaction.</summary>
internal abstract class WriteOperation
{
    /// <summary>Whether it deletes somebody.</summary>
    public bool Erases { get; init; }

    /// <summary>Runs inside the transaction. May be run a second time, after a rollback.</summary>
    public abstract void Execute(FaceStatements statements);

    /// <summary>The transaction is on the disk.</summary>
    public abstract void Complete();

    /// <summary>The transaction was rolled back.</summary>
    public abstract void Fail(Exception failure);
}

/// <inheritdoc cref="WriteOperation"/>
/// <typeparam name="T">What it tells its caller.</typeparam>
internal sealed class WriteOperation<T>(Func<FaceStatements, T> work) : WriteOperation
{
    // Asynchronous continuations: a caller's code must never run on the writer's thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    /// <summary>Completes when the write is durable.</summary>
    public Task<T> Task => _done.Task;

    public override void Execute(FaceStatements statements) => _result = work(statements);

    public override void Complete() => _done.SetResult(_result!);

    public override void Fail(Exception failure) => _done.SetException(failure);
}
