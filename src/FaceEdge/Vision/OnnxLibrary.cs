using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace FaceEdge.Vision;

/// <summary>
/// The native ONNX Runtime that lies beside the program. It is loaded here before anything else uses it: with its telemetry off, and only
/// if it is a release that the C# API can speak with.
/// </summary>
internal static unsafe partial class OnnxLibrary
{
    /// <summary>Its file.</summary>
    public const string FileName = "libonnxruntime.so";

    static OnnxLibrary() => OnnxTelemetry.OptOut();

    /// <summary>The release that the C# API belongs to, and that was measured and traced. A newer library speaks with it too, an older one does not.</summary>
    public static Version Expected { get; } = typeof(InferenceSession).Assembly.GetName().Version!;

    /// <summary>Asks the library for its release, such as <c>1.31.1</c>.</summary>
    /// <exception cref="ModelException">It is missing, no library, or older than what is expected.</exception>
    public static string Check()
    {
        string found;
        try
        {
            found = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)GetApiBase()->GetVersionString)()) ?? "";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new ModelException($"ONNX Runtime could not be loaded; {FileName} must lie beside the program in {AppContext.BaseDirectory}: {e.Message}", e);
        }

        // A build of one's own may say 1.32.0-dev. The API's version is the release's second number.
        return Version.TryParse(found.Split('-', '+')[0], out Version? release) && (release.Major, release.Minor).CompareTo((Expected.Major, Expected.Minor)) < 0
            ? throw new ModelException(
                $"ONNX Runtime {found} is too old: {FileName} in {AppContext.BaseDirectory} must be release {Expected.Major}.{Expected.Minor} or newer. "
                + "Install the package again, or put a newer one there.")
            : found;
    }

    [LibraryImport(FileName, EntryPoint = "OrtGetApiBase")]
    private static partial OrtApiBase* GetApiBase();
}
