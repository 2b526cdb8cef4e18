namespace FaceEdge.Imaging;

/// <summary>The door of this room: the bytes of a photo in, upright RGB pixels out. Safe on any bytes, from any thread.</summary>
public static class ImageDecoder
{
    private enum Format
    {
        Jpeg,
        Png,
        Webp,
    }

    /// <summary>Decodes a JPEG, PNG or WebP, told by its first bytes alone, and turns it upright as its EXIF data says.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="maxPixels">Most pixels (width * height) the stored picture may have.</param>
    /// <param name="targetSide">
    /// A JPEG whose longer side is at least twice this is decoded at the smallest of 1/2, 1/4, 1/8 that keeps the longer side at or
    /// above it. At least 1.
    /// </param>
    /// <returns>The picture, to be disposed by the caller.</returns>
    /// <exception cref="ImageException">The file is not a usable picture; its message says what to do.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels, int targetSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targetSide, 1);
        var format = Recognise(file);
        var (width, height) = ReadSize(format, file);
        var most = Math.Min(maxPixels, RgbImage.MaxPixels);
        if ((long)width * height > most)
        {
            throw new ImageException(
                ImageProblem.TooManyPixels,
                $"The photo has {width} x {height} pixels, {(double)width * height / 1e6:0.#} megapixels; the limit is {most / 1e6:0.#}. Scale it down.");
        }
        switch (format)
        {
            case Format.Jpeg:
                var structure = JpegStructure.Read(file);
                return Upright.Turn(JpegDecoder.Decode(file, structure, targetSide), ExifOrientation.Read(structure.Exif));
            case Format.Png:
                return Upright.Turn(PngDecoder.Decode(file), ExifOrientation.Read(PngChunks.Exif(file)));
            default:
                return Upright.Turn(WebpDecoder.Decode(file), ExifOrientation.Read(WebpDecoder.Exif(file)));
        }
    }

    /// <summary>The size in pixels as stored in the file (not yet turned upright), from the header alone: cheap, whatever the size.</summary>
    /// <exception cref="ImageException">Not one of the formats, or the header cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file) => ReadSize(Recognise(file), file);

    private static (int Width, int Height) ReadSize(Format format, ReadOnlySpan<byte> file) => format switch
    {
        Format.Jpeg => JpegDecoder.ReadSize(file),
        Format.Png => PngDecoder.ReadSize(file),
        _ => WebpDecoder.ReadSize(file),
    };

    private static Format Recognise(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return Format.Jpeg;
        }
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return Format.Png;
        }
        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8))
        {
            return Format.Webp;
        }
        // ISO media files: iPhones send HEIC unless told otherwise.
        var heic = file.Length >= 12 && file[4..8].SequenceEqual("ftyp"u8);
        throw new ImageException(
            ImageProblem.UnsupportedFormat,
            file.IsEmpty ? "The file is empty. Send a JPEG, PNG or WebP photo."
            : heic ? "The file is HEIC, AVIF or a video, not a JPEG, PNG or WebP photo. Let the camera save JPEG (\"most compatible\")."
            : "The file is not a JPEG, PNG or WebP photo, whatever its name says. Send one of these.");
    }
}
