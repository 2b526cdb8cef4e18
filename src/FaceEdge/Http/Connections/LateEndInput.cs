using System.Buffers;
using System.IO.Pipelines;

namespace FaceEdge.Http.Connections;

/// <summary>
/// What a connection receives, its end told only once everything before it was looked at: Kestrel takes a request's body for cut off
/// when the end comes together with the body's last bytes.
/// </summary>
internal sealed class LateEndInput(PipeReader input) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private long _examined;

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        WithoutEarlyEnd(await input.ReadAsync(cancellationToken));

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool any = input.TryRead(out result);
        result = any ? WithoutEarlyEnd(result) : result;
        return any;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed)
    {
        _examined = 0;
        input.AdvanceTo(consumed);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _examined = consumed.Equals(examined) ? 0 : _buffer.Slice(consumed, examined).Length;
        input.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => input.Complete(exception);

    private ReadResult WithoutEarlyEnd(ReadResult result)
    {
        _buffer = result.Buffer;
        return result.IsCompleted && result.Buffer.Length > _examined ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false) : result;
    }
}
