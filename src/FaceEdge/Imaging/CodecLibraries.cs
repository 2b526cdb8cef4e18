using System.Runtime.InteropServices;

namespace FaceEdge.Imaging;

/// <summary>A library that photos are decoded with.</summary>
/// <param name="File">What is loaded, e.g. <c>libwebp.so.7</c>.</param>
/// <param name="Package">The Debian 12 package that brings it.</param>
/// <param name="Format">What can not be read without it.</param>
public readonly record struct CodecLibrary(string File, string Package, string Format)
{
    /// <summary>Loads it as a photo would.</summary>
    /// <exception cref="DllNotFoundException">It can not be loaded; the message names the package.</exception>
    public void Check()
    {
        try
        {
            NativeLibrary.Load(File, typeof(CodecLibrary).Assembly, searchPath: null);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                $"{Format} photos can not be decoded, {File} could not be loaded. Install the Debian package {Package}: apt install {Package}", e);
        }
    }
}

/// <summary>
/// The libraries of the distribution that this room needs. They are loaded when a photo needs them; asking at start turns a missing
/// one into one clear line instead of a failed request some day.
/// </summary>
public static class CodecLibraries
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CodecLibrary> All { get; } =
    [
        new(TurboJpeg.Library, "libturbojpeg0", "JPEG"),
        new(PngDecoder.Library, "libpng16-16", "PNG"),
        new(WebpDecoder.Library, "libwebp7", "WebP"),
    ];

    /// <summary>Loads all of them.</summary>
    /// <exception cref="DllNotFoundException">One can not be loaded; the message names the package.</exception>
    public static void Check()
    {
        foreach (CodecLibrary library in All)
        {
            library.Check();
        }
    }
}
