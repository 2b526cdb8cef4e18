using System.IO.Pipelines;

namespace FaceEdge.Http.Connections;

/// <summary>What is written to a connection, unchanged, until somebody has a better last answer than the one that is about to be written.</summary>
internal sealed class ReplaceableOutput(PipeWriter output) : PipeWriter
{
    private byte[]? _lastAnswer;
    private byte[]? _scratch;

    /// <summary>From now on nothing that is written goes out; this does, once, with the next flush.</summary>
    public void Replace(byte[] lastAnswer)
    {
        _lastAnswer ??= lastAnswer;
        _scratch ??= new byte[4096];
    }

    /// <summary>Whether the last answer was replaced.</summary>
    public bool IsReplaced => _scratch is not null;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => output.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => IsReplaced ? Scratch(sizeHint) : output.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => IsReplaced ? Scratch(sizeHint) : output.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (!IsReplaced)
        {
            output.Advance(bytes);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        WriteLastAnswer();
        return output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        WriteLastAnswer();
        output.Complete(exception);
    }

    private byte[] Scratch(int sizeHint) => _scratch = _scratch!.Length >= sizeHint ? _scratch : new byte[sizeHint];

    private void WriteLastAnswer()
    {
        if (_lastAnswer is { Length: > 0 } answer)
        {
            _lastAnswer = [];
            answer.CopyTo(output.GetSpan(answer.Length));
            output.Advance(answer.Length);
        }
    }
}
