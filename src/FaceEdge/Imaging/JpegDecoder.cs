namespace FaceEdge.Imaging;

/// <summary>
/// JPEG through libjpeg-turbo: baseline, progressive, arithmetic; grey, YCbCr, RGB, CMYK and YCCK; any subsampling.
/// <para>
/// Which files are refused. libjpeg decodes on through almost anything and calls it a warning. We refuse what means that picture
/// data is missing or wrong, because a face half grey would still get an id: a file without its end marker, "premature end", "bad
/// Huffman code", "bad arithmetic code", a lost restart marker, and every warning we do not know. We accept what real cameras and
/// editors produce and what leaves every pixel in place (<see cref="HarmlessWarnings"/>).
/// </para>
/// </summary>
internal static unsafe class JpegDecoder
{
    /// <summary>Progressive files have about 10 scans, the finest scripts in use under 30. Each costs a pass over the whole picture.</summary>
    internal const int MaxScans = 100;

    /// <summary>The same for huge pictures, as pixels times scans: 25 scans of 100 MP, which keep a core busy for some seconds.</summary>
    private const long MaxScannedPixels = 2_500_000_000;

    /// <summary>The beginnings (after an optional "Corrupt JPEG data: ") of the warnings in libjpeg's jerror.h that leave the picture whole.</summary>
    private static readonly string[] HarmlessWarnings =
    [
        "Warning: unknown JFIF revision number", // JWRN_JFIF_MAJOR
        "Unknown Adobe color transform code", // JWRN_ADOBE_XFORM: YCbCr is assumed, which is what was meant
        "Inconsistent progression sequence", // JWRN_BOGUS_PROGRESSION: an unusual order of scans, decoded all the same
        "bad ICC marker", // JWRN_BOGUS_ICC: the profile is not used
    ];

    /// <summary>Size as stored, before orientation.</summary>
    internal static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file)
    {
        var header = ReadHeader(file);
        return (header.Width, header.Height);
    }

    /// <summary>Decodes at the smallest of 1/1, 1/2, 1/4, 1/8 that keeps the longer side at or above <paramref name="targetSide"/>.</summary>
    internal static RgbImage Decode(ReadOnlySpan<byte> file, JpegStructure structure, int targetSide)
    {
        if (!structure.Complete)
        {
            throw ImageException.Corrupt("JPEG", "the end of the file is missing");
        }
        var (width, height, colorspace) = ReadHeader(file);
        if (structure.Scans > Math.Min(MaxScans, MaxScannedPixels / ((long)width * height)))
        {
            throw ImageException.Corrupt("JPEG", $"its picture is cut into {structure.Scans} scans, more than any camera writes");
        }
        var denominator = Denominator(Math.Max(width, height), targetSide);
        var (scaledWidth, scaledHeight) = (Scaled(width, denominator), Scaled(height, denominator));
        // TurboJPEG does not turn CMYK into RGB: decode four bytes a pixel and pack them in place.
        var cmyk = colorspace is TurboJpeg.ColorspaceCmyk or TurboJpeg.ColorspaceYcck;
        var bytesPerPixel = cmyk ? 4 : 3;
        var handle = TurboJpeg.OpenDecompressor();
        var image = RgbImage.Rent(scaledWidth, scaledHeight, bytesPerPixel);
        try
        {
            fixed (byte* jpeg = file)
            {
                var result = TurboJpeg.Decompress(
                    handle, jpeg, (nuint)file.Length, image.Pointer, scaledWidth, bytesPerPixel * scaledWidth, scaledHeight,
                    cmyk ? TurboJpeg.Cmyk : TurboJpeg.Rgb, TurboJpeg.LimitScans);
                if (result != 0 && !(TurboJpeg.ErrorCode(handle) == TurboJpeg.Warning && IsHarmless(TurboJpeg.ErrorText(handle))))
                {
                    throw Failure(TurboJpeg.ErrorText(handle));
                }
            }
            if (cmyk)
            {
                FourChannels.InvertedCmykToRgb(image);
            }
            image.OriginalWidth = width;
            image.OriginalHeight = height;
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
        finally
        {
            _ = TurboJpeg.Destroy(handle);
        }
    }

    /// <summary>Whether a warning leaves the picture whole.</summary>
    internal static bool IsHarmless(string warning)
    {
        const string Corrupt = "Corrupt JPEG data: ";
        var text = warning.StartsWith(Corrupt, StringComparison.Ordinal) ? warning[Corrupt.Length..] : warning;
        // JWRN_EXTRANEOUS_DATA, "%u extraneous bytes before marker 0x%02x": padding, which many webcams leave before the end marker.
        return text.Contains(" extraneous bytes before marker ", StringComparison.Ordinal)
            || Array.Exists(HarmlessWarnings, known => text.StartsWith(known, StringComparison.Ordinal));
    }

    private static (int Width, int Height, int Colorspace) ReadHeader(ReadOnlySpan<byte> file)
    {
        var handle = TurboJpeg.OpenDecompressor();
        try
        {
            int width = 0, height = 0, subsampling = -1, colorspace = -1;
            int result;
            fixed (byte* jpeg = file)
            {
                result = TurboJpeg.DecompressHeader(handle, jpeg, (nuint)file.Length, &width, &height, &subsampling, &colorspace);
            }
            // The result alone says little: a cut header gives 0 and no size, an unusual subsampling gives an error but a good size.
            if (width < 1 || height < 1)
            {
                throw Failure(result == 0 ? "the file ends before the picture begins" : TurboJpeg.ErrorText(handle));
            }
            return (width, height, colorspace);
        }
        finally
        {
            _ = TurboJpeg.Destroy(handle);
        }
    }

    private static int Denominator(int longerSide, int targetSide)
    {
        var denominator = 1;
        while (denominator < 8 && Scaled(longerSide, 2 * denominator) >= targetSide && longerSide >= 2 * (long)targetSide)
        {
            denominator *= 2;
        }
        return denominator;
    }

    /// <summary>TJSCALED: rounded up.</summary>
    private static int Scaled(int side, int denominator) => (side + denominator - 1) / denominator;

    private static Exception Failure(string text) => text switch
    {
        // JERR_OUT_OF_MEMORY: nothing is wrong with the photo.
        _ when text.StartsWith("Insufficient memory", StringComparison.Ordinal) => new InsufficientMemoryException(text),
        // JERR_BAD_PRECISION, JERR_SOF_UNSUPPORTED: 12 bits a sample, lossless, hierarchical
        _ when text.StartsWith("Unsupported JPEG", StringComparison.Ordinal) => new ImageException(
            ImageProblem.UnsupportedFormat,
            $"This kind of JPEG cannot be read ({text}). Save the photo as an ordinary 8-bit JPEG, a PNG or a WebP."),
        // JERR_IMAGE_TOO_BIG: over 65500 pixels a side
        _ when text.StartsWith("Maximum supported image dimension", StringComparison.Ordinal) => new ImageException(
            ImageProblem.TooManyPixels, $"The photo is too large: {text}. Scale it down."),
        _ => ImageException.Corrupt("JPEG", text),
    };
}
