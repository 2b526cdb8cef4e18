using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>
/// Against cv2.resize (OpenCV 4.6), INTER_AREA where the picture shrinks, INTER_LINEAR where it grows. The source is the upper byte of
/// s = s * 1664525 + 1013904223 (mod 2^32), beginning after the seed, as R, G, B, R, ...
/// </summary>
public class ResamplerTests
{
    [Theory]
    [InlineData(1, 13, 11, 5, 4, 0, "83808084b3508d74404f6aa1a3949f8d697586716c8f9498867c667272868c697d93959fa1848f8697549564a480b5818c907d598d815ba588a98381")]
    [InlineData(2, 16, 12, 4, 3, 0, "a16c748d6a9a788d846ca59c749f8a808a60909487a183908887887475867b838882907b")]
    [InlineData(3, 37, 23, 6, 7, 0, "86737771818c6f8b8f808e7c8f826e6c8d937671826a6f799390728d5b687d89736c6da3877563738881788f7f83848088766c7f699084677073848c8d7271638a7b7c857479807f89766c7b7f6f8f926f8b807e7478908085958b947e70687f7486809b5c977b79827d816a84a47e7581807774747f7a7a9b978d7e6f6c")]
    [InlineData(6, 30, 20, 29, 19, 8 * 29 * 3, "41749fba9c6fa66f789ed62e38ab6a665a7eab964478316a735163a0827092bac54e90808f833d64b04f1d83777270a3c259aea245758d6da6686c866930858f49435abc6f4293857745ab5b4e34a478a89fa391f78e8c74346b7ab49fba9bb25a7d3d6ba567743a9ca2967a7a25bf9a29ad90779a92a858687069762e7e6b44874b6caa4ea686ae9174aa894a8f5a616f5e9a777368789e3e4d875a369cb14487e146443b5777a8a1a0a4cf74a2")]
    [InlineData(4, 4, 3, 9, 7, 0, "3ca48e548b90964797c50f9b702c931b498b5b6c84af8f7dcf9c7a46a69b5b8e9a914e96b71992722f8a2c468266627fb27e7dce887c65abc36d97b78062968e347876386f5f3c66884470ba4b7dcc4e8285b1eb7fa1d46f779564505e7b425591334ba92662c2197ecb14888068b0816ba681738e847975916e5d9f6446b15954c44f68cc4b707c207583367a947086a3a28da89b66ac9440b98c47c78553cd82587b086183246a9a6f84aeb094afaa69b1a53ebc9e42c8974ccd9450")]
    [InlineData(5, 5, 2, 5, 6, 0, "3cbb3edab75c7f380dde10297fa4253cbb3edab75c7f380dde10297fa42570a54adc809173653cc7336f7b982ba48f56de4ac567926cb056b4768c32d87963e014fa5bc09b9979fa728038d87963e014fa5bc09b9979fa728038")]
    public void ResultIsOpenCvs(uint seed, int sw, int sh, int dw, int dh, int offset, string expectedHex)
    {
        var result = new byte[3 * dw * dh];
        Resampler.Resize(Source(seed, sw, sh), sw, sh, result, dw, dh);
        var expected = Convert.FromHexString(expectedHex);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.InRange(result[offset + i], expected[i] - 1, expected[i] + 1);
        }
    }

    [Fact]
    public void SameSizeIsACopy()
    {
        var source = Source(9, 21, 13);
        var result = new byte[source.Length];
        Resampler.Resize(source, 21, 13, result, 21, 13);
        Assert.Equal(source, result);
    }

    [Theory]
    [InlineData(1, 1, 7, 5)]
    [InlineData(300, 1, 7, 5)]
    [InlineData(1, 300, 7, 5)]
    [InlineData(999, 777, 1, 1)]
    [InlineData(100, 10, 10, 100)]
    public void FlatColourStaysExactlyFlat(int sw, int sh, int dw, int dh)
    {
        foreach (var value in new byte[] { 0, 1, 127, 254, 255 })
        {
            var source = new byte[3 * sw * sh];
            Array.Fill(source, value);
            var result = new byte[3 * dw * dh];
            Resampler.Resize(source, sw, sh, result, dw, dh);
            Assert.All(result, b => Assert.Equal(value, b));
        }
    }

    [Fact]
    public void RectangleOfALargerPictureIsTheSameAsItsCopy()
    {
        var whole = Source(8, 50, 40);
        var part = new byte[3 * 20 * 10];
        for (var y = 0; y < 10; y++)
        {
            whole.AsSpan(3 * ((y + 30) * 50 + 30), 60).CopyTo(part.AsSpan(60 * y)); // the bottom right corner: nothing lies behind it
        }
        byte[] expected = new byte[3 * 7 * 6], result = new byte[3 * 7 * 6];
        Resampler.Resize(part, 20, 10, expected, 7, 6);
        Resampler.Resize(whole.AsSpan(3 * (30 * 50 + 30)), 150, 20, 10, result, 7, 6);
        Assert.Equal(expected, result);
    }

    [Fact]
    public void TooFewPixelsAreRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => Resampler.Resize(new byte[11], 2, 2, new byte[3], 1, 1));
        Assert.ThrowsAny<ArgumentException>(() => Resampler.Resize(new byte[12], 2, 2, new byte[2], 1, 1));
        Assert.ThrowsAny<ArgumentException>(() => Resampler.Resize(new byte[12], 0, 2, new byte[3], 1, 1));
        Assert.ThrowsAny<ArgumentException>(() => Resampler.Resize(new byte[12], 2, 2, new byte[3], 1, 0));
    }

    internal static byte[] Source(uint seed, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        foreach (ref var pixel in pixels.AsSpan())
        {
            seed = unchecked(seed * 1664525 + 1013904223);
            pixel = (byte)(seed >> 24);
        }
        return pixels;
    }
}
