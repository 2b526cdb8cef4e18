using System.CommandLine;
using FaceEdge.Storage;
using FaceEdge.Storage.Salvage;

namespace FaceEdge.Cli;

/// <summary><c>faceedge salvage</c>: everybody who can still be read in a damaged database, in a new one.</summary>
internal static class SalvageCommand
{
    private static readonly Argument<string> Source = new("DAMAGED") { Description = "The damaged file, e.g. Image.db.corrupt-TIME; its log is taken, too, if it lies beside it" };

    private static readonly Argument<string> Target = new("NEW") { Description = "A new file, which 'faceedge restore' takes; it holds faces, keep it safe" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var salvage = new Command("salvage", "Write everybody who can still be read in a damaged database or backup into a new one. The damaged file is not touched.");
        salvage.Add(Source);
        salvage.Add(Target);
        salvage.SetAction((parsed, _) => Failures.TellAsync(() =>
        {
            (SalvageReport report, DatabaseCheck written) = Salvaging.Run(InputFile.Check(parsed.GetValue(Source)!), InputFile.Check(parsed.GetValue(Target)!));
            Console.WriteLine($"{written.Path}: {VerifyCommand.Describe(written)}; written and read back");
            foreach (long person in report.LostPeople)
            {
                Console.WriteLine($"person {person}: no face can be read");
            }

            foreach (long person in report.HurtPeople)
            {
                Console.WriteLine($"person {person}: a face can not be read, others can");
            }

            return Task.FromResult(report.LostPeople.Count + report.HurtPeople.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed);
        }));
        return salvage;
    }
}
