using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaceEdge.Gallery;

/// <summary>The best row for a probe.</summary>
/// <param name="Row">The row, or -1 when the matrix has none.</param>
/// <param name="Similarity">Its dot product with the probe: the cosine, -1..1, as both have unit length.</param>
/// <param name="Version">The matrix's state before the scan began; see <see cref="EncodingMatrix.FindBestSince"/>.</param>
public readonly record struct BestRow(int Row, float Similarity, long Version);

/// <summary>
/// All templates as float rows of unit length in native memory. One writer at a time (the caller's lock), any number of readers,
/// who never wait for it: each block of rows has a sequence number that is odd while a row is being written, and a reader whose
/// block changed meanwhile reads that block again. So nobody ever sees half a row, and a scan never delays a writer.
/// </summary>
/// <remarks>Seqlock: H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012.</remarks>
public sealed unsafe class EncodingMatrix : IDisposable
{
    /// <summary>Rows of a block: small enough (128 KiB at 512 dimensions) that reading one again costs microseconds.</summary>
    private const int BlockRows = 64;

    /// <summary>Writes remembered for <see cref="FindBestSince"/>; older ones cost a whole scan.</summary>
    private const int LogLength = 4096;

    private readonly int _dimensions;
    private readonly nuint _blockBytes;
    private readonly int[] _log = new int[LogLength];
    private readonly Stack<int> _free = new();
    private Block[] _blocks = [];
    private long _version;
    private int _rows;

    /// <summary>An empty matrix.</summary>
    /// <param name="dimensions">Length of an encoding, at least 1.</param>
    public EncodingMatrix(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        _dimensions = dimensions;
        _blockBytes = (nuint)BlockRows * (nuint)dimensions * sizeof(float);
    }

    /// <summary>Length of an encoding.</summary>
    public int Dimensions => _dimensions;

    /// <summary>Rows in use or freed; valid rows are 0..Rows-1.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Writes a new row, in the place of a removed one when there is one. Writer only.</summary>
    /// <param name="encoding">Unit length, <see cref="Dimensions"/> long.</param>
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
        Write(row, stackalloc float[_dimensions]);
        Log(row);
        _free.Push(row);
    }

    /// <summary>Copies a row as it is now. Writer only.</summary>
    public void Read(int row, Span<float> encoding) => RowSpan(_blocks, row).CopyTo(encoding);

    /// <summary>The row with the highest dot product; of equal ones the lowest row. Any thread.</summary>
    /// <param name="probe">Unit length, <see cref="Dimensions"/> long.</param>
    public BestRow FindBest(ReadOnlySpan<float> probe)
    {
        CheckLength(probe);
        long version = Volatile.Read(ref _version);
        int rows = Volatile.Read(ref _rows);
        Block[] blocks = Volatile.Read(ref _blocks);
        var best = new BestRow(-1, float.NegativeInfinity, version);
        for (int first = 0; first < rows; first += BlockRows)
        {
            BestRow found = FindBestInBlock(blocks, probe, first, Math.Min(rows, first + BlockRows), version);
            if (found.Similarity > best.Similarity)
            {
                best = found;
            }
        }

        return best;
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

        var best = new BestRow(-1, float.NegativeInfinity, _version);
        for (long write = version; write < _version; write++)
        {
            int row = _log[write % LogLength];
            float similarity = TensorPrimitives.Dot(probe, RowSpan(_blocks, row));
            if (similarity > best.Similarity)
            {
                best = new BestRow(row, similarity, _version);
            }
        }

        return best;
    }

    /// <summary>The dot product of one row with the probe, as it is now. Any thread.</summary>
    public float Score(int row, ReadOnlySpan<float> probe)
    {
        CheckLength(probe);
        return FindBestInBlock(Volatile.Read(ref _blocks), probe, row, row + 1, 0).Similarity;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Block? block in Interlocked.Exchange(ref _blocks, []))
        {
            if (block is not null)
            {
                NativeMemory.AlignedFree(block.Rows);
            }
        }

        _rows = 0;
    }

    private BestRow FindBestInBlock(Block[] blocks, ReadOnlySpan<float> probe, int first, int end, long version)
    {
        Block block = blocks[first / BlockRows];
        var spin = new SpinWait();
        while (true)
        {
            int before = Volatile.Read(ref block.Sequence);
            if ((before & 1) == 0)
            {
                var best = new BestRow(-1, float.NegativeInfinity, version);
                for (int row = first; row < end; row++)
                {
                    float similarity = TensorPrimitives.Dot(probe, RowSpan(blocks, row));
                    if (similarity > best.Similarity)
                    {
                        best = new BestRow(row, similarity, version);
                    }
                }

                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref block.Sequence) == before)
                {
                    return best;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Write(int row, ReadOnlySpan<float> encoding)
    {
        CheckLength(encoding);
        Block block = _blocks[row / BlockRows];
        block.Sequence++;
        Interlocked.MemoryBarrier();
        encoding.CopyTo(RowSpan(_blocks, row));
        Interlocked.MemoryBarrier();
        Volatile.Write(ref block.Sequence, block.Sequence + 1);
    }

    /// <summary>Says that a row changed. Last of all: whoever sees the new version sees the row and the row count that go with it.</summary>
    private void Log(int row)
    {
        _log[_version % LogLength] = row;
        Volatile.Write(ref _version, _version + 1);
    }

    private void MakeRoomFor(int row)
    {
        int block = row / BlockRows;
        if (block == _blocks.Length)
        {
            var blocks = new Block[Math.Max(16, _blocks.Length * 2)];
            _blocks.CopyTo(blocks, 0);
            Volatile.Write(ref _blocks, blocks);
        }

        if (_blocks[block] is null)
        {
            Volatile.Write(ref _blocks[block], new Block((float*)NativeMemory.AlignedAlloc(_blockBytes, 64)));
        }
    }

    private Span<float> RowSpan(Block[] blocks, int row) =>
        new(blocks[row / BlockRows].Rows + ((nint)(row % BlockRows) * _dimensions), _dimensions);

    private void CheckLength(ReadOnlySpan<float> encoding)
    {
        if (encoding.Length != _dimensions)
        {
            throw new ArgumentException($"The encoding has {encoding.Length} numbers, this gallery {_dimensions}.", nameof(encoding));
        }
    }

    /// <summary>Rows in native memory and the number that tells whether they changed.</summary>
    private sealed class Block(float* rows)
    {
        public int Sequence;

        public readonly float* Rows = rows;
    }
}
