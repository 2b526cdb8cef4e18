using System.Runtime.InteropServices;

namespace FaceEdge.Cli.Reencode;

/// <summary>Lets everything else go first: a daemon that answers beside this must not become slower.</summary>
internal static partial class LowPriority
{
    private const int OfProcess = 0; // PRIO_PROCESS

    /// <summary>As nice(1): a ninth of the processor beside a busy daemon, all of it beside an idle one.</summary>
    private const int Nice = 10;

    /// <summary>From now on for this thread and those it starts. Where it is not allowed, nothing happens.</summary>
    public static void Take() => _ = SetPriority(OfProcess, 0, Nice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
