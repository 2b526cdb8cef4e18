using System.Runtime.Intrinsics;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

public class RowResamplerTests
{
    // cv2.resize(TestImages.Waves(40, 30), (13, 11), INTER_AREA), OpenCV 4.6: R, G, B of every second pixel of every second row.
    private static readonly byte[] Shrunk =
    [
        205, 7, 7, 224, 47, 25, 130, 87, 44, 197, 128, 62, 229, 168, 81, 132, 208, 99, 190, 248, 117, 147, 7, 28, 166, 47, 47,
        72, 87, 65, 139, 128, 84, 171, 168, 102, 74, 208, 121, 132, 248, 139, 90, 7, 50, 108, 47, 69, 15, 87, 87, 82, 128,
        106, 113, 168, 124, 17, 208, 143, 75, 248, 161, 124, 7, 72, 143, 47, 90, 49, 87, 109, 116, 128, 127, 148, 168, 146,
        51, 208, 164, 109, 248, 183, 195, 7, 94, 214, 47, 112, 121, 87, 131, 188, 128, 149, 219, 168, 168, 123, 208, 186, 180,
        248, 205, 191, 7, 116, 209, 47, 134, 116, 87, 152, 183, 128, 171, 214, 168, 189, 118, 208, 208, 176, 248, 226
    ];

    // cv2.resize(TestImages.Waves(40, 30), (60, 45), INTER_LINEAR): R, G, B of every 12th pixel of every 9th row.
    private static readonly byte[] Enlarged =
    [
        188, 0, 0, 217, 51, 23, 137, 104, 47, 247, 156, 71, 132, 208, 95, 134, 0, 23, 164, 51, 47, 84, 104, 71, 193, 156, 95,
        79, 208, 119, 68, 0, 47, 99, 51, 71, 18, 104, 95, 128, 156, 119, 13, 208, 143, 113, 0, 71, 142, 51, 95, 62, 104, 119,
        172, 156, 143, 57, 208, 167, 184, 0, 95, 214, 51, 119, 133, 104, 143, 243, 156, 167, 129, 208, 191
    ];

    [Fact]
    public void ShrinkingEqualsOpenCvsAreaFilter() => AssertSamples(Shrunk, Resize(40, 30, 0, 0, 40, 30, 13, 11), 13, 11, 2, 2);

    [Fact]
    public void EnlargingEqualsOpenCvsBilinear() => AssertSamples(Enlarged, Resize(40, 30, 0, 0, 40, 30, 60, 45), 60, 45, 12, 9);

    [Fact]
    public void TheSameSizeChangesNothing()
    {
        var pixels = Resize(40, 30, 0, 0, 40, 30, 40, 30);
        Assert.Equal(TestImages.Waves(40, 30).Select(v => (float)v), pixels);
    }

    [Theory]
    [InlineData(1, 1, 320, 240)]
    [InlineData(1, 9000, 1, 240)]
    [InlineData(9000, 1, 320, 1)]
    [InlineData(3, 2, 320, 213)]
    [InlineData(641, 479, 320, 239)]
    public void WhiteStaysWhiteAtAnySize(int width, int height, int outputWidth, int outputHeight)
    {
        var white = new byte[3 * width * height];
        Array.Fill(white, (byte)255);
        Assert.All(Resize(white, width, height, 0, 0, width, height, outputWidth, outputHeight), v => Assert.InRange(v, 254.99f, 255.01f));
    }

    [Theory]
    [InlineData(-500, -500, 200)]
    [InlineData(35, 25, 64)]
    [InlineData(-10.3, -4.8, 25.5)]
    [InlineData(12.25, 8.75, 3.5)]
    [InlineData(5000, 5000, 7000)]
    public void BeyondTheImageItsEdgeRepeats(double x, double y, double side)
    {
        const int padding = 64;
        var image = TestImages.Waves(40, 30);
        var padded = new byte[3 * (40 + (2 * padding)) * (30 + (2 * padding))];
        for (var row = 0; row < 30 + (2 * padding); row++)
        {
            for (var column = 0; column < 40 + (2 * padding); column++)
            {
                var from = 3 * ((Math.Clamp(row - padding, 0, 29) * 40) + Math.Clamp(column - padding, 0, 39));
                image.AsSpan(from, 3).CopyTo(padded.AsSpan(3 * ((row * (40 + (2 * padding))) + column)));
            }
        }
        var found = Resize(image, 40, 30, x, y, side, side, 16, 16);
        if (Math.Abs(x) > padding)
        {
            // Wholly outside: nothing but the nearest corner.
            var corner = image.AsSpan(x < 0 ? 0 : image.Length - 3, 3).ToArray();
            Assert.All(found.Chunk(3), pixel => Assert.Equal(corner.Select(v => (float)v), pixel.Select(v => MathF.Round(v, 3))));
            return;
        }
        var expected = Resize(padded, 40 + (2 * padding), 30 + (2 * padding), x + padding, y + padding, side, side, 16, 16);
        Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1.01f, 1.01f));
    }

    private static void AssertSamples(byte[] expected, float[] found, int width, int height, int stepX, int stepY)
    {
        var next = 0;
        for (var y = 0; y < height; y += stepY)
        {
            for (var x = 0; x < width; x += stepX)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    Assert.InRange(found[(3 * ((y * width) + x)) + channel] - expected[next++], -1f, 1f);
                }
            }
        }
        Assert.Equal(expected.Length, next);
    }

    private static float[] Resize(int width, int height, double x, double y, double w, double h, int outputWidth, int outputHeight) =>
        Resize(TestImages.Waves(width, height), width, height, x, y, w, h, outputWidth, outputHeight);

    private static float[] Resize(
        byte[] pixels, int width, int height, double x, double y, double w, double h, int outputWidth, int outputHeight)
    {
        var view = new RgbView(pixels, width, height);
        var resampler = new RowResampler();
        resampler.Begin(view, x, y, w, h, outputWidth, outputHeight);
        var row = new Vector128<float>[outputWidth];
        var output = new List<float>();
        for (var i = 0; i < outputHeight; i++)
        {
            resampler.Row(view, i, row);
            foreach (var pixel in row)
            {
                output.AddRange([pixel[0], pixel[1], pixel[2]]);
            }
        }
        return [.. output];
    }
}
