using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace FaceEdge;

/// <summary>
/// The one place for what can be derived again and is worth keeping for a while (what the models said of a photo that may be posted
/// again, thumbnails, statistics), bounded in bytes. Biometric data must not stay by being forgotten in a list of keys: an erasure, or any
/// other change that may alter what was derived, drops everything, which costs moments of work; and what has had its time is taken out, not
/// only hidden.
/// </summary>
public sealed class DerivedCache : IDisposable
{
    /// <summary>How often what has had its time is taken out: by itself the framework's cache would keep it until somebody asks for something.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    private readonly MemoryCache _memory;
    private readonly ITimer _sweeper;
    private readonly Lock _gate = new();
    private long _generation;
    private bool _sweeping;

    /// <summary>An empty cache.</summary>
    /// <param name="bytes">Most that it may hold.</param>
    /// <param name="time">By whose monotonic clock things age: a wall clock set back would keep them for hours.</param>
    public DerivedCache(long bytes, TimeProvider time)
    {
        _memory = new MemoryCache(new MemoryCacheOptions { SizeLimit = bytes, Clock = new MonotonicClock(time), TrackStatistics = true });
        _sweeper = time.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes held, as those said who keep them.</summary>
    public long Bytes => _memory.GetCurrentStatistics()!.CurrentEstimatedSize ?? 0;

    /// <summary>Things held.</summary>
    public int Count => _memory.Count;

    /// <summary>To be read before the first look at what something is derived from, and handed to <see cref="Keep"/>.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>What is kept under a key; null when there is nothing, or it has had its time.</summary>
    public T? Find<T>(object key)
        where T : class => _memory.Get(key) as T;

    /// <summary>Keeps something, unless <see cref="DropAll"/> came since <paramref name="generation"/>, or the cache is full.</summary>
    /// <param name="key">Its own kind of object for each kind of thing.</param>
    /// <param name="value">What is kept; never changed afterwards.</param>
    /// <param name="bytes">What it takes in memory, its own book-keeping included.</param>
    /// <param name="lifetime">How long it is found.</param>
    /// <param name="generation"><see cref="Generation"/> before it was derived.</param>
    public void Keep(object key, object value, long bytes, TimeSpan lifetime, long generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
            {
                return;
            }

            _memory.Set(key, value, new MemoryCacheEntryOptions { Size = bytes, AbsoluteExpirationRelativeToNow = lifetime });
            if (!_sweeping)
            {
                _sweeping = _sweeper.Change(SweepEvery, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Empties it: a person was erased, or something changed that what is kept here may have been derived from.</summary>
    public void DropAll()
    {
        lock (_gate)
        {
            Volatile.Write(ref _generation, _generation + 1);
            _memory.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweeper.Dispose();
        _memory.Dispose();
    }

    private void Sweep()
    {
        lock (_gate)
        {
            _memory.Compact(0); // Nothing but what has had its time.
            _sweeping = _memory.Count > 0 && _sweeper.Change(SweepEvery, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class MonotonicClock(TimeProvider time) : ISystemClock
    {
        private readonly long _start = time.GetTimestamp();

        public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + time.GetElapsedTime(_start);
    }
}
