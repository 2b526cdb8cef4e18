using System.Runtime.InteropServices;

namespace FaceEdge.Hosting;

/// <summary>How the C library's heap gives memory back.</summary>
internal static partial class NativeHeap
{
    /// <summary>M_MMAP_THRESHOLD of malloc.h.</summary>
    private const int MmapThreshold = -3;

    /// <summary>Blocks from this size on are returned to the system when freed. Smaller ones come and go in the heap.</summary>
    private const int ReturnedFrom = 1024 * 1024;

    /// <summary>
    /// Fixes the size from which a freed block goes back to the system. glibc raises it to the largest block ever freed (mallopt(3)), and
    /// after a few large photos kept 180 MB that nothing used. Call before anything large is allocated.
    /// </summary>
    public static void ReturnLargeBlocks() => _ = SetOption(MmapThreshold, ReturnedFrom);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
