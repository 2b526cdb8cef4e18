using System.Runtime.InteropServices;

namespace FaceEdge.Imaging;

/// <summary>
/// The part of the TurboJPEG 2 API that is used (turbojpeg.h; Debian: libturbojpeg0), found by name in a library that may be missing, old or
/// broken. C's <c>unsigned long</c> is <c>nuint</c> on Linux. A handle serves one thread at a time; making one costs some microseconds, so
/// none are kept.
/// </summary>
internal sealed unsafe class TurboJpeg
{
    /// <summary>The file that Debian's libturbojpeg0 brings.</summary>
    internal const string Library = "libturbojpeg.so.0";

    /// <summary>TJPF_RGB and TJPF_CMYK.</summary>
    internal const int Rgb = 0, Cmyk = 11;

    /// <summary>TJCS_CMYK and TJCS_YCCK, which TurboJPEG can only decode to CMYK.</summary>
    internal const int ColorspaceCmyk = 3, ColorspaceYcck = 4;

    /// <summary>TJFLAG_LIMITSCANS: an error instead of hours over a progressive file with more than 500 scans.</summary>
    internal const int LimitScans = 32768;

    /// <summary>TJERR_WARNING, the non-fatal one of the two error codes.</summary>
    internal const int Warning = 0;

    private readonly delegate* unmanaged<nint> _open;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly delegate* unmanaged<nint, byte*, nuint, int*, int*, int*, int*, int> _readHeader;
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged<nint, int> _errorCode;
    private readonly delegate* unmanaged<nint, byte*> _errorText;

    private TurboJpeg(nint library)
    {
        _open = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
        _readHeader = (delegate* unmanaged<nint, byte*, nuint, int*, int*, int*, int*, int>)NativeLibrary.GetExport(library, "tjDecompressHeader3");
        _decompress = (delegate* unmanaged<nint, byte*, nuint, byte*, int, int, int, int, int, int>)NativeLibrary.GetExport(library, "tjDecompress2");
        _errorCode = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjGetErrorCode");
        _errorText = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
    }

    /// <summary>Loads a library.</summary>
    /// <param name="library">A name that the system looks up, or a path.</param>
    /// <exception cref="DllNotFoundException">It is not there, or cannot be loaded.</exception>
    /// <exception cref="BadImageFormatException">It is for another processor.</exception>
    /// <exception cref="EntryPointNotFoundException">It lacks a function: it is too old, or another library.</exception>
    internal static TurboJpeg Load(string library) => new(NativeLibrary.Load(library));

    /// <summary>A new handle for decompressing; <see cref="Destroy"/> it.</summary>
    internal nint Open()
    {
        nint handle = _open();
        return handle != 0 ? handle : throw new InsufficientMemoryException("libjpeg-turbo has no memory for another handle.");
    }

    /// <summary>tjDestroy.</summary>
    internal void Destroy(nint handle) => _destroy(handle);

    /// <summary>tjDecompressHeader3: the colour space as stored, -1 when the header says nothing usable.</summary>
    internal int ReadColorspace(nint handle, byte* jpeg, nuint length)
    {
        int width, height, subsampling, colorspace = -1;
        _readHeader(handle, jpeg, length, &width, &height, &subsampling, &colorspace);
        return colorspace;
    }

    /// <summary>tjDecompress2: 0, or else there is an <see cref="ErrorCode"/>.</summary>
    internal int Decompress(nint handle, byte* jpeg, nuint length, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags) =>
        _decompress(handle, jpeg, length, pixels, width, pitch, height, pixelFormat, flags);

    /// <summary>tjGetErrorCode.</summary>
    internal int ErrorCode(nint handle) => _errorCode(handle);

    /// <summary>What went wrong, in libjpeg's words (jerror.h).</summary>
    internal string ErrorText(nint handle) => Marshal.PtrToStringUTF8((nint)_errorText(handle)) ?? "unknown error";
}
