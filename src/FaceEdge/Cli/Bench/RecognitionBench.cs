using System.Diagnostics;
using FaceEdge.Recognition;

namespace FaceEdge.Cli.Bench;

/// <summary>Photos through the daemon's own path, everything but HTTP, against a throw-away gallery.</summary>
/// <param name="recognizer">The path.</param>
/// <param name="photo">The file.</param>
internal sealed class RecognitionBench(Recognizer recognizer, byte[] photo)
{
    private const int WarmUp = 3;

    /// <summary>Recognises the photo once.</summary>
    public Task<RecognitionResult> OnceAsync(CancellationToken cancel) => recognizer.RecognizeAsync(photo, cancel);

    /// <summary>
    /// So many clients, each posting again when it has its answer. Some photos before do not count: as many at once as never before take
    /// working buffers of megabytes, once.
    /// </summary>
    /// <param name="clients">At once.</param>
    /// <param name="time">How long; each client finishes what it began, and posts at least twice.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<LoadReport> RunAsync(int clients, TimeSpan time, CancellationToken cancel)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => OnceAsync(cancel), cancel)));
        }

        long started = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        Samples[] each = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => ClientAsync(started, time, cancel), cancel)));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double cpuMs = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var all = new Samples();
        foreach (Samples one in each)
        {
            all.Add(one);
        }

        return new LoadReport(
            clients, all.Count / seconds, all.Quantile(0.5), all.Quantile(0.95), cpuMs / all.Count, (double)allocated / all.Count, all.Count);
    }

    private async Task<Samples> ClientAsync(long started, TimeSpan time, CancellationToken cancel)
    {
        var samples = new Samples();
        while (samples.Count < 2 || Stopwatch.GetElapsedTime(started) < time)
        {
            cancel.ThrowIfCancellationRequested();
            long one = Stopwatch.GetTimestamp();
            await OnceAsync(cancel);
            samples.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
        }

        return samples;
    }
}
