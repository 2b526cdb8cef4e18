using System.CommandLine;
using FaceEdge.Storage;

namespace FaceEdge.Cli;

/// <summary><c>faceedge restore</c>: a backup in the place of the gallery.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Source = new("FILE") { Description = "What 'faceedge backup' wrote" };

    private static readonly Option<bool> Force = new("--force") { Description = "Also when people or faces would be lost that the backup has not; the database of now is kept beside" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var restore = new Command("restore", "Put a backup in the place of the database. The daemon must be stopped.");
        restore.Add(Source);
        restore.Add(Force);
        DataFolder.Accept(restore);
        restore.SetAction((parsed, _) => Failures.TellAsync(() =>
        {
            string folder = DataFolder.Load(parsed).DataDirectory;
            DataFolder.RefuseOthersFolder(folder);
            RestoreReport report = Restore.Run(InputFile.Check(parsed.GetValue(Source)!), folder, parsed.GetValue(Force));
            Console.WriteLine($"{report.Restored.Path}: {VerifyCommand.Describe(report.Restored)}; new people get ids from {report.NextId} on");
            if (report.Kept is not null)
            {
                Console.WriteLine($"the database of before is kept as {report.Kept}: {report.LostPeople} people and {report.LostFaces} faces are in it alone. Delete it when it is not needed.");
            }

            if (report.BackFromForgotten > 0)
            {
                Console.WriteLine($"{report.BackFromForgotten} people who were deleted after this backup are known again: delete them again.");
            }

            return Task.FromResult(ExitCodes.Ok);
        }));
        return restore;
    }
}
