using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaceEdge.Imaging;

/// <summary>
/// PNG through libpng's simplified API (png.h, section "SIMPLIFIED API"), which turns every depth, palette, grey, interlacing and
/// gamma into 8-bit sRGB and lays transparent pixels on white. Of an animated PNG the first picture is taken.
/// <para>
/// One detour: libpng, since its fix of a buffer overflow (so in Debian 12's 1.6.39-2+deb12u4), mixes up the rows of interlaced 16-bit
/// files on their way to 8 bits (pnggroup/libpng issue 853). Those are taken as 16-bit linear light, which comes out right.
/// </para>
/// </summary>
internal static unsafe partial class PngDecoder
{
    internal const string Library = "libpng16.so.16";
    private const uint VersionOne = 1; // PNG_IMAGE_VERSION
    private const uint FormatRgb = 2; // PNG_FORMAT_RGB = PNG_FORMAT_FLAG_COLOR
    private const uint FormatLinearRgba = 7; // PNG_FORMAT_LINEAR_RGB_ALPHA: 4 x 16 bits, alpha multiplied in
    private const uint Flag16BitSrgb = 4; // PNG_IMAGE_FLAG_16BIT_sRGB: 16-bit files without gAMA are sRGB like all others, not linear

    private static ReadOnlySpan<byte> White => [255, 255, 255];

    /// <summary>Size from the IHDR chunk, which always comes first: signature 8, length 4, "IHDR", width 4, height 4.</summary>
    internal static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !file[12..16].SequenceEqual("IHDR"u8))
        {
            throw ImageException.Corrupt("PNG", "it has no header");
        }
        var width = BinaryPrimitives.ReadInt32BigEndian(file[16..]);
        var height = BinaryPrimitives.ReadInt32BigEndian(file[20..]);
        return width > 0 && height > 0 ? (width, height) : throw ImageException.Corrupt("PNG", "its header gives no valid size");
    }

    internal static RgbImage Decode(ReadOnlySpan<byte> file)
    {
        var (width, height) = ReadSize(file);
        var interlaced16 = file[24] == 16 && file[28] != 0; // IHDR: depth behind the size, interlacing last
        var bytesPerPixel = interlaced16 ? 8 : 3;
        var png = new PngImage { Version = VersionOne };
        RgbImage? image = null;
        var plain = NativeBuffers.Rent(file.Length);
        try
        {
            var length = PngChunks.CopyPicture(file, new Span<byte>((void*)plain.Address, file.Length));
            fixed (byte* white = White)
            {
                if (BeginRead(&png, (byte*)plain.Address, (nuint)length) == 0 || png.Width != width || png.Height != height)
                {
                    throw ImageException.Corrupt("PNG", png.Text);
                }
                png.Format = interlaced16 ? FormatLinearRgba : FormatRgb;
                png.Flags |= Flag16BitSrgb;
                image = RgbImage.Rent(width, height, bytesPerPixel);
                if (FinishRead(&png, white, image.Pointer, 0, null) == 0) // 0: rows packed
                {
                    throw ImageException.Corrupt("PNG", png.Text);
                }
            }
            if (interlaced16)
            {
                FourChannels.LinearRgba16OnWhite(image);
            }
            return image;
        }
        catch
        {
            image?.Dispose();
            throw;
        }
        finally
        {
            Free(&png);
            NativeBuffers.Return(plain);
        }
    }

    [LibraryImport(Library, EntryPoint = "png_image_begin_read_from_memory")]
    private static partial int BeginRead(PngImage* image, byte* memory, nuint size);

    [LibraryImport(Library, EntryPoint = "png_image_finish_read")]
    private static partial int FinishRead(PngImage* image, byte* background, byte* buffer, int rowStride, void* colormap);

    [LibraryImport(Library, EntryPoint = "png_image_free")]
    private static partial void Free(PngImage* image);

    /// <summary>png_image of png.h, field by field.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PngImage
    {
        public nint Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColormapEntries;
        public uint WarningOrError;
        public PngMessage Message;

        /// <summary>What went wrong, in libpng's words.</summary>
        public readonly string Text
        {
            get
            {
                ReadOnlySpan<byte> text = Message;
                var end = text.IndexOf((byte)0);
                return end == 0 ? "unknown error" : System.Text.Encoding.Latin1.GetString(end < 0 ? text : text[..end]);
            }
        }
    }

    /// <summary>char message[64].</summary>
    [InlineArray(64)]
    private struct PngMessage
    {
        private byte _first;
    }
}
