using System.Buffers.Binary;
using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>Every kind of PNG gives the pixels that ImageMagick sees.</summary>
public class PngDecoderTests
{
    // ImageMagick options, IHDR's depth and colour type that must come of them, tolerance
    [Theory]
    [InlineData("-define png:color-type=2 -define png:bit-depth=8", 8, 2, 0)]
    [InlineData("-define png:color-type=2 -define png:bit-depth=16", 16, 2, 1)]
    [InlineData("-colorspace Gray -define png:color-type=0 -define png:bit-depth=8", 8, 0, 0)]
    [InlineData("-colorspace Gray -define png:color-type=0 -define png:bit-depth=16", 16, 0, 1)]
    [InlineData("-colorspace Gray -threshold 50% -define png:color-type=0 -define png:bit-depth=1", 1, 0, 0)]
    [InlineData("-colorspace Gray -colors 4 -posterize 4 -define png:color-type=0 -define png:bit-depth=2", 2, 0, 0)]
    [InlineData("-colors 256 -define png:color-type=3", 8, 3, 0)]
    [InlineData("-colors 16 -define png:color-type=3 -define png:bit-depth=4", 4, 3, 0)]
    [InlineData("-colors 2 -define png:color-type=3 -define png:bit-depth=1", 1, 3, 0)]
    public void PngLooksAsImageMagickSeesIt(string options, byte depth, byte colourType, int tolerance)
    {
        foreach (var interlace in new[] { "None", "PNG" })
        {
            // A photo with a few grey levels added per 16-bit step would need more than 8 bits: blur at 16 bits makes them.
            var png = Tools.Convert(Tools.Png, "png", "png", ["-strip", "-blur", "0x1", .. options.Split(' '), "-interlace", interlace]);
            Assert.Equal((depth, colourType, interlace == "PNG" ? 1 : 0), (png[24], png[25], png[28]));
            Tools.Decode(png).MustEqual(Tools.Reference(png, "png"), tolerance);
            Assert.Equal((203, 151), ImageDecoder.ReadSize(png));
        }
    }

    [Theory]
    [InlineData("-define png:color-type=6 -define png:bit-depth=8", 8, 6)]
    [InlineData("-define png:color-type=6 -define png:bit-depth=16", 16, 6)]
    [InlineData("-colorspace Gray -define png:color-type=4 -define png:bit-depth=8", 8, 4)]
    [InlineData("-colorspace Gray -define png:color-type=4 -define png:bit-depth=16", 16, 4)]
    public void TransparentPixelsLieOnWhite(string options, byte depth, byte colourType)
    {
        foreach (var interlace in new[] { "None", "PNG" })
        {
            var png = Tools.Convert(Tools.Png, "png", "png", [.. Holes, .. options.Split(' '), "-interlace", interlace]);
            Assert.Equal((depth, colourType), (png[24], png[25]));
            var seen = Tools.Decode(png);
            seen.MustEqual(Tools.Reference(png, "png"), 1);
            Assert.Equal((255, 255, 255), seen[50, 50]);
        }
    }

    [Fact]
    public void TransparentPaletteColourLiesOnWhite()
    {
        var png = Tools.Convert(Tools.Png, "png", "png", [.. Holes, "-colors", "100"]);
        png = Tools.Convert(png, "png", "png8");
        Assert.Equal(3, png[25]);
        Assert.True(png.AsSpan().IndexOf("tRNS"u8) > 0);
        var seen = Tools.Decode(png);
        seen.MustEqual(Tools.Reference(png, "png"), 1);
        Assert.Equal((255, 255, 255), seen[50, 50]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void LinearLightIsTurnedIntoAScreens(int depth)
    {
        var png = Tools.Convert(Tools.Png, "png", "png", "-colorspace", "RGB", "-define", $"png:bit-depth={depth}", "-define", "png:color-type=2");
        Assert.True(png.AsSpan().IndexOf("gAMA"u8) > 0);
        Tools.Decode(png).MustEqual(Tools.Reference(png, "png"), 2);
    }

    [Fact]
    public void ProfileOfAScreenIsNotApplied()
    {
        using var packed = new MemoryStream();
        using (var deflate = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(ColourProfiles.WideGamut(2.2));
        }
        byte[] plain = Tools.Convert(Tools.Png, "png", "png", "-strip");
        byte[] png = [.. plain[..33], .. Chunk("iCCP"u8, [.. "P3\0\0"u8, .. packed.ToArray()]), .. plain[33..]];
        Tools.Decode(png).MustEqual(Tools.Reference(Tools.Png, "png"), 0);
    }

    [Fact]
    public void HalfTransparentPixelsLieBetween()
    {
        var png = Tools.Run("convert", [], "-size", "4x4", "xc:rgba(0,0,0,0.5)", "png32:-");
        var (r, g, b) = Tools.Decode(png)[2, 2];
        Assert.Equal((r, r), (g, b));
        Assert.InRange(r, 120, 195);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(8)]
    public void ExifChunkIsObeyedBeforeAndBehindTheData(ushort orientation)
    {
        var expected = Upright(orientation);
        var chunk = Chunk("eXIf"u8, JpegParts.Tiff(orientation, little: orientation != 6));
        byte[] early = [.. Tools.Png[..33], .. chunk, .. Tools.Png[33..]];
        byte[] late = [.. Tools.Png[..^12], .. chunk, .. Tools.Png[^12..]];
        Tools.Decode(early).MustEqual(expected, 0);
        Tools.Decode(late).MustEqual(expected, 0);
    }

    private static string[] Holes => ["-alpha", "set", "-region", "40x40+30+30", "-alpha", "transparent", "+region"];

    /// <summary>The picture as ImageMagick turns it by hand.</summary>
    private static Picture Upright(int orientation) => Tools.Reference(Tools.Png, "png", "-rotate", orientation switch { 6 => "90", 8 => "-90", _ => "0" });

    internal static byte[] Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        name.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        var crc = 0xFFFFFFFFu;
        foreach (var b in chunk.AsSpan(4, content.Length + 4))
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(content.Length + 8), ~crc);
        return chunk;
    }
}
