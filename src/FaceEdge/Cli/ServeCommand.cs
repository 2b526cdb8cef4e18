using System.CommandLine;
using FaceEdge.Hosting;

namespace FaceEdge.Cli;

/// <summary><c>faceedge serve</c>: the daemon. Every setting can be given as <c>--Key value</c> or <c>--Section:Key value</c>.</summary>
internal static class ServeCommand
{
    /// <summary>The verb.</summary>
    public const string Name = "serve";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var serve = new Command(Name, "Run the daemon (default). Any setting of the README's table can be given as --Section:Key VALUE.");
        Accept(serve);
        return serve;
    }

    /// <summary>Makes a command run the daemon.</summary>
    public static void Accept(Command command)
    {
        SettingArguments.Accept(command);
        command.SetAction((parsed, _) => RunAsync(SettingArguments.Of(parsed)));
    }

    private static Task<int> RunAsync(string[] settings) => Failures.TellAsync(async () =>
    {
        try
        {
            await Daemon.RunAsync(() => OptionsLoader.Load(settings));
            return ExitCodes.Ok;
        }
        catch (IOException e)
        {
            return Failures.Stop(ExitCodes.Unavailable, "listen", e);
        }
    });
}
