using System.CommandLine;
using FaceEdge.Cli;

// The verbs; without one the daemon runs.
var faceedge = new RootCommand("FaceEdge: who is this? A photo in over HTTP, a person's id out.")
{
    ServeCommand.Create(),
};
ServeCommand.Accept(faceedge);
return await faceedge.Parse(args).InvokeAsync();
