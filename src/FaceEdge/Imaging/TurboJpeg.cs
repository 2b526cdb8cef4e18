using System.Runtime.InteropServices;

namespace FaceEdge.Imaging;

/// <summary>
/// The part of the TurboJPEG 2.1 API that is used (turbojpeg.h; Debian: libturbojpeg0). C's <c>unsigned long</c> is <c>nuint</c> on
/// Linux. A handle serves one thread at a time; making one costs some microseconds, so none are kept.
/// </summary>
internal static unsafe partial class TurboJpeg
{
    /// <summary>TJPF_RGB and TJPF_CMYK.</summary>
    internal const int Rgb = 0, Cmyk = 11;

    /// <summary>TJCS_CMYK and TJCS_YCCK, which TurboJPEG can only decode to CMYK.</summary>
    internal const int ColorspaceCmyk = 3, ColorspaceYcck = 4;

    /// <summary>TJSAMP_420.</summary>
    internal const int Chroma420 = 2;

    /// <summary>TJFLAG_NOREALLOC: compress into the given buffer only.</summary>
    internal const int NoRealloc = 1024;

    /// <summary>TJFLAG_ACCURATEDCT: the default when decompressing, not when compressing.</summary>
    internal const int AccurateDct = 4096;

    /// <summary>TJFLAG_LIMITSCANS: an error instead of hours over a progressive file with more than 500 scans.</summary>
    internal const int LimitScans = 32768;

    /// <summary>TJERR_WARNING, the non-fatal one of the two error codes.</summary>
    internal const int Warning = 0;

    internal const string Library = "libturbojpeg.so.0";

    /// <summary>A new handle for decompressing; <see cref="Destroy"/> it.</summary>
    internal static nint OpenDecompressor() => Opened(InitDecompress());

    /// <summary>A new handle for compressing; <see cref="Destroy"/> it.</summary>
    internal static nint OpenCompressor() => Opened(InitCompress());

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    internal static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    internal static partial int DecompressHeader(
        nint handle, byte* jpeg, nuint jpegSize, int* width, int* height, int* subsampling, int* colorspace);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    internal static partial int Decompress(
        nint handle, byte* jpeg, nuint jpegSize, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library, EntryPoint = "tjBufSize")]
    internal static partial nuint BufferSize(int width, int height, int subsampling);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    internal static partial int Compress(
        nint handle, byte* pixels, int width, int pitch, int height, int pixelFormat, byte** jpeg, nuint* jpegSize, int subsampling,
        int quality, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorCode")]
    internal static partial int ErrorCode(nint handle);

    /// <summary>What went wrong last, in libjpeg's words (jerror.h).</summary>
    internal static string ErrorText(nint handle) => Marshal.PtrToStringUTF8((nint)GetErrorStr(handle)) ?? "unknown error";

    private static nint Opened(nint handle) =>
        handle != 0 ? handle : throw new InsufficientMemoryException("libjpeg-turbo has no memory for another handle.");

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    private static partial nint InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    private static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial byte* GetErrorStr(nint handle);
}
