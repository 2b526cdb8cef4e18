using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using FaceEdge.Hosting;

namespace FaceEdge.Cli;

/// <summary>
/// <c>faceedge reload</c>, which <c>systemctl reload faceedge</c> runs: reads the settings as the daemon would and tells it to only if they are right. A
/// signal alone says nothing of what became of it, and systemd would call a refused file a success.
/// </summary>
internal static partial class ReloadCommand
{
    private const int HangUp = 1; // SIGHUP

    private static readonly Argument<int?> Daemon = new("PID")
    {
        Description = "The daemon's process; without it $MAINPID, as systemd gives it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var reload = new Command("reload", "Let a running daemon read its settings again, if they are right. The service: systemctl reload faceedge.");
        reload.Add(Daemon);
        reload.SetAction(parsed => Failures.TellAsync(() => Task.FromResult(Run(parsed.GetValue(Daemon) ?? MainProcess()))));
        return reload;
    }

    private static int Run(int daemon)
    {
        string[] arguments = ArgumentsOf(daemon);
        OptionsLoader.Load(arguments is [ServeCommand.Name, ..] ? arguments[1..] : arguments);
        return Kill(daemon, HangUp) == 0
            ? ExitCodes.Ok
            : throw new IOException($"process {daemon} can not be told: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static int MainProcess() =>
        int.TryParse(Environment.GetEnvironmentVariable("MAINPID"), NumberStyles.None, CultureInfo.InvariantCulture, out int daemon)
            ? daemon
            : throw new UsageException("Which daemon? The service: systemctl reload faceedge. Another one: faceedge reload PID.");

    /// <summary>What the daemon was started with: it reads the settings with that, too.</summary>
    private static string[] ArgumentsOf(int daemon)
    {
        string folder = $"/proc/{daemon}";
        try
        {
            return File.ReadAllText($"{folder}/comm").Trim() == Product.ProcessName
                ? File.ReadAllText($"{folder}/cmdline").TrimEnd('\0').Split('\0')[1..]
                : throw new UsageException($"Process {daemon} is no faceedge.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // In the unit's sandbox (PrivateUsers, ProtectProc) other processes are not to be seen; systemd knows that this one is there, and ExecStart
            // has no arguments of its own.
            return Environment.GetEnvironmentVariable("MAINPID") == daemon.ToString(CultureInfo.InvariantCulture)
                ? []
                : throw new UsageException($"There is no process {daemon}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
