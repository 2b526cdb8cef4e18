using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>The door of this room: the bytes of a photo in, upright RGB pixels out. Safe on any bytes, from any thread.</summary>
public static unsafe class ImageDecoder
{
    private enum Format
    {
        Jpeg,
        Png,
        WebP,
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
    public static RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels, int targetSide) => Decode(file, maxPixels, targetSide, JpegLane.Current);

    /// <summary>As <see cref="Decode(ReadOnlySpan{byte}, long, int)"/>, by the way that is named.</summary>
    internal static RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels, int targetSide, JpegLane lane)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targetSide, 1);
        file = WithoutPrefix(file);
        Format format = Recognise(file);
        fixed (byte* start = file)
        {
            using SkiaPhoto photo = Open(start, file.Length, format);
            (int width, int height) = (photo.Width, photo.Height);
            long most = Math.Min(maxPixels, RgbImage.MaxPixels);
            if ((long)width * height > most)
            {
                throw TooLarge(width, height, $"; the limit is {most / 1e6:0.#}");
            }

            return format switch
            {
                Format.Jpeg => Upright.Turn(JpegDecoder.Decode(file, photo, targetSide, lane), photo.Orientation),
                Format.Png => Upright.Turn(photo.Decode("PNG"), ExifOrientation.OfPng(file)),
                _ => Upright.Turn(photo.Decode("WebP"), ExifOrientation.OfWebP(file)),
            };
        }
    }

    /// <summary>The size in pixels as stored in the file (not yet turned upright), from the header alone: cheap, whatever the size.</summary>
    /// <exception cref="ImageException">Not one of the formats, or the header cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file)
    {
        file = WithoutPrefix(file);
        Format format = Recognise(file);
        fixed (byte* start = file)
        {
            using SkiaPhoto photo = Open(start, file.Length, format);
            return (photo.Width, photo.Height);
        }
    }

    /// <summary>
    /// Looks at all of the picture data of a JPEG, also at what decoders pass over: whoever is enrolled from it stays for ever. Takes a third to a
    /// half of the time of decoding, and no memory of note. Other formats tell damage when they are decoded.
    /// </summary>
    /// <param name="file">A file that was decoded.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    public static void CheckData(ReadOnlySpan<byte> file)
    {
        file = WithoutPrefix(file);
        if (Recognise(file) is Format.Jpeg)
        {
            JpegDecoder.CheckData(file);
        }
    }

    /// <summary>What some cameras send before the picture: line breaks, or a start marker too many.</summary>
    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> file)
    {
        file = file.TrimStart("\r\n"u8);
        while (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF, 0xD8]))
        {
            file = file[2..];
        }

        return file;
    }

    private static SkiaPhoto Open(byte* file, int length, Format format)
    {
        if (SkiaPhoto.Open(file, length) is not { } photo)
        {
            throw Unreadable(new ReadOnlySpan<byte>(file, length), format);
        }

        if (format is Format.WebP && photo.IsAnimated)
        {
            photo.Dispose();
            throw new ImageException(
                ImageProblem.UnsupportedFormat, "Animated WebP is not supported. Send a single frame as WebP, JPEG or PNG.");
        }

        return photo;
    }

    /// <summary>Why Skia did not take a header.</summary>
    private static ImageException Unreadable(ReadOnlySpan<byte> file, Format format)
    {
        (long width, long height) = (0, 0);
        if (format is Format.Jpeg)
        {
            JpegStructure structure = JpegStructure.Read(file);
            if (structure.Oddity is { } oddity)
            {
                return JpegDecoder.Unsupported(oddity);
            }

            (width, height) = (structure.Width, structure.Height);
        }
        else if (format is Format.Png && file.Length >= 24)
        {
            // IHDR always comes first: signature 8, length 4, "IHDR", width 4, height 4
            (width, height) = (BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]));
        }

        return width > 0 && height > 0 && width * height > RgbImage.MaxPixels
            ? TooLarge(width, height, ", more than can be decoded")
            : ImageException.Corrupt(format is Format.WebP ? "WebP" : format.ToString().ToUpperInvariant(), "its header cannot be read, or the file ends before the picture begins");
    }

    private static ImageException TooLarge(long width, long height, string limit) => new(
        ImageProblem.TooManyPixels,
        $"The photo has {width} x {height} pixels, {(double)width * height / 1e6:0.#} megapixels{limit}. Scale it down.");

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
            return Format.WebP;
        }
        throw new ImageException(
            ImageProblem.UnsupportedFormat,
            file.IsEmpty ? "The file is empty. Send a JPEG, PNG or WebP photo."
            : IsoMedia(file) is { } kind ? kind
            : "The file is not a JPEG, PNG or WebP photo, whatever its name says. Send one of these.");
    }

    /// <summary>Files that begin with a box "ftyp" and a brand (ISO/IEC 14496-12): HEIC, AVIF and videos; iPhones send HEIC unless told otherwise.</summary>
    /// <returns>What it is and what to do; null when it is none.</returns>
    private static string? IsoMedia(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[4..8].SequenceEqual("ftyp"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> brand = file[8..12];
        bool heic = brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8);
        return heic
            ? "The file is HEIC, not a JPEG, PNG or WebP photo. Set the phone to JPEG: on an iPhone Settings > Camera > Formats > Most Compatible, on a Samsung "
                + "Camera settings > Advanced picture options > High efficiency pictures off."
            : brand.StartsWith("avi"u8)
            ? "The file is AVIF, not a JPEG, PNG or WebP photo. Set the camera's picture format to JPEG."
            : "The file is a video, not a photo. Send single frames as JPEG, PNG or WebP.";
    }
}
