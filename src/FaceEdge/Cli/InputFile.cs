namespace FaceEdge.Cli;

/// <summary>A file that somebody names on the command line.</summary>
internal static class InputFile
{
    /// <summary>Refuses what is no file before it is opened: a pipe would be waited for, a device read without end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pipes">Whether a pipe will do.</param>
    /// <returns>The path.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static string Check(string path, bool pipes = false) => path.Length == 0 ? throw new UsageException("The name of a file is empty.")
        : FileFacts.IsDeviceOrPipe(path, pipes) ? throw new UsageException($"{path} is a pipe or a device, not a file.")
        : path;
}
