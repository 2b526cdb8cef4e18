namespace FaceEdge.Cli;

/// <summary>A command line that cannot be understood.</summary>
/// <param name="message">What is wrong with it, and what would be right.</param>
internal sealed class UsageException(string message) : Exception(message);
