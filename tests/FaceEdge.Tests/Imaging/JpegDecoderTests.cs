using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>Every kind of JPEG gives the pixels that ImageMagick or djpeg sees.</summary>
public class JpegDecoderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-progressive")]
    [InlineData("-grayscale")]
    [InlineData("-grayscale -progressive")]
    [InlineData("-rgb")]
    [InlineData("-restart 1")]
    [InlineData("-optimize")]
    [InlineData("-sample 1x1")]
    [InlineData("-sample 2x1")]
    [InlineData("-sample 1x2")]
    [InlineData("-sample 4x1")]
    [InlineData("-sample 3x1")] // TurboJPEG's header call fails on this one
    [InlineData("-sample 2x2,1x2,2x1")]
    public void JpegLooksAsDjpegSeesIt(string options)
    {
        var jpeg = Tools.Run("cjpeg", Tools.Ppm, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Tools.Decode(jpeg).MustEqual(Picture.FromPpm(Tools.Run("djpeg", jpeg, "-pnm")), 0);
        Assert.Equal((203, 151), ImageDecoder.ReadSize(jpeg));
    }

    [Fact]
    public void ArithmeticCodingNeedsTheFastLane()
    {
        var jpeg = Tools.Run("cjpeg", Tools.Ppm, "-arithmetic");
        Tools.Decode(jpeg, JpegLane.Current).MustEqual(Picture.FromPpm(Tools.Run("djpeg", jpeg, "-pnm")), 0);
        var refusal = Tools.Refusal(jpeg, JpegLane.Skia);
        Assert.Equal(ImageProblem.UnsupportedFormat, refusal.Problem);
        Assert.Contains("libturbojpeg", refusal.Message);
    }

    [Fact]
    public void CameraPhotoLooksAsImageMagickSeesIt()
    {
        var jpeg = File.ReadAllBytes(Repository.Photo("sample1.jpg"));
        Tools.Decode(jpeg).MustEqual(Tools.Reference(jpeg, "jpeg"), 0);
    }

    [Fact]
    public void CmykLooksAsImageMagickSeesIt()
    {
        // ImageMagick writes YCCK; with 0 in Adobe's last byte the same data is to be read as CMYK, in wrong colours.
        var jpeg = Ycck();
        var adobe = JpegParts.Find(jpeg, 0xEE);
        Assert.Equal("Adobe"u8, jpeg.AsSpan(adobe + 4, 5));
        Assert.Equal(2, jpeg[adobe + 15]);
        jpeg[adobe + 15] = 0;
        var seen = Tools.Decode(jpeg);
        seen.MustEqual(Tools.Reference(jpeg, "jpeg"), 1);
        Assert.NotEqual(Tools.Decode(Ycck()).Pixels, seen.Pixels);
    }

    [Fact]
    public void YcckLooksAsImageMagickSeesIt()
    {
        var jpeg = Ycck();
        Tools.Decode(jpeg).MustEqual(Tools.Reference(jpeg, "jpeg"), 1);
        Tools.Decode(jpeg).MustEqual(Tools.Reference(Tools.Png, "png"), 60); // and that is the photo, not its negative
    }

    [Fact]
    public void CmykWithoutAdobesMarkerIsStillCmyk()
    {
        // What the marker says goes without it: four components are CMYK then, inverted as with it.
        byte[] jpeg = Ycck();
        int adobe = JpegParts.Find(jpeg, 0xEE);
        byte[] without = [.. jpeg[..adobe], .. jpeg[(adobe + 2 + jpeg[adobe + 3])..]];
        jpeg[adobe + 15] = 0;
        Tools.Decode(without).MustEqual(Tools.Decode(jpeg), 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-sample 2x1 -restart 1")] // what webcams send: 4:2:2 with restart markers
    public void MotionJpegFrameWithoutHuffmanTablesHasTheStandardOnes(string options)
    {
        byte[] jpeg = Tools.Run("cjpeg", Tools.Ppm, ["-quality", "90", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        byte[] frame = JpegParts.Without(jpeg, 0xC4);
        Assert.True(frame.Length < jpeg.Length - 400);
        Tools.Decode(frame).MustEqual(Tools.Decode(jpeg), 0);
    }

    [Fact]
    public void MultiPictureFileShowsItsFirst()
    {
        // MPO: an APP2 "MPF" in the first picture, the second (here a smaller one) right behind the first's end marker.
        byte[] second = Tools.Run("cjpeg", Tools.Convert(Tools.Png, "png", "ppm", "-scale", "50%"));
        byte[] index = JpegParts.Segment(0xE2, [.. "MPF\0II*\0\b\0\0\0\0\0\0\0\0\0"u8]);
        byte[] mpo = [.. JpegParts.WithSegments(Tools.Jpeg, index), .. JpegParts.WithSegments(second, index)];
        Tools.Decode(mpo).MustEqual(Tools.Decode(Tools.Jpeg), 0);
    }

    [Theory]
    [InlineData(2.2)]
    [InlineData(1.0)]
    public void ColourProfileIsNotApplied(double gamma)
    {
        byte[] profile = ColourProfiles.WideGamut(gamma);
        byte[] jpeg = JpegParts.WithSegments(Tools.Jpeg, JpegParts.Segment(0xE2, [.. "ICC_PROFILE\0\u0001\u0001"u8, .. profile]));
        Tools.Decode(jpeg).MustEqual(Tools.Decode(Tools.Jpeg), 0);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("-progressive", 2)]
    [InlineData("-sample 2x1", 4)]
    [InlineData("-grayscale", 8)]
    public void LargeJpegIsScaledWhileDecoding(string options, int denominator)
    {
        var jpeg = Tools.Run("cjpeg", Tools.Ppm, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        using var image = ImageDecoder.Decode(jpeg, 100_000, 202 / denominator);
        Assert.Equal((203, 151), (image.OriginalWidth, image.OriginalHeight));
        Picture.Of(image).MustEqual(Picture.FromPpm(Tools.Run("djpeg", jpeg, "-pnm", "-scale", $"1/{denominator}")), 0);
    }

    [Theory]
    [InlineData(102, 203)] // 203 < 2 * 102
    [InlineData(101, 102)]
    [InlineData(52, 102)]
    [InlineData(50, 51)]
    [InlineData(25, 26)]
    [InlineData(1, 26)] // 1/8 is the smallest there is
    public void LongerSideStaysAtOrAboveTheTarget(int targetSide, int width) => Assert.Equal(width, Tools.Decode(Tools.Jpeg, targetSide).Width);

    [Fact]
    public void ScaledYcckKeepsItsColours()
    {
        var seen = Tools.Decode(Ycck(), 100);
        Assert.Equal(102, seen.Width);
        var small = Tools.Reference(Ycck(), "jpeg", "-scale", "102x76!");
        Assert.InRange(seen.Pixels.Zip(small.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 4);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 700)]
    [InlineData(700, 1)]
    public void TinyJpegIsDecoded(int width, int height)
    {
        var jpeg = Tools.Convert(Tools.Png, "png", "jpeg", "-scale", $"{width}x{height}!");
        Tools.Decode(jpeg).MustEqual(Tools.Reference(jpeg, "jpeg"), 0);
        Assert.Equal((Math.Max(1, (width + 7) / 8), Math.Max(1, (height + 7) / 8)), (Tools.Decode(jpeg, 80).Width, Tools.Decode(jpeg, 80).Height));
    }

    private static byte[] Ycck() => Tools.Convert(Tools.Png, "png", "jpeg", "-colorspace", "CMYK", "-quality", "95", "-sampling-factor", "1x1");
}
