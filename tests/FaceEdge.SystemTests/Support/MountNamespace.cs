namespace FaceEdge.SystemTests.Support;

/// <summary>A mount that only one daemon sees: as root in a namespace of its own, else in a user namespace.</summary>
internal static class MountNamespace
{
    private static readonly Lazy<string[]?> Unshare = new(Find);

    /// <summary>
    /// The wrapper that lays a tmpfs of that size over a folder before it starts the daemon. Skips the test where neither root nor
    /// user namespaces are to be had.
    /// </summary>
    public static string[] WithTmpfs(string folder, int mebibytes) =>
        Wrapper($"mount -t tmpfs -o size={mebibytes}m tmpfs '{folder}' && exec \"$@\"");

    /// <summary>The wrapper that lays one folder over another before it starts the daemon.</summary>
    public static string[] WithFolderAt(string folder, string at) => Wrapper($"mount --bind '{folder}' '{at}' && exec \"$@\"");

    /// <summary>The wrapper that makes a folder empty and read-only before it starts the daemon.</summary>
    public static string[] ReadOnly(string folder) => Wrapper($"mount -t tmpfs -o ro tmpfs '{folder}' && exec \"$@\"");

    /// <summary>A path as the process sees it.</summary>
    public static string Seen(DaemonProcess daemon, string path) => $"/proc/{daemon.Id}/root{path}";

    private static string[] Wrapper(string script)
    {
        if (Unshare.Value is not { } unshare)
        {
            Assert.Skip("Neither root nor user namespaces: a file system of its own can not be mounted for the daemon here.");
            return [];
        }

        return [.. unshare, "sh", "-c", script, "sh"];
    }

    private static string[]? Find()
    {
        using var folder = new TempFolder();
        foreach (string option in (string[])["-m", "-rm"])
        {
            if (Tool.Try("unshare", null, option, "mount", "-t", "tmpfs", "tmpfs", folder.Path).ExitCode == 0)
            {
                return ["unshare", option];
            }
        }

        return null;
    }
}
