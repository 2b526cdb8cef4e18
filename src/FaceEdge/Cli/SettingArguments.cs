using System.CommandLine;

namespace FaceEdge.Cli;

/// <summary>Settings on the command line: two that help shows, and any other of the README's table.</summary>
internal static class SettingArguments
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

    /// <summary>Lets a command take settings. Options it does not know are settings, too; the configuration judges them.</summary>
    public static void Accept(Command command)
    {
        command.Add(Urls);
        command.Add(DataDirectory);
        AcceptUnshown(command);
    }

    /// <summary>The same for a command that neither listens nor keeps data, so that its help need not show where.</summary>
    public static void AcceptUnshown(Command command) => command.TreatUnmatchedTokensAsErrors = false;

    /// <summary>The settings that were given, as the configuration reads them.</summary>
    public static string[] Of(ParseResult parsed) => [.. Setting(parsed, Urls), .. Setting(parsed, DataDirectory), .. parsed.UnmatchedTokens];

    private static string[] Setting(ParseResult parsed, Option<string?> option) =>
        parsed.GetResult(option) is { Implicit: false } ? [option.Name, parsed.GetValue(option) ?? ""] : [];
}
