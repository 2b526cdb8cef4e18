using System.CommandLine;
using FaceEdge.Cli;
using FaceEdge.Cli.Doctor;

// The verbs; without one the daemon runs.
var faceedge = new RootCommand("FaceEdge: who is this? A photo in over HTTP, a person's id out.")
{
    ServeCommand.Create(),
    DoctorCommand.Create(),
};
ServeCommand.Accept(faceedge);
return await faceedge.Parse(args).InvokeAsync();
