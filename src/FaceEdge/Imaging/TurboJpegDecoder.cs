namespace FaceEdge.Imaging;

/// <summary>
/// JPEG through libjpeg-turbo: baseline, progressive, arithmetic; grey, YCbCr, RGB, CMYK and YCCK; any subsampling.
/// <para>
/// libjpeg decodes on through almost anything and calls it a warning, of which TurboJPEG tells the first. We refuse what means that picture data
/// is missing or wrong, because a face half grey would still get an id: "bad Huffman code", "bad arithmetic code", a lost restart marker, and
/// every warning we do not know. We accept what real cameras and editors produce and what leaves every pixel in place
/// (<see cref="HarmlessWarnings"/>). Bytes too many or too few can be either: then <see cref="JpegPictureData"/> decides.
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
    /// <param name="isChecked">Whether all of the picture data was run over and found whole; set when that was done here.</param>
    internal static RgbImage Decode(TurboJpeg turbo, ReadOnlySpan<byte> file, int width, int height, int denominator, ref bool isChecked)
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
                if (result != 0)
                {
                    Judge(turbo.ErrorText(handle), turbo.ErrorCode(handle) == TurboJpeg.Warning, file, ref isChecked);
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
    internal static bool IsHarmless(string warning) =>
        Array.Exists(HarmlessWarnings, known => WithoutPrefix(warning).StartsWith(known, StringComparison.Ordinal));

    /// <summary>
    /// Whether a warning says that there are more bytes than it takes, or fewer: JWRN_EXTRANEOUS_DATA, "%u extraneous bytes before marker
    /// 0x%02x", which is padding or data that got out of step, and JWRN_JPEG_EOF, where the end marker is missing or more than that.
    /// </summary>
    internal static bool IsAboutLength(string warning) =>
        WithoutPrefix(warning).Contains(" extraneous bytes before marker ", StringComparison.Ordinal)
        || WithoutPrefix(warning).StartsWith("Premature end of JPEG file", StringComparison.Ordinal);

    private static ReadOnlySpan<char> WithoutPrefix(string warning)
    {
        const string Corrupt = "Corrupt JPEG data: ";
        return warning.StartsWith(Corrupt, StringComparison.Ordinal) ? warning.AsSpan(Corrupt.Length) : warning;
    }

    private static void Judge(string text, bool isWarning, ReadOnlySpan<byte> file, ref bool isChecked)
    {
        if (!isWarning || !(IsHarmless(text) || IsAboutLength(text)))
        {
            throw Failure(text);
        }

        if (IsHarmless(text) || isChecked)
        {
            return;
        }

        if (!JpegStructure.Read(file).IsHuffman || JpegPictureData.Check(file) is not { Damage: null })
        {
            throw Failure(text);
        }

        isChecked = true;
    }

    // JERR_OUT_OF_MEMORY: nothing is wrong with the photo.
    private static Exception Failure(string text) => text.StartsWith("Insufficient memory", StringComparison.Ordinal)
        ? new InsufficientMemoryException(text)
        : ImageException.Corrupt("JPEG", text);
}
