using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>Photos come out upright, whatever way the camera was held and whatever its EXIF block looks like.</summary>
public class OrientationTests
{
    // EXIF 2.3, tag 0x0112: at which edge of the scene the stored picture's first row and first column lie.
    public static TheoryData<ushort, string, string> Definition => new()
    {
        { 1, "top", "left" }, { 2, "top", "right" }, { 3, "bottom", "right" }, { 4, "bottom", "left" },
        { 5, "left", "top" }, { 6, "right", "top" }, { 7, "right", "bottom" }, { 8, "left", "bottom" },
    };

    [Theory]
    [MemberData(nameof(Definition))]
    public void StoredCornerGoesWhereExifSays(ushort orientation, string row, string column)
    {
        // The stored picture's top left corner is dark, all else is light.
        var stored = new byte[3 * 70 * 40];
        Array.Fill(stored, (byte)230);
        for (var y = 0; y < 16; y++)
        {
            stored.AsSpan(3 * 70 * y, 3 * 16).Clear();
        }
        var jpeg = JpegParts.WithSegments(Encode(stored, 70, 40), JpegParts.Exif(JpegParts.Tiff(orientation)));
        var seen = Tools.Decode(jpeg);
        Assert.Equal(orientation >= 5 ? (40, 70) : (70, 40), (seen.Width, seen.Height));
        foreach (var vertical in new[] { "top", "bottom" })
        {
            foreach (var horizontal in new[] { "left", "right" })
            {
                var corner = seen[horizontal == "left" ? 3 : seen.Width - 4, vertical == "top" ? 3 : seen.Height - 4].R;
                var dark = (row == vertical && column == horizontal) || (row == horizontal && column == vertical);
                Assert.InRange(corner, dark ? 0 : 200, dark ? 50 : 255);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void EveryPixelGoesWhereImageMagickPutsIt(ushort orientation)
    {
        var jpeg = JpegParts.WithSegments(Tools.Jpeg, JpegParts.Exif(JpegParts.Tiff(orientation, little: orientation % 2 == 0)));
        Tools.Decode(jpeg).MustEqual(Tools.Reference(jpeg, "jpeg", "-auto-orient"), 0);
        using var scaled = ImageDecoder.Decode(jpeg, 100_000, 60);
        Assert.Equal(orientation >= 5 ? (76, 102, 151, 203) : (102, 76, 203, 151), (scaled.Width, scaled.Height, scaled.OriginalWidth, scaled.OriginalHeight));
    }

    [Fact]
    public void ThumbnailsOrientationAndDataAreIgnored()
    {
        var thumbnail = Encode(new byte[3 * 16 * 16], 16, 16);
        var jpeg = JpegParts.WithSegments(Tools.Jpeg, JpegParts.Exif(JpegParts.TiffWithThumbnail(6, 3, thumbnail)));
        Assert.Equal("6", System.Text.Encoding.ASCII.GetString(Tools.Run("identify", jpeg, "-format", "%[EXIF:Orientation]", "jpeg:-")));
        Tools.Decode(jpeg).MustEqual(Tools.Reference(jpeg, "jpeg", "-auto-orient"), 0);
    }

    [Fact]
    public void ExifBehindXmpAndJfifIsFound()
    {
        var xmp = JpegParts.Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"u8]);
        var second = JpegParts.Exif(JpegParts.Tiff(3)); // a second EXIF block does not count
        var jpeg = JpegParts.WithSegments(Tools.Jpeg, xmp, JpegParts.Exif(JpegParts.Tiff(6)), second);
        Assert.Equal((151, 203), (Tools.Decode(jpeg).Width, Tools.Decode(jpeg).Height));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BothByteOrdersAreRead(bool little) => AssertTurned(JpegParts.Tiff(7, little));

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(0x0600)]
    [InlineData(65535)]
    public void ValueOutOfRangeMeansUpright(int value) => AssertUpright(JpegParts.Tiff((ushort)value));

    [Fact]
    public void WrongTypeMeansUpright() => AssertUpright(JpegParts.Tiff(6, type: 2));

    [Fact]
    public void OffsetOutsideMeansUpright()
    {
        foreach (var offset in new byte[][] { [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [49, 0, 0, 0], [50, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F] })
        {
            var tiff = JpegParts.Tiff(6);
            offset.CopyTo(tiff, 4);
            AssertUpright(tiff);
        }
    }

    [Fact]
    public void DirectoryThatLinksToItselfEnds() => AssertTurned(JpegParts.Tiff(6, next: 8));

    [Fact]
    public void CountLargerThanTheBlockEnds()
    {
        var tiff = JpegParts.Tiff(6);
        (tiff[8], tiff[9]) = (0xFF, 0xFF);
        Tools.Decode(JpegParts.WithSegments(Tools.Jpeg, JpegParts.Exif(tiff))); // the entries there are may count or not
        tiff[22] = 0; // no longer the orientation's tag
        AssertUpright(tiff);
    }

    [Fact]
    public void BlockCutAnywhereIsReadOrUpright()
    {
        var tiff = JpegParts.Tiff(6);
        for (var length = 0; length < 30; length++)
        {
            AssertUpright(tiff[..length]);
        }
        for (var length = 30; length < tiff.Length; length++)
        {
            Tools.Decode(JpegParts.WithSegments(Tools.Jpeg, JpegParts.Exif(tiff[..length])));
        }
    }

    private static void AssertTurned(byte[] tiff) => Assert.All(Sizes(tiff), size => Assert.Equal((151, 203), size));

    private static void AssertUpright(byte[] tiff) => Assert.All(Sizes(tiff), size => Assert.Equal((203, 151), size));

    /// <summary>As Skia reads the block from a JPEG, and as we read it from a PNG.</summary>
    private static (int Width, int Height)[] Sizes(byte[] tiff)
    {
        byte[] png = [.. Tools.Png[..33], .. PngDecoderTests.Chunk("eXIf"u8, tiff), .. Tools.Png[33..]];
        return [.. new[] { JpegParts.WithSegments(Tools.Jpeg, JpegParts.Exif(tiff)), png }
            .Select(file => Tools.Decode(file)).Select(seen => (seen.Width, seen.Height))];
    }

    private static byte[] Encode(byte[] pixels, int width, int height)
    {
        using var image = RgbImage.Rent(width, height);
        pixels.CopyTo(image.Pixels);
        return JpegEncoder.Encode(image, 0, 0, width, height, 4096, 95);
    }
}
