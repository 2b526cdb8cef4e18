using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FaceEdge.Imaging;

/// <summary>WebP through libwebp (decode.h): lossy, lossless, with or without alpha (laid on white). Not animated ones.</summary>
internal static unsafe partial class WebpDecoder
{
    internal const string Library = "libwebp.so.7";
    private const int AbiVersion = 0x0209; // WEBP_DECODER_ABI_VERSION: the upper byte must match, and is 2 throughout libwebp.so.7

    /// <summary>Size from the header.</summary>
    internal static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file)
    {
        var features = ReadFeatures(file);
        return (features.Width, features.Height);
    }

    internal static RgbImage Decode(ReadOnlySpan<byte> file)
    {
        var features = ReadFeatures(file);
        var bytesPerPixel = features.HasAlpha != 0 ? 4 : 3;
        var image = RgbImage.Rent(features.Width, features.Height, bytesPerPixel);
        try
        {
            var stride = bytesPerPixel * features.Width;
            var size = (nuint)stride * (nuint)features.Height;
            fixed (byte* data = file)
            {
                var done = features.HasAlpha != 0
                    ? DecodeRgba(data, (nuint)file.Length, image.Pointer, size, stride)
                    : DecodeRgb(data, (nuint)file.Length, image.Pointer, size, stride);
                if (done == null)
                {
                    throw ImageException.Corrupt("WebP", "its picture data cannot be decoded");
                }
            }
            if (features.HasAlpha != 0)
            {
                FourChannels.RgbaOnWhite(image);
            }
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>The EXIF chunk, empty if there is none. Chunks (RIFF): name 4, length 4, content padded to even length.</summary>
    internal static ReadOnlySpan<byte> Exif(ReadOnlySpan<byte> file)
    {
        var rest = file[12..];
        while (rest.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8)
            {
                break;
            }
            var content = rest.Slice(8, (int)length);
            if (rest[..4].SequenceEqual("EXIF"u8))
            {
                // The container says a bare TIFF block; some writers put JPEG's prefix before it.
                return content.StartsWith(ExifOrientation.Prefix) ? content[ExifOrientation.Prefix.Length..] : content;
            }
            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
        }
        return [];
    }

    private static Features ReadFeatures(ReadOnlySpan<byte> file)
    {
        Features features = default;
        int status;
        fixed (byte* data = file)
        {
            status = GetFeatures(data, (nuint)file.Length, &features, AbiVersion);
        }
        if (status != 0 || features.Width < 1 || features.Height < 1)
        {
            throw ImageException.Corrupt("WebP", status == 7 ? "the file ends before the picture begins" : "its header cannot be read");
        }
        return features.HasAnimation == 0
            ? features
            : throw new ImageException(
                ImageProblem.UnsupportedFormat, "Animated WebP is not supported. Send a single frame as WebP, JPEG or PNG.");
    }

    [LibraryImport(Library, EntryPoint = "WebPGetFeaturesInternal")]
    private static partial int GetFeatures(byte* data, nuint size, Features* features, int abiVersion);

    [LibraryImport(Library, EntryPoint = "WebPDecodeRGBInto")]
    private static partial byte* DecodeRgb(byte* data, nuint size, byte* output, nuint outputSize, int stride);

    [LibraryImport(Library, EntryPoint = "WebPDecodeRGBAInto")]
    private static partial byte* DecodeRgba(byte* data, nuint size, byte* output, nuint outputSize, int stride);

    /// <summary>WebPBitstreamFeatures of decode.h, field by field.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Features
    {
        public int Width;
        public int Height;
        public int HasAlpha;
        public int HasAnimation;
        public int Format;
        public uint Pad0, Pad1, Pad2, Pad3, Pad4;
    }
}
