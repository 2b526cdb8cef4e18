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
        var serve = new Command(
            "serve",
            "Run the daemon (default). Settings: --Urls http://127.0.0.1:5000, --DataDirectory DIR, --Section:Key VALUE; the README lists them all.");
        Accept(serve);
        return serve;
    }

    /// <summary>Makes a command run the daemon with its unmatched arguments as settings.</summary>
    public static void Accept(Command command)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) => RunAsync([.. parsed.UnmatchedTokens]));
    }

    private static async Task<int> RunAsync(string[] settings)
    {
        try
        {
            await Daemon.RunAsync(OptionsLoader.Load(settings));
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
        catch (Exception e) when (e is ModelException or DllNotFoundException)
        {
            return Stop(ExitCodes.Models, "models", e);
        }
        catch (IOException e)
        {
            return Stop(ExitCodes.Unavailable, "listen", e);
        }
    }

    private static int Stop(int code, string what, Exception e)
    {
        Console.Error.WriteLine($"faceedge: {what}: {e.Message.ReplaceLineEndings(" ")}");
        return code;
    }
}
