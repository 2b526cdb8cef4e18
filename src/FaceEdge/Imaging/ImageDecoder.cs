using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>The door of this room: the bytes of a photo in, upright RGB pixels out. Safe on any bytes, from any thread.</summary>
public static unsafe class ImageDecoder
{
    /// <summary>Progressive files have about 10 scans, the finest scripts in use under 30. Each costs a pass over the whole picture.</summary>
    internal const int MaxScans = 100;

    /// <summary>The same for huge pictures, as pixels times scans: 25 scans of 100 MP, which keep a core busy for some seconds.</summary>
    private const long MaxScannedPixels = 2_500_000_000;

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
                Format.Jpeg => Upright.Turn(DecodeJpeg(file, photo, targetSide, lane), photo.Orientation),
                Format.Png => Upright.Turn(photo.Decode("PNG"), ExifOrientation.OfPng(file)),
                _ => Upright.Turn(photo.Decode("WebP"), ExifOrientation.OfWebP(file)),
            };
        }
    }

    /// <summary>The size in pixels as stored in the file (not yet turned upright), from the header alone: cheap, whatever the size.</summary>
    /// <exception cref="ImageException">Not one of the formats, or the header cannot be read.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file)
    {
        Format format = Recognise(file);
        fixed (byte* start = file)
        {
            using SkiaPhoto photo = Open(start, file.Length, format);
            return (photo.Width, photo.Height);
        }
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
                return UnsupportedJpeg(oddity);
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

    private static RgbImage DecodeJpeg(ReadOnlySpan<byte> file, SkiaPhoto photo, int targetSide, JpegLane lane)
    {
        JpegStructure structure = JpegStructure.Read(file);
        if (structure.Oddity is { } oddity)
        {
            throw UnsupportedJpeg(oddity);
        }

        if (!structure.Complete)
        {
            throw ImageException.Corrupt("JPEG", "the end of the file is missing");
        }

        if (structure.Scans > Math.Min(MaxScans, MaxScannedPixels / ((long)photo.Width * photo.Height)))
        {
            throw ImageException.Corrupt("JPEG", $"its picture is cut into {structure.Scans} scans, more than any camera writes");
        }

        int denominator = Denominator(Math.Max(photo.Width, photo.Height), targetSide);
        if (lane.Turbo is { } turbo)
        {
            return TurboJpegDecoder.Decode(turbo, file, photo.Width, photo.Height, denominator);
        }

        return structure.IsArithmetic
            ? throw UnsupportedJpeg("arithmetic coding, which needs libturbojpeg on the box")
            : photo.Decode("JPEG", denominator);
    }

    private static int Denominator(int longerSide, int targetSide)
    {
        int denominator = 1;
        while (denominator < 8 && (longerSide + (2 * denominator) - 1) / (2 * denominator) >= targetSide && longerSide >= 2L * targetSide)
        {
            denominator *= 2;
        }

        return denominator;
    }

    private static ImageException UnsupportedJpeg(string oddity) => new(
        ImageProblem.UnsupportedFormat, $"This kind of JPEG cannot be read ({oddity}). Save the photo as an ordinary 8-bit JPEG, a PNG or a WebP.");

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
