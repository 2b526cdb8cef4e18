using System.Runtime.InteropServices;

namespace FaceEdge;

/// <summary>
/// Native memory for uploads and pixels, kept for reuse: touching a fresh page costs about 11 us on a virtual machine, so a fresh buffer for a
/// 12 MP photo costs more than recognising the face in it. What lies unused is given back to the system after a while.
/// </summary>
internal static unsafe class NativeBuffers
{
    /// <summary>Larger buffers are freed at once. 64 MiB holds 22 MP: every photo that is decoded unscaled at the default settings.</summary>
    internal const long LargestKept = 64L << 20;

    /// <summary>Most that lies waiting. Two 12 MP photos being turned upright need four buffers of 36 MB, and only for a moment.</summary>
    internal const long MostKept = 128L << 20;

    /// <summary>Most buffers that lie waiting, so that looking through them stays cheap.</summary>
    private const int MostBlocks = 32;

    /// <summary>A buffer that nobody wanted for so long is freed.</summary>
    private const int IdleMilliseconds = 30_000;

    private static readonly Lock Gate = new();
    private static readonly List<Block> Waiting = []; // the longest waiting first
    private static readonly Timer Trimmer = new(_ => Trim(Environment.TickCount64), null, Timeout.Infinite, Timeout.Infinite);
    private static long _waitingBytes;

    /// <summary>Bytes that lie waiting for reuse.</summary>
    internal static long WaitingBytes
    {
        get
        {
            lock (Gate)
            {
                return _waitingBytes;
            }
        }
    }

    /// <summary>At least <paramref name="bytes"/> bytes, aligned to 64, contents undefined.</summary>
    internal static Block Rent(long bytes)
    {
        lock (Gate)
        {
            // The smallest that fits, unless it is twice too large: a thumbnail must not sit in a photo's buffer.
            var best = -1;
            for (var i = Waiting.Count - 1; i >= 0; i--)
            {
                var size = Waiting[i].Bytes;
                if (size >= bytes && size <= 2 * bytes + Granule && (best < 0 || size < Waiting[best].Bytes))
                {
                    best = i;
                }
            }
            if (best >= 0)
            {
                var block = Waiting[best];
                Remove(best);
                return block;
            }
        }
        var rounded = (bytes + Granule - 1) / Granule * Granule;
        return new Block((nint)NativeMemory.AlignedAlloc((nuint)rounded, 64), rounded, 0);
    }

    /// <summary>Takes a rented block back; it must not be touched afterwards.</summary>
    /// <param name="block">As it was rented.</param>
    /// <param name="largestKept">Larger ones are freed at once.</param>
    internal static void Return(Block block, long largestKept = LargestKept)
    {
        if (block.Bytes > largestKept)
        {
            NativeMemory.AlignedFree((void*)block.Address);
            return;
        }
        lock (Gate)
        {
            while (Waiting.Count >= MostBlocks || _waitingBytes + block.Bytes > MostKept)
            {
                NativeMemory.AlignedFree((void*)Waiting[0].Address);
                Remove(0);
            }
            Waiting.Add(block with { ReturnedAt = Environment.TickCount64 });
            _waitingBytes += block.Bytes;
            if (Waiting.Count == 1)
            {
                Trimmer.Change(IdleMilliseconds, Timeout.Infinite);
            }
        }
    }

    /// <summary>Frees what was returned <see cref="IdleMilliseconds"/> or longer before <paramref name="now"/>.</summary>
    internal static void Trim(long now)
    {
        lock (Gate)
        {
            while (Waiting.Count > 0 && now - Waiting[0].ReturnedAt >= IdleMilliseconds)
            {
                NativeMemory.AlignedFree((void*)Waiting[0].Address);
                Remove(0);
            }
            if (Waiting.Count > 0)
            {
                Trimmer.Change(IdleMilliseconds, Timeout.Infinite);
            }
        }
    }

    /// <summary>Sizes are rounded up to this, so that photos cropped a little differently share buffers.</summary>
    private const long Granule = 64 << 10;

    private static void Remove(int index)
    {
        _waitingBytes -= Waiting[index].Bytes;
        Waiting.RemoveAt(index);
    }

    /// <summary>A piece of native memory.</summary>
    internal readonly record struct Block(nint Address, long Bytes, long ReturnedAt);
}
