using System.Buffers.Binary;
using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>Every kind of WebP gives the pixels that ImageMagick sees.</summary>
public class WebpDecoderTests
{
    [Theory]
    [InlineData("-q 80")]
    [InlineData("-q 10 -m 0")]
    [InlineData("-lossless")]
    [InlineData("-near_lossless 40")]
    public void WebpLooksAsImageMagickSeesIt(string options)
    {
        var webp = Tools.Webp(Tools.Png, options.Split(' '));
        Tools.Decode(webp).MustEqual(Tools.Reference(webp, "webp"), 1);
        Assert.Equal((203, 151), ImageDecoder.ReadSize(webp));
    }

    [Fact]
    public void LosslessWebpIsThePngItCameFrom() => Tools.Decode(Tools.Webp(Tools.Png, "-lossless")).MustEqual(Tools.Reference(Tools.Png, "png"), 0);

    [Theory]
    [InlineData("-q 80")]
    [InlineData("-lossless")]
    public void TransparentPixelsLieOnWhite(string options)
    {
        var png = Tools.Convert(Tools.Png, "png", "png32", "-alpha", "set", "-channel", "A", "-fx", "i<60?0:i<120?0.4:1", "+channel");
        var webp = Tools.Webp(png, options.Split(' '));
        var seen = Tools.Decode(webp);
        seen.MustEqual(Tools.Reference(webp, "webp"), 1);
        Assert.Equal((255, 255, 255), seen[30, 75]);
        Assert.NotEqual((255, 255, 255), seen[90, 75]);
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(8, true)]
    public void ExifChunkIsObeyed(ushort orientation, bool withPrefix)
    {
        var lossless = Tools.Webp(Tools.Png, "-lossless");
        var tiff = JpegParts.Tiff(orientation);
        Tools.Decode(WithExif(lossless, withPrefix ? [.. "Exif\0\0"u8, .. tiff] : tiff))
            .MustEqual(Tools.Reference(Tools.Png, "png", "-rotate", orientation == 6 ? "90" : "-90"), 0);
    }

    [Fact]
    public void AnimatedWebpIsRefusedByName()
    {
        var animated = Tools.Run("convert", [], "-size", "40x30", "xc:red", "xc:blue", "webp:-");
        Assert.True(animated.AsSpan().IndexOf("ANIM"u8) > 0);
        var refusal = Tools.Refusal(animated);
        Assert.Equal(ImageProblem.UnsupportedFormat, refusal.Problem);
        Assert.Contains("Animated", refusal.Message);
    }

    /// <summary>An extended file (VP8X): header with the EXIF flag, the picture's chunk, an odd-sized chunk, the EXIF chunk.</summary>
    private static byte[] WithExif(byte[] simple, byte[] exif)
    {
        byte[] header = [0x08, 0, 0, 0, 202, 0, 0, 150, 0, 0]; // flags, canvas width - 1 and height - 1 in 24 bits
        byte[] chunks = [.. Chunk("VP8X"u8, header), .. simple[12..], .. Chunk("odd "u8, [1, 2, 3]), .. Chunk("EXIF"u8, exif)];
        return [.. "RIFF"u8, .. Size(chunks.Length + 4), .. "WEBP"u8, .. chunks];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content) =>
        [.. name, .. Size(content.Length), .. content, .. new byte[content.Length & 1]];

    private static byte[] Size(int size)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, size);
        return bytes;
    }
}
