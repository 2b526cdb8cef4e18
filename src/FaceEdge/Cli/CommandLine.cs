using System.CommandLine;
using System.CommandLine.Parsing;
using FaceEdge.Hosting;

namespace FaceEdge.Cli;

/// <summary>Reads the command line, runs the verb, and never shows more of a failure than one line.</summary>
internal static class CommandLine
{
    /// <summary>Runs what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(RootCommand root, string[] arguments) => Failures.TellAsync(async () =>
    {
        ParseResult parsed = root.Parse(arguments);
        string help = $"See {Name(parsed.CommandResult.Command)} --help.";
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException($"{string.Join(" ", parsed.Errors.Select(static error => error.Message))} {help}");
        }

        if (!parsed.Tokens.Any(static token => token.Type is TokenType.Directive)) // A shell asks what could stand there, of a line half typed.
        {
            CheckUnknown(parsed, help);
        }

        // The daemon listens for signals itself and ends in its own time (Limits:ShutdownSeconds); a verb gets some seconds to tidy up.
        bool daemon = parsed.CommandResult.Command == root || parsed.CommandResult.Command.Name == ServeCommand.Name;
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            ProcessTerminationTimeout = daemon ? null : TimeSpan.FromSeconds(10),
            EnableDefaultExceptionHandler = false,
        });
    });

    /// <summary>A command's name with those of the commands that it belongs to.</summary>
    private static string Name(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Name(parent)} {command.Name}" : "faceedge";

    /// <summary>What the verb does not know may be a setting, which the configuration judges; anything else was mistyped.</summary>
    private static void CheckUnknown(ParseResult parsed, string help)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static argument => argument.Tokens)
            .FirstOrDefault(static token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } taken)
        {
            // A mistyped option, which stands where a name can stand. A file of such a name is ./--name.
            throw new UsageException($"There is no option {taken.Value}.{Nearest.DidYouMean(taken.Value, Options(command))} {help}");
        }

        IReadOnlyList<string> unknown = parsed.UnmatchedTokens;
        for (int i = 0; i < unknown.Count; i++)
        {
            string given = unknown[i].Split('=')[0];
            if (!given.StartsWith("--", StringComparison.Ordinal) || given.Length < 3)
            {
                throw new UsageException(
                    $"'{unknown[i]}' is neither a command nor an option.{Nearest.DidYouMean(given, [.. command.Subcommands.Select(static verb => verb.Name), .. Options(command)])} {help}");
            }

            bool isSetting = SettingNames.All.Contains(given[2..], StringComparer.OrdinalIgnoreCase);
            if (!isSetting && Nearest.To(given, Options(command)) is { } option)
            {
                throw new UsageException($"There is no option {given}. Did you mean {option}? {help}");
            }

            if (!unknown[i].Contains('=', StringComparison.Ordinal) && ++i == unknown.Count)
            {
                throw new UsageException($"The option {given} has no value. {help}");
            }
        }
    }

    private static IEnumerable<string> Options(Command command) => command.Options.Select(static option => option.Name);
}
