using System.Diagnostics;
using System.Numerics.Tensors;
using FaceEdge.Gallery;

namespace FaceEdge.Cli.Bench;

/// <summary>How long it takes to find the nearest of many people.</summary>
internal static class SearchBench
{
    /// <summary>Measures for a time, at least five searches.</summary>
    /// <param name="people">Templates to make up.</param>
    /// <param name="dimensions">Numbers in each.</param>
    /// <param name="time">How long.</param>
    /// <param name="cancel">Gives up.</param>
    public static SearchReport Run(int people, int dimensions, TimeSpan time, CancellationToken cancel)
    {
        long before = Environment.WorkingSet;
        using var matrix = new EncodingMatrix(dimensions);
        var random = new Random(1);
        float[] row = new float[dimensions];
        for (int i = 0; i < people; i++)
        {
            cancel.ThrowIfCancellationRequested();
            Fill(row, random);
            matrix.Add(row);
        }

        long bytes = Math.Max(Environment.WorkingSet - before, 0);
        var times = new Samples();
        long started = Stopwatch.GetTimestamp();
        while (times.Count < 5 || Stopwatch.GetElapsedTime(started) < time)
        {
            cancel.ThrowIfCancellationRequested();
            Fill(row, random);
            long one = Stopwatch.GetTimestamp();
            _ = matrix.FindBest(row);
            times.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
        }

        return new SearchReport(people, dimensions, times.Quantile(0.5), times.Quantile(0.95), bytes);
    }

    /// <summary>A direction; which one does not matter, because every search reads every template.</summary>
    private static void Fill(Span<float> row, Random random)
    {
        foreach (ref float value in row)
        {
            value = random.NextSingle() - 0.5f;
        }

        TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
    }
}
