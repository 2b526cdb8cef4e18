using System.Reflection;

namespace FaceEdge;

/// <summary>What this binary is.</summary>
internal static class Product
{
    /// <summary>What Linux calls a process of it.</summary>
    public const string ProcessName = "faceedge";

    /// <summary>Version as in Directory.Build.props, e.g. <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
