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
    ReloadCommand.Create(),
};
ServeCommand.Accept(faceedge);
HelpCommands.Add(faceedge);
return await CommandLine.RunAsync(faceedge, args);
