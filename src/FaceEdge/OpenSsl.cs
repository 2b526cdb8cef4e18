using System.Runtime.InteropServices;

namespace FaceEdge;

/// <summary>
/// Whether OpenSSL is on this machine. The framework's SHA-256 is OpenSSL's, loaded when the first hash is asked for, and where there is
/// none the framework aborts the process. So whoever hashes asks here first.
/// </summary>
public static class OpenSsl
{
    /// <summary>What of this program goes on without it, and how.</summary>
    public const string ModelsNotCompared =
        "OpenSSL is not installed, so the models could not be compared with models.json; it goes on with the files as they are. " + Remedy;

    /// <summary>How to get it.</summary>
    private const string Remedy = "Install the Debian package libssl3 (libssl3t64 since Debian 13): apt install libssl3";

    private static readonly Lazy<bool> Loadable = new(Find);

    /// <summary>Whether a hash can be computed; looked up once.</summary>
    public static bool IsPresent => Loadable.Value;

    /// <summary>Refuses what cannot be done without it.</summary>
    /// <param name="what">What was asked for, to begin the message with.</param>
    /// <exception cref="DllNotFoundException">It is not there; the message names the package.</exception>
    public static void Check(string what)
    {
        if (!IsPresent)
        {
            throw new DllNotFoundException($"{what} needs OpenSSL (libssl.so.3), which could not be loaded. {Remedy}");
        }
    }

    /// <summary>Looks where the framework will look: the version that the administrator prescribed, else 3, else 1.1.</summary>
    private static bool Find()
    {
        string[] versions = [Environment.GetEnvironmentVariable("DOTNET_OPENSSL_VERSION_OVERRIDE") ?? "", "3", "1.1"];
        return versions.Any(version => version.Length > 0 && NativeLibrary.TryLoad($"libssl.so.{version}", out _));
    }
}
