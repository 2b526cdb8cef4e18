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
    public static readonly Option<bool> Json = Options.Json("the figures");

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var evaluate = new Command(
            "evaluate",
            "Measure recognition on labelled photos, for instance from your own camera. Reads photos only; nothing is kept.")
        {
            PairsCommand.Create(),
            StreamCommand.Create(),
            DetectCommand.Create(),
            CalibrateCommand.Create(),
            CoveredCommand.Create(),
        };
        evaluate.SetAction(int (_) =>
        {
            string verbs = string.Join(", ", evaluate.Subcommands.Select(static verb => verb.Name));
            throw new UsageException($"Evaluate what? One of {verbs} must follow. See faceedge evaluate --help.");
        });
        return evaluate;
    }

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
            SkiaLibrary.Check();
            ModelWarning.Tell();
            using FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
            try
            {
                await run(parsed, options, analyzer, cancel);
                return ExitCodes.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EvaluationException(e.Message);
            }
        }));
        return command;
    }

    /// <summary>Encodes photos with a progress bar.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public static EncodedPhoto[] Encode(LabelledPhoto[] photos, FaceAnalyzer analyzer, FaceEdgeOptions options, CancellationToken cancel)
    {
        using var progress = new ProgressBar("encoding", photos.Length);
        return EncodedPhoto.Encode(photos, analyzer, options, progress.Step, cancel);
    }

    /// <summary>Checks that a file can be written, before the minutes are spent that what goes into it takes. Leaves nothing behind.</summary>
    /// <exception cref="EvaluationException">It can not be written.</exception>
    public static void CheckWritable(string path)
    {
        bool isNew = !File.Exists(path);
        WriteFile(path, "", FileMode.Append);
        if (isNew)
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes a file the user asked for.</summary>
    /// <exception cref="EvaluationException">It can not be written.</exception>
    public static void WriteFile(string path, string text, FileMode mode = FileMode.Create)
    {
        try
        {
            using var file = new StreamWriter(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write });
            file.Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"{path} can not be written: {e.Message}");
        }
    }
}
