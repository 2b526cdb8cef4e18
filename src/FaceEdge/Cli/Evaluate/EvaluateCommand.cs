using System.CommandLine;
using FaceEdge.Evaluation;
using FaceEdge.Hosting;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Cli.Evaluate;

/// <summary><c>faceedge evaluate</c>: how good recognition is on photos of one's own. It reads photos and leaves nothing behind.</summary>
internal static class EvaluateCommand
{
    /// <summary>Where the photos are.</summary>
    public static readonly Option<string> Folder = new("--folder")
    {
        Description = "The photos: person/photo.jpg, or Person_0001.jpg flat",
        HelpName = "DIR",
        Required = true,
    };

    /// <summary>For scripts.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print the figures as JSON, for scripts" };

    /// <summary>The command.</summary>
    public static Command Create() => new(
        "evaluate",
        "Measure recognition on labelled photos, for instance from your own camera. Reads photos only; nothing is kept.")
    {
        PairsCommand.Create(),
        StreamCommand.Create(),
        DetectCommand.Create(),
        CalibrateCommand.Create(),
    };

    /// <summary>A sub-command that takes a folder, settings and <c>--json</c>.</summary>
    /// <param name="command">Its name and description.</param>
    /// <param name="run">Measures with loaded models and prints.</param>
    public static Command Accept(Command command, Func<ParseResult, FaceEdgeOptions, FaceAnalyzer, CancellationToken, Task> run)
    {
        command.Add(Folder);
        command.Add(Json);
        command.Description += " Any setting of the README's table can be given as --Section:Key VALUE.";
        SettingArguments.AcceptUnshown(command);
        command.SetAction((parsed, cancel) => Failures.TellAsync(async () =>
        {
            FaceEdgeOptions options = OptionsLoader.Load(SettingArguments.Of(parsed));
            CodecLibraries.Check();
            using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
            await run(parsed, options, analyzer, cancel);
            return ExitCodes.Ok;
        }));
        return command;
    }

    /// <summary>Writes a file the user asked for.</summary>
    /// <exception cref="EvaluationException">It can not be written.</exception>
    public static void WriteFile(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"{path} can not be written: {e.Message}");
        }
    }
}
