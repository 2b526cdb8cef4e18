namespace FaceEdge.Http;

/// <summary>The two routes that answer as the original did: <c>/home</c> and <c>/face/predict</c>.</summary>
internal static class OriginalRoutes
{
    /// <summary>Whether a path is one of them, or below.</summary>
    public static bool Contain(PathString path) => path.StartsWithSegments("/home") || path.StartsWithSegments("/face");

    /// <summary>
    /// The path with each run of slashes as one where that makes it one of the two: an address that ends in a slash is easily put before
    /// <c>/face/predict</c>, and the original's server took it.
    /// </summary>
    public static PathString WithSingleSlashes(PathString path)
    {
        string text = path.Value ?? "";
        if (!text.Contains("//", StringComparison.Ordinal))
        {
            return path;
        }

        var single = new PathString("/" + string.Join('/', text.Split('/', StringSplitOptions.RemoveEmptyEntries)));
        return Contain(single) ? single : path;
    }
}
