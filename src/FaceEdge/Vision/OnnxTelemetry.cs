using System.Runtime.InteropServices;

namespace FaceEdge.Vision;

/// <summary>
/// Keeps ONNX Runtime from sending telemetry. From 1.29 on it does so unless told not to: a device id and a database in the home folder,
/// a thread, name lookups after some seconds. Nothing is sent home by this product.
/// </summary>
public static partial class OnnxTelemetry
{
    /// <summary>The variable that the library reads once, when it is loaded.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>
    /// Opts out, whatever the caller's environment says. Must run before the library is loaded: its own call for this,
    /// <c>OrtEnv.DisableTelemetryEvents</c>, loads it first and comes too late.
    /// </summary>
    /// <exception cref="InvalidOperationException">The environment could not be changed, so that nothing may load the library.</exception>
    public static void OptOut()
    {
        // Environment.SetEnvironmentVariable changes .NET's copy only; the library asks getenv(3).
        const int overwrite = 1;
        if (SetEnv(Variable, "1", overwrite) != 0)
        {
            throw new InvalidOperationException($"{Variable}=1 could not be set (errno {Marshal.GetLastPInvokeError()}); ONNX Runtime is not loaded without it.");
        }
    }

    /// <summary>Whether the process's environment says now what <see cref="OptOut"/> made it say.</summary>
    public static bool IsOptedOut => Marshal.PtrToStringUTF8(GetEnv(Variable)) == "1";

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnv(string name);
}
