namespace FaceEdge.Gallery;

/// <summary>
/// One scan by several threads. Each takes the next chunk until none is left; whoever comes too late, because its core got other
/// work, finds nothing to do and nobody waits for it.
/// </summary>
/// <param name="chunks">The matrix.</param>
/// <param name="rows">Rows in use.</param>
/// <param name="probe">The probe, which must stay where it is until <see cref="Run"/> returns; it is not touched later.</param>
/// <param name="known">The best known before.</param>
internal sealed unsafe class SharedScan(MatrixChunk[] chunks, int rows, ScanProbe* probe, Candidate known) : IThreadPoolWorkItem
{
    private readonly int _count = (rows + MatrixChunk.Rows - 1) / MatrixChunk.Rows;
    private readonly Lock _merging = new();
    private Candidate _best = known;
    private int _taken;
    private int _done;

    /// <summary>Scans with the calling thread and up to so many of the thread pool.</summary>
    public Candidate Run(int helpers)
    {
        for (int i = 0; i < helpers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        Execute();
        var spin = new SpinWait();
        while (Volatile.Read(ref _done) < _count)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return _best;
    }

    /// <summary>Scans chunks while there are any.</summary>
    public void Execute()
    {
        for (int chunk = Take(); chunk < _count; chunk = Take())
        {
            Candidate best;
            lock (_merging)
            {
                best = _best;
            }

            int first = chunk * MatrixChunk.Rows;
            Candidate found = probe->Scan(chunks[chunk], first, Math.Min(MatrixChunk.Rows, rows - first), best);
            lock (_merging)
            {
                if (found.IsBetterThan(_best))
                {
                    _best = found;
                }
            }

            Interlocked.Increment(ref _done);
        }
    }

    private int Take() => Interlocked.Increment(ref _taken) - 1;
}
