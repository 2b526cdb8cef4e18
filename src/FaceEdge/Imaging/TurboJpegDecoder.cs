namespace FaceEdge.Imaging;

/// <summary>
/// JPEG through libjpeg-turbo: baseline, progressive, arithmetic; grey, YCbCr, RGB, CMYK and YCCK; any subsampling.
/// <para>
/// libjpeg decodes on through almost anything and calls it a warning. We refuse what means that picture data is missing or wrong, because a
/// face half grey would still get an id: "premature end", "bad Huffman code", "bad arithmetic code", a lost restart marker, and every warning
/// we do not know. We accept what real cameras and editors produce and what leaves every pixel in place (<see cref="HarmlessWarnings"/>).
/// </para>
/// </summary>
internal static unsafe class TurboJpegDecoder
{
    /// <summary>The beginnings (after an optional "Corrupt JPEG data: ") of the warnings in libjpeg's jerror.h that leave the picture whole.</summary>
    private static readonly string[] HarmlessWarnings =
    [
        "Warning: unknown JFIF revision number", // JWRN_JFIF_MAJOR
        "Unknown Adobe color transform code", // JWRN_ADOBE_XFORM: YCbCr is assumed, which is what was meant
        "Inconsistent progression sequence", // JWRN_BOGUS_PROGRESSION: an unusual order of scans, decoded all the same
        "bad ICC marker", // JWRN_BOGUS_ICC: the profile is not used
    ];

    /// <summary>The pixels, as stored.</summary>
    /// <param name="turbo">The library.</param>
    /// <param name="file">The file.</param>
    /// <param name="width">Of the stored picture.</param>
    /// <param name="height">Of the stored picture.</param>
    /// <param name="denominator">1, 2, 4 or 8: so much smaller, sides rounded up (TJSCALED).</param>
    internal static RgbImage Decode(TurboJpeg turbo, ReadOnlySpan<byte> file, int width, int height, int denominator)
    {
        (int scaledWidth, int scaledHeight) = ((width + denominator - 1) / denominator, (height + denominator - 1) / denominator);
        nint handle = turbo.Open();
        RgbImage? image = null;
        try
        {
            fixed (byte* jpeg = file)
            {
                // TurboJPEG does not turn CMYK into RGB: decode four bytes a pixel and pack them in place.
                bool cmyk = turbo.ReadColorspace(handle, jpeg, (nuint)file.Length) is TurboJpeg.ColorspaceCmyk or TurboJpeg.ColorspaceYcck;
                int bytesPerPixel = cmyk ? 4 : 3;
                image = RgbImage.Rent(scaledWidth, scaledHeight, bytesPerPixel);
                int result = turbo.Decompress(
                    handle, jpeg, (nuint)file.Length, image.Pointer, scaledWidth, bytesPerPixel * scaledWidth, scaledHeight,
                    cmyk ? TurboJpeg.Cmyk : TurboJpeg.Rgb, TurboJpeg.LimitScans);
                if (result != 0 && !(turbo.ErrorCode(handle) == TurboJpeg.Warning && IsHarmless(turbo.ErrorText(handle))))
                {
                    throw Failure(turbo.ErrorText(handle));
                }

                if (cmyk)
                {
                    FourChannels.InvertedCmykToRgb(image);
                }
            }

            (image.OriginalWidth, image.OriginalHeight) = (width, height);
            return image;
        }
        catch
        {
            image?.Dispose();
            throw;
        }
        finally
        {
            turbo.Destroy(handle);
        }
    }

    /// <summary>Whether a warning leaves the picture whole.</summary>
    internal static bool IsHarmless(string warning)
    {
        const string Corrupt = "Corrupt JPEG data: ";
        string text = warning.StartsWith(Corrupt, StringComparison.Ordinal) ? warning[Corrupt.Length..] : warning;

        // JWRN_EXTRANEOUS_DATA, "%u extraneous bytes before marker 0x%02x": padding, which many webcams leave before the end marker.
        return text.Contains(" extraneous bytes before marker ", StringComparison.Ordinal)
            || Array.Exists(HarmlessWarnings, known => text.StartsWith(known, StringComparison.Ordinal));
    }

    // JERR_OUT_OF_MEMORY: nothing is wrong with the photo.
    private static Exception Failure(string text) => text.StartsWith("Insufficient memory", StringComparison.Ordinal)
        ? new InsufficientMemoryException(text)
        : ImageException.Corrupt("JPEG", text);
}
