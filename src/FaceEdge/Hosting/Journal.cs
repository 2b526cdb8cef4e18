namespace FaceEdge.Hosting;

/// <summary>Tells whether standard error goes to systemd's journal, which wants a priority before each line instead of a time.</summary>
internal static class Journal
{
    /// <summary>Whether standard error is the journal's socket.</summary>
    public static bool HasStandardError { get; } =
        Names(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), new FileInfo("/proc/self/fd/2").LinkTarget);

    /// <summary>A line for the journal with the priority of an error (sd-daemon(3)); elsewhere the line itself.</summary>
    public static string Error(string line) => HasStandardError ? "<3>" + line : line;

    /// <summary>
    /// Whether <c>$JOURNAL_STREAM</c> (device:inode) names what standard error is. The variable alone is not enough: it is inherited by
    /// programs whose output was redirected.
    /// </summary>
    /// <param name="variable">For instance <c>8:12345</c>.</param>
    /// <param name="target">For instance <c>socket:[12345]</c>.</param>
    internal static bool Names(string? variable, string? target) =>
        variable?.Split(':') is [_, { Length: > 0 } inode] && target == $"socket:[{inode}]";
}
