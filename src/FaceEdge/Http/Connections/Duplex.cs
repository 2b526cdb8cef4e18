using System.IO.Pipelines;

namespace FaceEdge.Http.Connections;

/// <summary>Both ways of a connection.</summary>
internal sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
