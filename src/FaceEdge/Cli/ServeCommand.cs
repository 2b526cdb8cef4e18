using System.CommandLine;
using FaceEdge.Hosting;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli;

/// <summary><c>faceedge serve</c>: the daemon. Every setting can be given as <c>--Key value</c> or <c>--Section:Key value</c>.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> Urls = new("--Urls")
    {
        Description = "Where to listen [default: http://127.0.0.1:5000; for the whole network: http://0.0.0.0:5000]",
        HelpName = "URL",
    };

    private static readonly Option<string?> DataDirectory = new("--DataDirectory")
    {
        Description = "The folder that holds Image.db [default: $STATE_DIRECTORY, else ~/.local/share/faceedge]",
        HelpName = "DIR",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var serve = new Command("serve", "Run the daemon (default). Any setting of the README's table can be given as --Section:Key VALUE.");
        Accept(serve);
        return serve;
    }

    /// <summary>Makes a command run the daemon. Options it does not know are settings; the configuration judges them.</summary>
    public static void Accept(Command command)
    {
        command.Add(Urls);
        command.Add(DataDirectory);
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) => RunAsync(
        [
            .. Setting(parsed, Urls),
            .. Setting(parsed, DataDirectory),
            .. parsed.UnmatchedTokens,
        ]));
    }

    private static string[] Setting(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is { Implicit: false } ? [option.Name, parsed.GetValue(option) ?? ""] : [];

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
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
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
