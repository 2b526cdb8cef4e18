using System.CommandLine;
using FaceEdge.Cli;
using FaceEdge.Cli.Bench;
using FaceEdge.Cli.Doctor;
using FaceEdge.Cli.Evaluate;
using FaceEdge.Cli.Reencode;
using FaceEdge.Vision;

// Before anything else, so that no verb, present or to come, loads ONNX Runtime without it.
OnnxTelemetry.OptOut();

// The verbs; without one the daemon runs.
var faceedge = new RootCommand("FaceEdge: who is this? A photo in over HTTP, a person's id out.")
{
    ServeCommand.Create(),
    DoctorCommand.Create(),
    EvaluateCommand.Create(),
    BenchCommand.Create(),
    ReencodeCommand.Create(),
    ImportCommand.Create(),
    ExportCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    VerifyCommand.Create(),
    SalvageCommand.Create(),
};
ServeCommand.Accept(faceedge);
ParseResult parsed = faceedge.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"faceedge: configuration: {string.Join(" ", parsed.Errors.Select(static error => error.Message))} See faceedge --help.");
    return ExitCodes.Configuration;
}

// The daemon listens for signals itself and ends in its own time (Limits:ShutdownSeconds); a verb gets some seconds to tidy up.
bool daemon = parsed.CommandResult.Command == faceedge || parsed.CommandResult.Command.Name == ServeCommand.Name;
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = daemon ? null : TimeSpan.FromSeconds(10) });
