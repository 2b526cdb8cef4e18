namespace FaceEdge.Gallery;

/// <summary>The best row for a probe.</summary>
/// <param name="Row">The row, or -1 when the matrix has none.</param>
/// <param name="Similarity">Its dot product with the probe: the cosine, -1..1, when both have unit length.</param>
/// <param name="Version">The matrix's state before the scan began; see <see cref="EncodingMatrix.FindBestSince"/>.</param>
public readonly record struct BestRow(int Row, float Similarity, long Version);

/// <summary>
/// All templates as rows of floats in native memory, and the exact search for the row with the highest dot product. A scan reads a
/// 4-bit code of each row and the floats of those few that may be the best (<see cref="NibbleCode"/>): the answer is that of reading
/// them all. One writer at a time (the caller's lock), any number of readers, who never wait for it: each block of rows has a sequence
/// number that is odd while a row is being written, and a reader whose block changed meanwhile reads that block again. So nobody ever
/// sees half a row, and a scan never delays a writer.
/// </summary>
/// <remarks>Seqlock: H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012.</remarks>
public sealed unsafe class EncodingMatrix : IDisposable
{
    /// <summary>Longest encoding: what rounding takes away has been worked out, and buffers are on the stack, up to here.</summary>
    private const int MaxDimensions = 4096;

    /// <summary>Fewer chunks than this (32,768 rows, a third of a millisecond) are scanned before a second thread has woken up.</summary>
    private const int SharedFrom = 4;

    /// <summary>Writes remembered for <see cref="FindBestSince"/>; older ones cost a whole scan.</summary>
    private const int LogLength = 4096;

    /// <summary>Rows found of late that a scan begins with; a camera sees the same few people again and again.</summary>
    private const int RecentRows = 16;

    private readonly RowLayout _layout;
    private readonly int[] _recent = [.. Enumerable.Repeat(-1, RecentRows)];
    private readonly int[] _log = new int[LogLength];
    private readonly Stack<int> _free = new();
    private MatrixChunk[] _chunks = [];
    private Task _populating = Task.CompletedTask;
    private long _version;
    private int _rows;

    /// <summary>An empty matrix.</summary>
    /// <param name="dimensions">Length of an encoding, 1..4096.</param>
    public EncodingMatrix(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        _layout = new RowLayout(dimensions);
    }

    /// <summary>Length of an encoding.</summary>
    public int Dimensions => _layout.Dimensions;

    /// <summary>Rows in use or freed; valid rows are 0..Rows-1.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>
    /// Makes room for so many rows. The system hands its memory out beside whoever writes them: for each page it clears it, and on a virtual
    /// machine may have to find it first, which takes longer than reading what is written there. Only of an empty matrix, once.
    /// </summary>
    /// <param name="rows">Rows to come; of the last chunk pages are taken as they are written, so that none is taken in vain.</param>
    public void Reserve(int rows)
    {
        var chunks = new MatrixChunk[rows / MatrixChunk.Rows];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = new MatrixChunk(_layout, huge: i > 0);
        }

        _populating = Task.Run(() => Array.ForEach(chunks, static chunk => chunk.Populate()));
        _chunks = chunks;
    }

    /// <summary>Writes a new row, in the place of a removed one when there is one. Writer only.</summary>
    /// <param name="encoding"><see cref="Dimensions"/> finite numbers, of unit length or not.</param>
    /// <returns>The row.</returns>
    public int Add(ReadOnlySpan<float> encoding)
    {
        int row = NextRow();
        if (_free.Count > 0)
        {
            _free.Pop();
        }

        if (row == _rows)
        {
            MakeRoomFor(row);
        }

        Write(row, encoding);
        if (row == _rows)
        {
            Volatile.Write(ref _rows, row + 1);
        }

        Log(row);
        return row;
    }

    /// <summary>The row that the next <see cref="Add"/> will take. Writer only.</summary>
    public int NextRow() => _free.TryPeek(out int row) ? row : _rows;

    /// <summary>Replaces a row. Writer only.</summary>
    public void Replace(int row, ReadOnlySpan<float> encoding)
    {
        Write(row, encoding);
        Log(row);
    }

    /// <summary>Zeroes a row, so that it matches nothing, and frees it for <see cref="Add"/>. Writer only.</summary>
    public void Remove(int row)
    {
        Span<float> zero = stackalloc float[Dimensions];
        zero.Clear();
        Write(row, zero);
        Log(row);
        _free.Push(row);
    }

    /// <summary>Copies a row as it is now. Writer only.</summary>
    public void Read(int row, Span<float> encoding) => new ReadOnlySpan<float>(RowAt(row), Dimensions).CopyTo(encoding);

    /// <summary>The row with the highest dot product (computed in doubles); of equal ones the lowest row. Any thread.</summary>
    /// <param name="probe"><see cref="Dimensions"/> finite numbers, of unit length or not.</param>
    /// <param name="helpers">Threads of the pool that may help: as many as there are idle cores. A small matrix needs none.</param>
    public BestRow FindBest(ReadOnlySpan<float> probe, int helpers = 0)
    {
        CheckLength(probe);
        long version = Volatile.Read(ref _version);
        int rows = Volatile.Read(ref _rows);
        MatrixChunk[] chunks = Volatile.Read(ref _chunks);
        sbyte* levels = stackalloc sbyte[_layout.Vectors * NibbleCode.VectorLength];
        fixed (float* floats = probe)
        {
            var prepared = new ScanProbe(_layout, floats, levels);
            Candidate best = BestOfRecent(chunks, rows, floats);
            if (helpers > 0 && rows >= SharedFrom * MatrixChunk.Rows)
            {
                best = new SharedScan(chunks, rows, &prepared, best).Run(helpers);
            }
            else
            {
                for (int first = 0; first < rows; first += MatrixChunk.Rows)
                {
                    best = prepared.Scan(chunks[first / MatrixChunk.Rows], first, Math.Min(MatrixChunk.Rows, rows - first), best);
                }
            }

            if (best.Row >= 0)
            {
                Volatile.Write(ref _recent[best.Row % RecentRows], best.Row);
            }

            return new BestRow(best.Row, (float)best.Score, version);
        }
    }

    /// <summary>
    /// The best among the rows written since an earlier scan (all rows when that was too long ago). Writer only: under the writer's
    /// lock the answer stays true until the lock is released.
    /// </summary>
    public BestRow FindBestSince(long version, ReadOnlySpan<float> probe)
    {
        CheckLength(probe);
        if (_version - version > LogLength)
        {
            return FindBest(probe);
        }

        Candidate best = Candidate.None;
        fixed (float* floats = probe)
        {
            for (long write = version; write < _version; write++)
            {
                int row = _log[write % LogLength];
                var candidate = new Candidate(row, DotProduct.OfFloats(RowAt(row), floats, Dimensions));
                if (candidate.IsBetterThan(best))
                {
                    best = candidate;
                }
            }
        }

        return new BestRow(best.Row, (float)best.Score, _version);
    }

    /// <summary>The dot product of one row with the probe, as it is now. Any thread.</summary>
    public float Score(int row, ReadOnlySpan<float> probe)
    {
        CheckLength(probe);
        fixed (float* floats = probe)
        {
            return (float)ScanProbe.Score(Volatile.Read(ref _chunks)[row / MatrixChunk.Rows], row % MatrixChunk.Rows, _layout, floats);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _populating.Wait();
        foreach (MatrixChunk? chunk in Interlocked.Exchange(ref _chunks, []))
        {
            chunk?.Free();
        }

        _rows = 0;
    }

    /// <summary>
    /// The best of the rows found of late: the higher the score a scan begins with, the fewer rows it has to compute. Which they are changes what a
    /// scan costs, never what it finds.
    /// </summary>
    private Candidate BestOfRecent(MatrixChunk[] chunks, int rows, float* probe)
    {
        Candidate best = Candidate.None;
        for (int i = 0; i < RecentRows; i++)
        {
            int row = Volatile.Read(ref _recent[i]);
            if (row >= 0 && row < rows)
            {
                var candidate = new Candidate(row, ScanProbe.Score(chunks[row / MatrixChunk.Rows], row % MatrixChunk.Rows, _layout, probe));
                best = candidate.IsBetterThan(best) ? candidate : best;
            }
        }

        return best;
    }

    private void Write(int row, ReadOnlySpan<float> encoding)
    {
        CheckLength(encoding);
        MatrixChunk chunk = _chunks[row / MatrixChunk.Rows];
        int place = row % MatrixChunk.Rows;
        Span<byte> code = stackalloc byte[_layout.CodeBytes];
        float scale = NibbleCode.Encode(encoding, code, out float norm, out float residual);
        float tail = _layout.Coded < Dimensions ? encoding[_layout.Coded] : 0;

        ref int sequence = ref chunk.Sequences[place / MatrixChunk.BlockRows];
        sequence++;
        Interlocked.MemoryBarrier();
        encoding.CopyTo(new Span<float>(RowAt(row), Dimensions));
        code.CopyTo(new Span<byte>(chunk.Codes + ((nint)place * _layout.CodeBytes), _layout.CodeBytes));
        (chunk.Scales[place], chunk.Norms[place], chunk.Residuals[place], chunk.Tails[place]) = (scale, norm, residual, tail);
        Interlocked.MemoryBarrier();
        Volatile.Write(ref sequence, sequence + 1);
    }

    /// <summary>Says that a row changed. Last of all: whoever sees the new version sees the row and the row count that go with it.</summary>
    private void Log(int row)
    {
        _log[_version % LogLength] = row;
        Volatile.Write(ref _version, _version + 1);
    }

    private void MakeRoomFor(int row)
    {
        int chunk = row / MatrixChunk.Rows;
        if (chunk == _chunks.Length)
        {
            var chunks = new MatrixChunk[Math.Max(4, _chunks.Length * 2)];
            _chunks.CopyTo(chunks, 0);
            Volatile.Write(ref _chunks, chunks);
        }

        if (_chunks[chunk] is null)
        {
            Volatile.Write(ref _chunks[chunk], new MatrixChunk(_layout, huge: chunk > 0));
        }
    }

    private float* RowAt(int row) => _chunks[row / MatrixChunk.Rows].Floats + ((nint)(row % MatrixChunk.Rows) * _layout.Stride);

    private void CheckLength(ReadOnlySpan<float> encoding)
    {
        if (encoding.Length != Dimensions)
        {
            throw new ArgumentException($"The encoding has {encoding.Length} numbers, this gallery {Dimensions}.", nameof(encoding));
        }
    }
}
