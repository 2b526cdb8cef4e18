using System.CommandLine;
using FaceEdge.Hosting;

namespace FaceEdge.Cli;

/// <summary><c>faceedge help</c>, <c>version</c> and <c>completion</c>: what many type before they know <c>--help</c>.</summary>
internal static class HelpCommands
{
    /// <summary>Asks the program itself what can stand there (System.CommandLine's <c>[suggest]</c>), so that no list of verbs grows old.</summary>
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # faceedge completion bash | sudo tee /etc/bash_completion.d/faceedge
            _faceedge() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(faceedge "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _faceedge faceedge
            """,
        ["zsh"] = """
            # faceedge completion zsh >> ~/.zshrc, behind compinit
            _faceedge() {
                local -a found
                found=("${(@f)$(faceedge "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
                compadd -a found
                _files
            }
            compdef _faceedge faceedge
            """,
        ["fish"] = """
            # faceedge completion fish > ~/.config/fish/completions/faceedge.fish
            complete -c faceedge -a '(faceedge "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
            """,
    };

    /// <summary>Adds the three.</summary>
    public static void Add(RootCommand root)
    {
        root.Add(CreateHelp(root));
        var version = new Command("version", "Say which version this is.");
        version.SetAction(static _ => Console.WriteLine(Product.Version));
        root.Add(version);
        root.Add(CreateCompletion());
    }

    private static Command CreateHelp(RootCommand root)
    {
        var about = new Argument<string[]>("COMMAND") { Description = "The command to explain", Arity = ArgumentArity.ZeroOrMore };
        var help = new Command("help", "Explain a command, or list them all.") { about };
        help.SetAction(parsed =>
        {
            ParseResult asked = root.Parse([.. parsed.GetValue(about)!, "--help"]);
            if (asked.UnmatchedTokens is [var unknown, ..])
            {
                throw new UsageException($"There is no command {unknown}.{Nearest.DidYouMean(unknown, asked.CommandResult.Command.Subcommands.Select(static verb => verb.Name))} See faceedge help.");
            }

            return asked.Invoke();
        });
        return help;
    }

    private static Command CreateCompletion()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Scripts.Keys) };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var completion = new Command("completion", "Print what lets a shell complete commands and options.") { shell };
        completion.SetAction(parsed => Console.WriteLine(Scripts[parsed.GetValue(shell)!]));
        return completion;
    }
}
