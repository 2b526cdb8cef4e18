using System.CommandLine;
using FaceEdge.Imaging;
using FaceEdge.Migration;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Cli;

/// <summary><c>faceedge export</c>: everybody in a form that other programs read, the original first.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Target = new("TARGET") { Description = "A new file FILE.db with the original's table, or a new folder for photos and people.csv" };

    private static readonly Option<bool> AsStored = new("--as-stored") { Description = "Do not make the original's encodings (dlib128) from the pictures where they are missing" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var export = new Command("export", "Write people, encodings and pictures into one SQLite file that the original reads, or into a folder. The daemon may go on running.");
        export.Add(Target);
        export.Add(AsStored);
        DataFolder.Accept(export);
        export.SetAction((parsed, cancel) => Failures.TellAsync(() => Task.FromResult(Run(parsed, cancel))));
        return export;
    }

    private static int Run(ParseResult parsed, CancellationToken cancel)
    {
        FaceEdgeOptions options = DataFolder.Load(parsed);
        string target = InputFile.Check(parsed.GetValue(Target)!);
        bool toFile = Path.GetExtension(target).ToUpperInvariant() is ".DB" or ".SQLITE" or ".SQLITE3";
        using ExportSource source = ExportSource.Open(options.DataDirectory);
        using ExportFile? file = toFile ? new ExportFile(target) : null;
        using ExportFolder? folder = toFile ? null : new ExportFolder(target);
        using FaceAnalyzer? dlib = toFile && !parsed.GetValue(AsStored) ? LoadDlib(options) : null;
        var portraits = dlib is null ? null : new Portraits(dlib, options);
        var people = new HashSet<long>();
        long faces = 0, made = 0, others = 0;
        using (var progress = new ProgressBar("exporting", (int)Math.Min(source.Count(), int.MaxValue)))
        {
            foreach (ExportedFace face in source.Read())
            {
                cancel.ThrowIfCancellationRequested();
                if (people.Add(face.PersonId) && face.Name is { } name)
                {
                    file?.AddName(face.PersonId, name);
                }

                faces++;
                if (folder is not null)
                {
                    folder.Add(face, face.Encoder, face.Encoding);
                }
                else if (face.Dlib is { } stored)
                {
                    file!.Add(face.PersonId, face.Image, stored);
                }
                else if (face.Image is { } image && portraits?.Read(image).Face is { } found)
                {
                    made++;
                    file!.Add(face.PersonId, image, found.Encoding.ToArray());
                }
                else
                {
                    others++;
                    file!.AddOther(face.PersonId, face.Image, face.Encoding, face.Encoder);
                }

                progress.Step();
            }
        }

        bool held = file?.HoldAbove(source.HighestId()) ?? false;
        file?.Finish();
        folder?.Finish();
        Console.WriteLine($"{Path.GetFullPath(target)}: {people.Count} people, {faces} faces");
        if (made > 0)
        {
            Console.WriteLine($"{made} encodings were made for the original from the pictures (dlib128)");
        }

        if (others > 0)
        {
            Console.WriteLine($"{others} faces have no encoding that the original can compare: they stand in the table Image_Other, which 'faceedge import' reads, too");
        }

        if (held)
        {
            Console.WriteLine("the original gives new people ids above all that were given here: a row of zeros in ImageDB, which no face is near to, keeps the highest");
        }

        return ExitCodes.Ok;
    }

    private static FaceAnalyzer LoadDlib(FaceEdgeOptions options)
    {
        SkiaLibrary.Check();
        ModelWarning.Tell();
        options.Vision.Encoder = "dlib128";
        return FaceAnalyzer.Load(options.ModelsDirectory, options.Vision);
    }
}
