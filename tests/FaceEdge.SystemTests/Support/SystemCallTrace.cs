namespace FaceEdge.SystemTests.Support;

/// <summary>
/// Everything that a process and its threads ask the kernel for about files and sockets, written down by strace (<c>make setup-test</c>
/// installs it). The process keeps its id: strace watches from the side.
/// </summary>
internal sealed class SystemCallTrace : IDisposable
{
    // The question mark: arm64 has only the newer ones of each group.
    private const string Calls = "?open,?openat,?openat2,?creat,?truncate,?mkdir,?mkdirat,?mknod,?mknodat,?rename,?renameat,?renameat2,"
        + "?link,?linkat,?symlink,?symlinkat,?socket,?connect,?bind,?listen,?sendto,?sendmsg,?sendmmsg,?execve";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly string[] NameLookups =
        ["/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "libnss_", "libresolv", "/nscd"];

    private readonly TempFolder _folder = new();

    /// <summary>What to start the process with. Skips the test where a process may not be traced.</summary>
    public string[] Wrapper()
    {
        if (Tool.Try("strace", null, "-f", "--seccomp-bpf", "-o", "/dev/null", "true") is { ExitCode: not 0 } refused)
        {
            Assert.Skip($"A process cannot be traced here: {refused.Error.Trim()}");
        }

        // A file for each thread (-ff), so that no call is cut in two by another's; only these calls stop the process (--seccomp-bpf).
        return ["strace", "-D", "-ff", "--seccomp-bpf", "-y", "-s", "256", "-o", _folder.File("calls"), "-e", $"trace={Calls}"];
    }

    /// <summary>All calls, once the process has ended.</summary>
    public async Task<string[]> ReadAsync(int process)
    {
        string first = _folder.File($"calls.{process}");
        using var patience = new CancellationTokenSource(Longest);
        while (!(await File.ReadAllTextAsync(first, patience.Token)).Contains("+++ exited", StringComparison.Ordinal))
        {
            await Task.Delay(50, patience.Token);
        }

        return [.. Directory.GetFiles(_folder.Path).SelectMany(File.ReadAllLines)];
    }

    /// <summary>Calls that make, change or move a file elsewhere than in a folder, whether or not they succeeded.</summary>
    public static string[] WritesOutside(string folder, string[] calls) => [.. calls.Where(call =>
        (Is(call, "creat") || Is(call, "truncate") || Is(call, "mkdir") || Is(call, "mkdirat") || Is(call, "mknod") || Is(call, "mknodat")
            || Is(call, "rename") || Is(call, "renameat") || Is(call, "renameat2") || Is(call, "link") || Is(call, "linkat")
            || Is(call, "symlink") || Is(call, "symlinkat")
            || ((Is(call, "open") || Is(call, "openat") || Is(call, "openat2")) && (call.Contains("O_WRONLY", StringComparison.Ordinal)
                || call.Contains("O_RDWR", StringComparison.Ordinal) || call.Contains("O_CREAT", StringComparison.Ordinal))))
        && !call.Contains($"\"{folder}", StringComparison.Ordinal) && !call.Contains("\"/dev/null\"", StringComparison.Ordinal))];

    /// <summary>Calls that reach somebody: a connection, a datagram to an address. Answers to who connected have no address.</summary>
    public static string[] Contacts(string[] calls) => [.. calls.Where(call =>
        Is(call, "connect")
        || ((Is(call, "sendto") || Is(call, "sendmsg") || Is(call, "sendmmsg")) && call.Contains("sa_family", StringComparison.Ordinal)))];

    /// <summary>Reads of what names of machines are looked up with.</summary>
    public static string[] Lookups(string[] calls) =>
        [.. calls.Where(call => call.Contains("open", StringComparison.Ordinal) && NameLookups.Any(name => call.Contains(name, StringComparison.Ordinal)))];

    /// <summary>Calls of one name.</summary>
    public static string[] Of(string name, string[] calls) => [.. calls.Where(call => Is(call, name))];

    public void Dispose() => _folder.Dispose();

    private static bool Is(string call, string name) => call.StartsWith(name + "(", StringComparison.Ordinal);
}
