using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaceEdge.Metrics;

/// <summary>What every Prometheus client tells of its process, under the usual names.</summary>
internal static class ProcessGauges
{
    /// <summary>Adds them to a meter; they live as long as it.</summary>
    public static void AddTo(Meter meter)
    {
        using var self = Process.GetCurrentProcess();
        double started = new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge("process_start_time_seconds", () => started, null, "Start of the process in seconds since 1970.");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, null, "Memory held in RAM.");
        meter.CreateObservableCounter(
            "process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, null, "CPU time used, in the program and in the kernel.");
        meter.CreateObservableCounter(
            "dotnet_gc_allocated_bytes_total", () => GC.GetTotalAllocatedBytes(), null, "Memory that the program allocated, freed or not; native memory aside.");
        meter.CreateObservableGauge("process_open_fds", CountOpenFiles, null, "Open files and sockets.");
    }

    private static long CountOpenFiles()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount() - 1; // without the one that lists them
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
