using System.CommandLine;
using FaceEdge.Hosting;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli;

/// <summary><c>faceedge serve</c>: the daemon. Every setting can be given as <c>--Key value</c> or <c>--Section:Key value</c>.</summary>
internal static class ServeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var serve = new Command("serve", "Run the daemon (default). Any setting of the README's table can be given as --Section:Key VALUE.");
        Accept(serve);
        return serve;
    }

    /// <summary>Makes a command run the daemon.</summary>
    public static void Accept(Command command)
    {
        SettingArguments.Accept(command);
        command.SetAction((parsed, _) => RunAsync(SettingArguments.Of(parsed)));
    }

    private static async Task<int> RunAsync(string[] settings)
    {
        try
        {
            await Daemon.RunAsync(() => OptionsLoader.Load(settings));
            return ExitCodes.Ok;
        }
        catch (ConfigurationException e)
        {
            return Stop(ExitCodes.Configuration, "configuration", e);
        }
        catch (StorageException e)
        {
            return Stop(ExitCodes.Storage, "database", e);
        }
        catch (ModelException e)
        {
            return Stop(ExitCodes.Models, "models", e);
        }
        catch (DllNotFoundException e)
        {
            return Stop(ExitCodes.Models, "libraries", e);
        }
        catch (TypeInitializationException e) when (e.InnerException is DllNotFoundException)
        {
            return Stop(ExitCodes.Models, "libraries", e.InnerException);
        }
        catch (IOException e)
        {
            return Stop(ExitCodes.Unavailable, "listen", e);
        }
    }

    private static int Stop(int code, string what, Exception e)
    {
        Console.Error.WriteLine(Journal.Error($"faceedge: {what}: {e.Message.ReplaceLineEndings(" ")}"));
        return code;
    }
}
