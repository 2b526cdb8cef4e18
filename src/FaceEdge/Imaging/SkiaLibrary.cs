using System.Runtime.InteropServices;
using SkiaSharp;

namespace FaceEdge.Imaging;

/// <summary>The library beside the binary that photos are decoded with.</summary>
public static class SkiaLibrary
{
    /// <summary>Its file.</summary>
    public const string File = "libSkiaSharp.so";

    /// <summary>Loads it: a missing one is one clear line at start instead of a failed request some day.</summary>
    /// <exception cref="DllNotFoundException">It cannot be loaded, or is not the version that this program was built with.</exception>
    public static void Check()
    {
        try
        {
            NativeLibrary.Load(File, typeof(SkiaLibrary).Assembly, searchPath: null);
            SkiaSharpVersion.CheckNativeLibraryCompatible(throwIfIncompatible: true);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or InvalidOperationException)
        {
            throw new DllNotFoundException(
                $"photos can not be decoded, {File} is missing or not the one that belongs to this program. It lies in {AppContext.BaseDirectory}: "
                + "install the package again.",
                e);
        }
    }
}
