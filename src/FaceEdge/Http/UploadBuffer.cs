using System.Buffers;

namespace FaceEdge.Http;

/// <summary>
/// A growing buffer for one upload in reusable native memory, charged to the budget of the <see cref="AdmissionGate"/>. The framework's
/// shared pool would keep a 32 MB array a core for every large photo that ever came.
/// </summary>
internal sealed unsafe class UploadBuffer : MemoryManager<byte>
{
    /// <summary>Larger buffers are freed at once: everyday photos are smaller, and the rare large one should leave no trace in memory.</summary>
    private const long LargestKept = 8 << 20;

    private readonly AdmissionGate _gate;
    private NativeBuffers.Block _block;

    /// <summary>A buffer of at least that many bytes.</summary>
    /// <exception cref="RequestException">Uploads under way take all the memory they may (503 <c>overloaded</c>).</exception>
    public UploadBuffer(AdmissionGate gate, long capacity)
    {
        _gate = gate;
        _block = Rent(capacity);
    }

    /// <summary>Bytes it holds now.</summary>
    public int Capacity => (int)_block.Bytes;

    /// <summary>Makes room for at least that many bytes, keeping the first <paramref name="length"/>.</summary>
    /// <exception cref="RequestException">As for the constructor.</exception>
    public void Grow(int length, long capacity)
    {
        NativeBuffers.Block larger = Rent(capacity);
        new Span<byte>((void*)_block.Address, length).CopyTo(new Span<byte>((void*)larger.Address, length));
        Return();
        _block = larger;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new((void*)_block.Address, Capacity);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_block.Address + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
        // Native memory does not move.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Return();

    private NativeBuffers.Block Rent(long bytes)
    {
        _gate.Charge(bytes);
        NativeBuffers.Block block = NativeBuffers.Rent(bytes);
        _gate.Charge(block.Bytes - bytes, force: true); // What rounding or reuse gave beyond; it is there already.
        return block;
    }

    private void Return()
    {
        if (_block.Address != 0)
        {
            _gate.Refund(_block.Bytes);
            NativeBuffers.Return(_block, LargestKept);
            _block = default;
        }
    }
}
