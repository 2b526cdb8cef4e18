using System.Buffers.Binary;
using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>What is refused, what is not, and as what.</summary>
public class BrokenFilesTests
{
    public static TheoryData<string> Kinds => new("jpeg", "progressive", "restart", "exif", "ycck", "png", "interlaced", "webp", "lossless", "alpha");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FileCutAtAnyTenthIsCorrupt(string kind)
    {
        var file = Sample(kind);
        Tools.Decode(file);
        for (var tenth = 1; tenth < 10; tenth++)
        {
            Assert.Equal(ImageProblem.Corrupt, Tools.Refusal(file[..(file.Length * tenth / 10)]).Problem);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FileCutInItsFirstBytesIsRefused(string kind)
    {
        var file = Sample(kind);
        for (var length = 0; length < 64; length++)
        {
            Tools.Refusal(file[..length]);
        }
    }

    [Fact]
    public void PngWithTextsThatInflateToGigabytesCostsNothing()
    {
        // 1. 200 zTXt chunks of 7.7 KB before the picture data, each 7.9 MB when inflated: 1.6 GB in all.
        var png = Sample("png");
        using var packed = new MemoryStream();
        packed.Write("Comment\0\0"u8);
        using (var deflate = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(new byte[7_900_000]);
        }
        var bomb = new MemoryStream();
        bomb.Write(png.AsSpan(0, 33)); // signature and IHDR
        for (var i = 0; i < 200; i++)
        {
            WriteChunk(bomb, "zTXt"u8, packed.ToArray());
        }
        bomb.Write(png.AsSpan(33));

        // 2. It is the same picture, at the same price.
        var before = PeakMemory();
        var image = Tools.Decode(bomb.ToArray());
        var plain = Tools.Decode(png);
        Assert.Equal(plain.Pixels, image.Pixels);
        Assert.True(PeakMemory() - before < 300L << 20, $"{(PeakMemory() - before) >> 20} MiB were taken");
    }

    [Fact]
    public void CutPhotoIsCorruptAlsoBehindAHarmlessWarning()
    {
        // libjpeg reports the first warning only: here the JFIF version, not that half the picture is missing.
        var jpeg = Sample("jpeg");
        jpeg[JpegParts.Find(jpeg, 0xE0) + 9] = 7;
        Tools.Decode(jpeg);
        Assert.Equal(ImageProblem.Corrupt, Tools.Refusal(jpeg[..(jpeg.Length / 2)]).Problem);
    }

    [Fact]
    public void EndMarkerGluedToACutPhotoDoesNotHelp()
    {
        var jpeg = Sample("jpeg");
        byte[] glued = [.. jpeg[..(jpeg.Length / 2)], 0xFF, 0xD9];
        Assert.Equal(ImageProblem.Corrupt, Tools.Refusal(glued).Problem);
    }

    [Fact]
    public void WhatCamerasDoIsAccepted()
    {
        var jpeg = Sample("jpeg");
        var expected = Tools.Decode(jpeg);
        byte[][] odd =
        [
            [.. jpeg[..^2], 0, 0, 0, 0xFF, 0xD9], // padding before the end marker
            [.. jpeg[..^2], 0xFF, 0xFF, 0xFF, 0xD9], // fill bytes
            [.. jpeg, .. jpeg], // a second picture behind the first (MPO)
            [.. jpeg, .. new byte[1000]], // a trailer
            [.. jpeg[..2], .. jpeg[20..]], // no JFIF segment at all
            [.. jpeg[..20], 0, 0, 0, .. jpeg[20..]], // bytes between segments
            JpegParts.WithSegments(jpeg, JpegParts.Segment(0xEF), JpegParts.Segment(0xE2, [.. "ICC_PROFILE\0"u8, 9, 1, 2])),
            JpegParts.WithSegments(jpeg, JpegParts.Exif([1, 2, 3]), JpegParts.Segment(0xFE, [.. "comment"u8])),
        ];
        Assert.Equal(0xE0, jpeg[3]);
        Assert.All(odd, file => Tools.Decode(file).MustEqual(expected, 0));
    }

    [Theory]
    [InlineData("Corrupt JPEG data: 12 extraneous bytes before marker 0xd9", false)] // for JpegPictureData to say
    [InlineData("Warning: unknown JFIF revision number 7.01", true)]
    [InlineData("Unknown Adobe color transform code 9", true)]
    [InlineData("Inconsistent progression sequence for component 0 coefficient 1", true)]
    [InlineData("Corrupt JPEG data: bad ICC marker", true)]
    [InlineData("Premature end of JPEG file", false)]
    [InlineData("Corrupt JPEG data: premature end of data segment", false)]
    [InlineData("Corrupt JPEG data: bad Huffman code", false)]
    [InlineData("Corrupt JPEG data: bad arithmetic code", false)]
    [InlineData("Corrupt JPEG data: found marker 0xd9 instead of RST3", false)]
    [InlineData("Application transferred too many scanlines", false)]
    [InlineData("", false)]
    public void OnlyWarningsThatLeaveThePictureWholeAreHarmless(string warning, bool harmless) => Assert.Equal(harmless, TurboJpegDecoder.IsHarmless(warning));

    [Theory]
    [InlineData("")]
    [InlineData("just text, saved as photo.jpg")]
    [InlineData("%PDF-1.7\n%...")]
    [InlineData("RIFF....WAVEfmt ")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    public void OtherFormatsAreUnsupported(string content) =>
        Assert.Equal(ImageProblem.UnsupportedFormat, Tools.Refusal(System.Text.Encoding.Latin1.GetBytes(content)).Problem);

    [Theory]
    [InlineData("heic", "Most Compatible")]
    [InlineData("mif1", "Most Compatible")]
    [InlineData("hevx", "Most Compatible")]
    [InlineData("avif", "AVIF")]
    [InlineData("isom", "video")]
    public void WhatPhonesSendByDefaultIsNamedWithTheirSetting(string brand, string said) =>
        Assert.Contains(said, Tools.Refusal([0, 0, 0, 24, .. "ftyp"u8, .. System.Text.Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0]).Message);

    [Theory]
    [InlineData("gif")]
    [InlineData("bmp")]
    [InlineData("tiff")]
    public void OtherPicturesAreUnsupported(string format) =>
        Assert.Equal(ImageProblem.UnsupportedFormat, Tools.Refusal(Tools.Convert(Tools.Png, "png", format)).Problem);

    [Theory]
    [InlineData(12)] // bits a sample
    [InlineData(0xC3)] // lossless process
    public void UnusualJpegIsUnsupported(byte what)
    {
        var jpeg = Sample("jpeg");
        var frame = JpegParts.Find(jpeg, 0xC0);
        jpeg[what == 12 ? frame + 4 : frame + 1] = what;
        Assert.Equal(ImageProblem.UnsupportedFormat, Tools.Refusal(jpeg).Problem);
    }

    [Theory]
    [InlineData(65500, 65500, ImageProblem.TooManyPixels)]
    [InlineData(65535, 65535, ImageProblem.TooManyPixels)]
    [InlineData(10001, 10000, ImageProblem.TooManyPixels)]
    [InlineData(0, 151, ImageProblem.Corrupt)]
    [InlineData(203, 0, ImageProblem.Corrupt)]
    public void JpegSizeIsCheckedBeforeDecoding(ushort width, ushort height, ImageProblem problem)
    {
        var jpeg = Sample("jpeg");
        var frame = JpegParts.Find(jpeg, 0xC0);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), width);
        Assert.Equal(problem, Tools.Refusal(jpeg).Problem);
    }

    [Theory]
    [InlineData(100_000, 100_000, ImageProblem.TooManyPixels)]
    [InlineData(int.MaxValue, int.MaxValue, ImageProblem.TooManyPixels)]
    [InlineData(10_001, 10_000, ImageProblem.TooManyPixels)]
    [InlineData(0, 10, ImageProblem.Corrupt)]
    [InlineData(10, 0, ImageProblem.Corrupt)]
    [InlineData(-1, 10, ImageProblem.Corrupt)]
    [InlineData(2_000_000, 1, ImageProblem.Corrupt)] // allowed by its area, not by libpng
    public void PngSizeIsCheckedBeforeDecoding(int width, int height, ImageProblem problem)
    {
        var header = Tools.Png[16..29];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        byte[] png = [.. Tools.Png[..8], .. PngDecoderTests.Chunk("IHDR"u8, header), .. Tools.Png[33..]];
        Assert.Equal(problem, Tools.Refusal(png).Problem);
    }

    [Fact]
    public void WebpSizeIsCheckedBeforeDecoding()
    {
        var webp = Sample("webp");
        Assert.Equal("VP8 "u8, webp.AsSpan(12, 4));
        (webp[26], webp[27], webp[28], webp[29]) = (0xFF, 0x3F, 0xFF, 0x3F); // 16383 x 16383
        Assert.Equal(ImageProblem.TooManyPixels, Tools.Refusal(webp).Problem);
        (webp[26], webp[27]) = (0, 0);
        Assert.Equal(ImageProblem.Corrupt, Tools.Refusal(webp).Problem);
    }

    [Fact]
    public void LimitIsInclusiveAndNamed()
    {
        Assert.Equal(203, ReadWidth(203 * 151));
        var refusal = Tools.Refusal(Tools.Jpeg, 203 * 151 - 1);
        Assert.Equal(ImageProblem.TooManyPixels, refusal.Problem);
        Assert.Contains("203 x 151", refusal.Message);

        static int ReadWidth(long maxPixels)
        {
            using var image = ImageDecoder.Decode(Tools.Jpeg, maxPixels, 2048);
            return image.Width;
        }
    }

    [Fact]
    public void ProgressiveJpegOfThousandScansIsRefused()
    {
        var jpeg = Sample("progressive");
        var last = jpeg.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        var scan = jpeg[last..^2];
        byte[] bomb = [.. jpeg[..last], .. Enumerable.Repeat(scan, 1000).SelectMany(s => s), 0xFF, 0xD9];
        Assert.Equal(ImageProblem.Corrupt, Tools.Refusal(bomb).Problem);
    }

    [Fact]
    public void DamagedPngDataIsCorrupt()
    {
        var png = Sample("png");
        png[png.Length / 2] ^= 0xFF;
        Assert.Equal(ImageProblem.Corrupt, Tools.Refusal(png).Problem);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DamagedBytesGiveAnImageOrAnImageException(string kind)
    {
        var file = Sample(kind);
        var random = new Random(kind.Length * 1000 + kind[0]);
        int decoded = 0, refused = 0;
        for (var round = 0; round < 250; round++)
        {
            var damaged = file[..(round % 3 == 0 ? random.Next(file.Length + 1) : file.Length)];
            for (var flips = random.Next(1, 12); flips > 0 && damaged.Length > 0; flips--)
            {
                // Half of the damage goes into the headers, where the lengths and sizes are.
                damaged[random.Next(flips % 2 == 0 ? Math.Min(700, damaged.Length) : damaged.Length)] = (byte)random.Next(256);
            }
            try
            {
                using var image = ImageDecoder.Decode(damaged, 4_000_000, 64);
                Assert.Equal(3 * image.Width * image.Height, image.Pixels.Length);
                decoded++;
            }
            catch (ImageException)
            {
                refused++;
            }
        }
        Assert.Equal(250, decoded + refused);
        Assert.InRange(refused, 25, 250); // else the damage did not reach the codec
    }

    internal static byte[] Sample(string kind) => kind switch
    {
        "jpeg" => [.. Tools.Jpeg],
        "progressive" => Tools.Run("cjpeg", Tools.Ppm, "-progressive"),
        "restart" => Tools.Run("cjpeg", Tools.Ppm, "-restart", "1"),
        "exif" => JpegParts.WithSegments(Tools.Jpeg, JpegParts.Exif(JpegParts.TiffWithThumbnail(6, 3, Tools.Jpeg))),
        "ycck" => Tools.Convert(Tools.Png, "png", "jpeg", "-colorspace", "CMYK"),
        "png" => [.. Tools.Png],
        "interlaced" => Tools.Convert(Tools.Png, "png", "png", "-interlace", "PNG"),
        "webp" => Tools.Webp(Tools.Png, "-q", "80"),
        "lossless" => Tools.Webp(Tools.Png, "-lossless"),
        "alpha" => Tools.Webp(Tools.Convert(Tools.Png, "png", "png32", "-alpha", "set", "-channel", "A", "-fx", "i/w", "+channel"), "-q", "80"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static long PeakMemory() =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static void WriteChunk(Stream png, ReadOnlySpan<byte> name, byte[] data)
    {
        byte[] body = [.. name, .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(body);
        var crc = 0xFFFFFFFFu;
        foreach (var value in body)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0); // PNG specification, annex D
            }
        }
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        png.Write(number);
    }
}
