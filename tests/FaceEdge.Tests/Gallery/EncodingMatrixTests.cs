using System.Diagnostics;
using FaceEdge.Gallery;

namespace FaceEdge.Tests.Gallery;

public class EncodingMatrixTests
{
    private const int Dimensions = 512;

    [Fact]
    public void FindsWhatABruteForceInDoublesFinds()
    {
        var random = new Random(1);
        using var matrix = new EncodingMatrix(Dimensions);
        float[][] rows = [.. Enumerable.Range(0, 1000).Select(_ => Unit(random))];
        foreach (float[] row in rows)
        {
            matrix.Add(row);
        }

        for (int i = 0; i < 200; i++)
        {
            float[] probe = Unit(random);
            (int expectedRow, double expected) = rows
                .Select((row, index) => (index, row.Zip(probe, static (a, b) => (double)a * b).Sum()))
                .MaxBy(static pair => pair.Item2);

            BestRow best = matrix.FindBest(probe);

            Assert.Equal(expectedRow, best.Row);
            Assert.Equal(expected, best.Similarity, 1e-5);
        }
    }

    [Fact]
    public void AnEmptyMatrixHasNoBestRow() => Assert.Equal(-1, new EncodingMatrix(4).FindBest([1, 0, 0, 0]).Row);

    [Theory]
    [InlineData(0)]
    [InlineData(8191)]
    [InlineData(16_384)]
    [InlineData(40_000)]
    public void RoomMadeBeforehandChangesNothing(int reserved)
    {
        using var plain = new EncodingMatrix(8);
        using var matrix = new EncodingMatrix(8);
        matrix.Reserve(reserved);
        var random = new Random(reserved);
        for (int i = 0; i < 20_000; i++)
        {
            float[] row = [.. Enumerable.Range(0, 8).Select(_ => (float)random.NextDouble() - 0.5f)];
            Assert.Equal(plain.Add(row), matrix.Add(row));
        }

        Assert.Equal(plain.Rows, matrix.Rows);
        for (int i = 0; i < 50; i++)
        {
            float[] probe = [.. Enumerable.Range(0, 8).Select(_ => (float)random.NextDouble() - 0.5f)];
            Assert.Equal(plain.FindBest(probe), matrix.FindBest(probe));
        }
    }

    [Fact]
    public void ARemovedRowMatchesNothingAndIsUsedAgain()
    {
        using var matrix = new EncodingMatrix(4);
        int first = matrix.Add([1, 0, 0, 0]);
        matrix.Add([0, 1, 0, 0]);

        matrix.Remove(first);

        Assert.Equal(0, matrix.Score(first, [1, 0, 0, 0]));
        Assert.Equal(first, matrix.NextRow());
        Assert.Equal(first, matrix.Add([0, 0, 1, 0]));
        Assert.Equal(2, matrix.Rows);
    }

    [Fact]
    public void WhatWasWrittenSinceAScanIsFoundWithoutAnother()
    {
        using var matrix = new EncodingMatrix(4);
        matrix.Add([1, 0, 0, 0]);
        BestRow scan = matrix.FindBest([0, 0, 1, 0]);

        Assert.Equal(-1, matrix.FindBestSince(scan.Version, [0, 0, 1, 0]).Row);
        int added = matrix.Add([0, 0, 1, 0]);
        Assert.Equal(added, matrix.FindBestSince(scan.Version, [0, 0, 1, 0]).Row);
        matrix.Replace(0, [0, 0, 0, 1]);
        Assert.Equal(0, matrix.FindBestSince(scan.Version, [0, 0, 0, 1]).Row);
    }

    [Fact]
    public void AScanThatIsThousandsOfWritesOldIsDoneAgain()
    {
        using var matrix = new EncodingMatrix(4);
        BestRow scan = matrix.FindBest([0, 1, 0, 0]);
        int wanted = matrix.Add([0, 1, 0, 0]);
        for (int i = 0; i < 5000; i++)
        {
            matrix.Add([1, 0, 0, 0]);
        }

        Assert.Equal(wanted, matrix.FindBestSince(scan.Version, [0, 1, 0, 0]).Row);
    }

    [Fact]
    public void AWrongLengthIsRefused()
    {
        using var matrix = new EncodingMatrix(4);
        Assert.Throws<ArgumentException>(() => matrix.Add([1, 0]));
        Assert.Throws<ArgumentException>(() => matrix.FindBest([1, 0]));
    }

    /// <summary>Every row always holds one number 512 times over; a reader who saw half a row would see a dot product in between.</summary>
    [Fact]
    public async Task ReadersNeverSeeHalfARow()
    {
        using var matrix = new EncodingMatrix(Dimensions);
        float[] low = new float[Dimensions];
        float[] high = new float[Dimensions];
        Array.Fill(low, 1f);
        Array.Fill(high, 2f);
        float[] ones = low;
        int row = matrix.Add(low);
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        long torn = 0;
        long reads = 0;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                float score = matrix.FindBest(ones).Similarity;
                Interlocked.Increment(ref reads);
                if (score is not (512f or 1024f))
                {
                    Interlocked.Increment(ref torn);
                }
            }
        }))];
        long writes = 0;
        // Two seconds, or until enough has happened: an emulated processor, or a busy one, takes longer.
        while (clock.Elapsed.TotalSeconds < 2 || (clock.Elapsed.TotalSeconds < 120 && (writes <= 1000 || Interlocked.Read(ref reads) <= 1000)))
        {
            matrix.Replace(row, (writes++ & 1) == 0 ? high : low);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(reads > 1000 && writes > 1000, $"too little happened to mean anything: {reads} reads, {writes} writes");
        Assert.Equal(0, torn);
    }

    internal static float[] Unit(Random random)
    {
        var vector = new float[Dimensions];
        double sum = 0;
        for (int i = 0; i < Dimensions; i++)
        {
            // Box-Muller: normal numbers make directions uniform on the sphere.
            double u = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            vector[i] = (float)u;
            sum += u * u;
        }

        for (int i = 0; i < Dimensions; i++)
        {
            vector[i] /= (float)Math.Sqrt(sum);
        }

        return vector;
    }
}
