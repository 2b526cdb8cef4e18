using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

public class JpegEncoderTests
{
    [Fact]
    public void CropIsAsGoodAndAsSmallAsCjpegWouldWriteIt()
    {
        using var image = ImageDecoder.Decode(Tools.Png, 100_000, 2048);
        var crop = JpegEncoder.Encode(image, 20, 30, 101, 55, 512, 90);
        var expected = Tools.Run("cjpeg", Tools.Convert(Tools.Png, "png", "ppm", "-crop", "101x55+20+30", "+repage"), "-quality", "90", "-sample", "2x2");
        var wanted = Tools.Reference(Tools.Png, "png", "-crop", "101x55+20+30", "+repage");
        double error = Error(Picture.FromPpm(Tools.Run("djpeg", crop))), errorOfCjpeg = Error(Picture.FromPpm(Tools.Run("djpeg", expected)));
        Assert.InRange(error, 0.5 * errorOfCjpeg, 1.1 * errorOfCjpeg);
        Assert.InRange(crop.Length, 0.7 * expected.Length, 1.1 * expected.Length);
        Assert.Equal("2x2,1x1,1x1", System.Text.Encoding.ASCII.GetString(Tools.Run("identify", crop, "-format", "%[jpeg:sampling-factor]", "jpeg:-")));

        double Error(Picture seen) => seen.Pixels.Zip(wanted.Pixels, (a, b) => (double)((a - b) * (a - b))).Average();
    }

    [Theory]
    [InlineData(0, 0, 203, 151, 100, 100, 74)]
    [InlineData(50, 0, 40, 151, 100, 26, 100)]
    [InlineData(-50, -60, 1000, 1000, 512, 203, 151)]
    [InlineData(200, 150, 1000, 1000, 512, 3, 1)]
    [InlineData(0, 0, 203, 1, 20, 20, 1)]
    public void RectangleIsClippedAndScaled(int x, int y, int width, int height, int maxSide, int expectedWidth, int expectedHeight)
    {
        using var image = ImageDecoder.Decode(Tools.Png, 100_000, 2048);
        Assert.Equal((expectedWidth, expectedHeight), ImageDecoder.ReadSize(JpegEncoder.Encode(image, x, y, width, height, maxSide, 90)));
    }

    [Fact]
    public void ScaledCropLooksLikeThePicture()
    {
        using var image = ImageDecoder.Decode(Tools.Png, 100_000, 2048);
        var crop = Tools.Decode(JpegEncoder.Encode(image, 100, 50, 103, 101, 50, 95));
        var expected = Tools.Reference(Tools.Png, "png", "-crop", "103x101+100+50", "+repage", "-scale", "50x49!");
        Assert.InRange(crop.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 3);
    }

    [Fact]
    public void RectangleOutsideIsRefused()
    {
        using var image = RgbImage.Rent(10, 10);
        Assert.Throws<ArgumentException>(() => JpegEncoder.Encode(image, 10, 0, 5, 5, 512, 90));
        Assert.Throws<ArgumentException>(() => JpegEncoder.Encode(image, -5, 0, 5, 5, 512, 90));
        Assert.Throws<ArgumentException>(() => JpegEncoder.Encode(image, int.MaxValue, 0, int.MaxValue, 5, 512, 90));
    }
}
