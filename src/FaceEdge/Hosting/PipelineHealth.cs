using FaceEdge.Storage;

namespace FaceEdge.Hosting;

/// <summary>
/// Whether a photo posted now would be answered: the models run on an empty picture, waiting for a core like a photo, and the
/// database answers. A box that is merely busy is healthy: while photos come out of the pipeline, the probe may wait its turn.
/// </summary>
/// <param name="exercise">Runs the models in turn.</param>
/// <param name="turns">Photos, and probes, that came out of the pipeline so far.</param>
/// <param name="ping">Asks the database something small.</param>
/// <param name="mustLive">Whether memory is all that is left of the people.</param>
internal sealed class PipelineHealth(Func<Task> exercise, Func<long> turns, Action ping, Func<bool>? mustLive = null)
{
    private Task _exercising = Task.CompletedTask;
    private Task _pinging = Task.CompletedTask;
    private long _seen;

    /// <summary>What the last look found that a restart would not mend: a full or read-only disk; null when it found nothing of the kind.</summary>
    public string? Ailment { get; private set; }

    /// <summary>Looks once. One look at a time.</summary>
    /// <param name="patience">How long the parts may take.</param>
    /// <returns>Null when healthy, else why not.</returns>
    public async Task<string?> CheckAsync(TimeSpan patience)
    {
        Ailment = null;

        // What hung last time may hang still: it is waited for again, never started a second time.
        _exercising = _exercising.IsCompleted ? Task.Run(exercise) : _exercising;
        _pinging = _pinging.IsCompleted ? Task.Run(ping) : _pinging;
        long before = _seen;
        Task<string?> pipeline = ExplainAsync(_exercising, patience, excuse: () => turns() != before);
        Task<string?> database = ExplainAsync(_pinging, patience, excuse: static () => false);
        string? reason = (await pipeline, await database) switch
        {
            ({ } models, _) => $"the models: {models}",
            (_, { } storage) => $"the database: {storage}",
            _ => null,
        };
        _seen = turns();
        return reason;
    }

    /// <summary>Waits for what still runs, so that what it uses can be disposed of.</summary>
    /// <param name="patience">What hangs is left behind after that.</param>
    public Task FinishAsync(TimeSpan patience) => Task.WhenAny(Task.WhenAll(_exercising, _pinging), Task.Delay(patience));

    private async Task<string?> ExplainAsync(Task part, TimeSpan patience, Func<bool> excuse)
    {
        try
        {
            await part.WaitAsync(patience);
            return null;
        }
        catch (TimeoutException)
        {
            return excuse() ? null : $"nothing came of it within {patience.TotalSeconds:0.#} seconds";
        }
        catch (StorageException e) when (e.Problem is StorageProblem.InUse)
        {
            return null; // Another program's lock: a restart would not mend it.
        }
        catch (StorageException e) when (e.Problem is StorageProblem.Full or StorageProblem.Unwritable || (e.Problem is StorageProblem.Lost && mustLive?.Invoke() == true))
        {
            Ailment = e.Message;
            return null; // A restart would not mend it either, and known people are still recognised.
        }
        catch (Exception e)
        {
            return e.Message; // Whatever it is, a photo would fare the same.
        }
    }
}
