using Microsoft.Extensions.Time.Testing;

namespace FaceEdge.Tests;

public sealed class DerivedCacheTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);

    private readonly FakeTimeProvider _time = new();
    private readonly DerivedCache _cache;

    public DerivedCacheTests() => _cache = new DerivedCache(1000, _time);

    [Fact]
    public void WhatIsKeptIsFoundUntilItsTimeIsOver()
    {
        Keep("a", "value");
        _time.Advance(Lifetime - TimeSpan.FromMilliseconds(1));
        Assert.Equal("value", _cache.Find<string>("a"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_cache.Find<string>("a"));
    }

    [Fact]
    public void WhatHadItsTimeIsTakenOutThoughNobodyAsks()
    {
        Keep("a", "value");
        _time.Advance(TimeSpan.FromSeconds(2));
        Keep("b", "value");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((1, 100), (_cache.Count, _cache.Bytes));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((0, 0), (_cache.Count, _cache.Bytes));

        // And once more, after everything was gone.
        Keep("c", "value");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void AWallClockThatIsSetBackKeepsNothingLonger()
    {
        var time = new NoWallClock();
        using var cache = new DerivedCache(1000, time);
        cache.Keep("a", "value", 100, Lifetime, cache.Generation);
        Assert.Equal("value", cache.Find<string>("a"));
        time.Now += Lifetime;
        Assert.Null(cache.Find<string>("a"));
    }

    [Fact]
    public void NothingIsLeftAfterADrop()
    {
        Keep("a", "value");
        _cache.DropAll();
        Assert.Null(_cache.Find<string>("a"));
        Assert.Equal((0, 0), (_cache.Count, _cache.Bytes));
    }

    [Fact]
    public void WhatWasBegunBeforeADropIsNotKept()
    {
        long before = _cache.Generation;
        _cache.DropAll();
        _cache.Keep("a", "value", 100, Lifetime, before);
        Assert.Null(_cache.Find<string>("a"));
        Keep("a", "value");
        Assert.Equal("value", _cache.Find<string>("a"));
    }

    [Fact]
    public void ItNeverHoldsMoreThanItMay()
    {
        for (int i = 0; i < 100; i++)
        {
            Keep(i, "value");
            Assert.InRange(_cache.Bytes, 0, 1000);
        }

        Keep("whole", "value", bytes: 1001);
        Assert.Null(_cache.Find<string>("whole"));
    }

    [Fact]
    public async Task DropsAndKeepsAtOnceLeaveNothingOfBefore()
    {
        using var cache = new DerivedCache(1 << 20, TimeProvider.System);
        int erased = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                // What is derived after an erasure is derived from what is left.
                long generation = cache.Generation;
                string derived = Volatile.Read(ref erased).ToString();
                cache.Keep(worker, derived, 1, Lifetime, generation);
                if (worker == 0)
                {
                    int count = Interlocked.Increment(ref erased);
                    cache.DropAll();
                    for (int other = 0; other < 4; other++)
                    {
                        Assert.False(cache.Find<string>(other) is { } found && int.Parse(found) < count);
                    }
                }
            }
        })));
    }

    public void Dispose() => _cache.Dispose();

    private void Keep(object key, object value, long bytes = 100) => _cache.Keep(key, value, bytes, Lifetime, _cache.Generation);

    private sealed class NoWallClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("The wall clock was asked for.");
    }
}
