using System.CommandLine;
using FaceEdge.Storage;

namespace FaceEdge.Cli;

/// <summary><c>faceedge backup</c>: everybody in one file, while the daemon runs.</summary>
internal static class BackupCommand
{
    private static readonly Argument<string> Target = new("FILE") { Description = "A new file; it holds faces, keep it safe" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var backup = new Command("backup", "Copy everybody and the mark of ids into one file and check it. The daemon may go on running.");
        backup.Add(Target);
        DataFolder.Accept(backup);
        backup.SetAction((parsed, _) => Failures.TellAsync(() =>
        {
            DatabaseCheck copy = Backup.Write(DataFolder.Load(parsed).DataDirectory, InputFile.Check(parsed.GetValue(Target)!));
            Console.WriteLine($"{copy.Path}: {VerifyCommand.Describe(copy)}; written and read back");
            return Task.FromResult(ExitCodes.Ok);
        }));
        return backup;
    }
}
