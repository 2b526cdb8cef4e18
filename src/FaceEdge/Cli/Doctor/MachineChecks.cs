using System.Runtime.InteropServices;
using FaceEdge.Hosting;

namespace FaceEdge.Cli.Doctor;

/// <summary>The box itself: processor, memory, clock.</summary>
internal static class MachineChecks
{
    /// <summary>What the daemon takes with models and some photos at once, measured: 150 MB, and as much again for a flood of large ones.</summary>
    private const long ComfortableBytes = 300_000_000;

    /// <summary>Below this the models alone do not fit.</summary>
    private const long NeededBytes = 120_000_000;

    /// <summary>Vector instructions that ONNX Runtime uses when they are there; the names are the kernel's.</summary>
    private static readonly string[] Faster = ["sse4_2", "avx", "avx2", "fma", "avx512f", "avx_vnni", "avx512_vnni", "asimd", "asimddp", "i8mm"];

    /// <summary>Tells what the processor can do; nothing of it is needed, but it explains the speed.</summary>
    public static Finding Cpu() => Cpu(File.Exists("/proc/cpuinfo") ? File.ReadAllLines("/proc/cpuinfo") : []);

    /// <summary>The same for lines of <c>/proc/cpuinfo</c>.</summary>
    internal static Finding Cpu(string[] lines)
    {
        string model = Value(lines, "model name") ?? Value(lines, "Model") ?? "processor";
        string[] has = (Value(lines, "flags") ?? Value(lines, "Features") ?? "").Split(' ');
        string[] faster = [.. Faster.Where(has.Contains)];
        string what = $"{model}, {Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}: {(faster.Length > 0 ? string.Join(' ', faster) : "no vector instructions named")}";
        return faster.Contains("avx2") || faster.Contains("asimd")
            ? Finding.Ok("cpu", what)
            : Finding.Warn("cpu", what, "It works, several times slower than with AVX2 or NEON. In a virtual machine: pass the host's CPU model through.");
    }

    /// <summary>Whether the models fit, here and within what a container or service may take.</summary>
    public static Finding Memory() => Memory(
        Kilobytes(File.ReadAllLines("/proc/meminfo"), "MemAvailable"), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>The same for numbers: what is free on the box, and the most that this process may take.</summary>
    internal static Finding Memory(long free, long limit)
    {
        string what = $"{free / 1e6:N0} MB free, this process may take {limit / 1e6:N0} MB";
        long room = Math.Min(free, limit);
        return room < NeededBytes ? Finding.Fail("memory", what, "The daemon needs 150 MB. Stop something else, or raise MemoryMax.")
            : room < ComfortableBytes ? Finding.Warn("memory", what, "Enough for everyday use, tight for large photos: lower Limits:MaxPixels and Limits:MaxConcurrentRequests.")
            : Finding.Ok("memory", what);
    }

    /// <summary>Whether the clock was set: it dates faces, logs and backups.</summary>
    public static Finding Clock(string folder, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        string what = $"{now:u}";
        const string Advice = "Let the box fetch the time: timedatectl set-ntp true. Without a network, set it by hand: timedatectl set-time";
        if (now < DaemonLog.Earliest)
        {
            return Finding.Warn("clock", $"{what}: it was never set", Advice);
        }

        string database = Path.Combine(folder, "Image.db");
        return File.Exists(database) && File.GetLastWriteTimeUtc(database) is var written && written > now.AddDays(1)
            ? Finding.Warn("clock", $"{what}, but {database} was written at {written:u}: it went back", Advice)
            : Finding.Ok("clock", what);
    }

    private static string? Value(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.Split(':')[0].Trim() == name)?.Split(':', 2)[1].Trim();

    private static long Kilobytes(string[] lines, string name) =>
        long.TryParse(Value(lines, name)?.Split(' ')[0], out long kilobytes) ? kilobytes * 1024 : 0;
}
