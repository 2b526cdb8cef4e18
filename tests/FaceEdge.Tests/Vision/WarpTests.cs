using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

public class WarpTests
{
    // cv2.warpAffine(TestImages.Waves(40, 30), [[.21, -.12, 6.3], [.12, .21, -1.7]], (112, 112), INTER_LINEAR | WARP_INVERSE_MAP),
    // BORDER_CONSTANT 0, OpenCV 4.6: R, G, B at x = 3, 24, 45, .. of the rows y = 4, 22, 40, ..
    private static readonly byte[] OpenCv =
    [
        119, 21, 10, 152, 71, 41, 98, 100, 64, 132, 129, 87, 143, 158, 111, 64, 187, 134, 227, 28, 26, 149, 57, 49, 42, 86,
        73, 48, 115, 96, 120, 144, 119, 123, 172, 143, 155, 14, 35, 132, 43, 58, 39, 72, 81, 22, 101, 105, 121, 129, 128, 198,
        158, 151, 71, 0, 42, 128, 29, 67, 100, 57, 90, 64, 86, 113, 133, 115, 137, 234, 144, 160, 0, 0, 0, 143, 15, 75, 187,
        43, 99, 141, 72, 122, 133, 101, 145, 200, 130, 169, 0, 0, 0, 158, 0, 84, 241, 29, 107, 197, 58, 131, 111, 87, 154, 0,
        0, 0
    ];

    private static readonly SimilarityTransform ToImage = new(0.21, 0.12, 6.3, -1.7);

    [Fact]
    public void WarpEqualsOpenCvWithinItsRounding()
    {
        var aligned = new byte[FaceAligner.Bytes];
        FaceAligner.Warp(new RgbView(TestImages.Waves(40, 30), 40, 30), ToImage, aligned);
        var next = 0;
        for (var y = 4; y < 112; y += 18)
        {
            for (var x = 3; x < 112; x += 21)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    // OpenCV rounds coordinates to 1/32 pixel.
                    Assert.InRange(aligned[(3 * ((y * 112) + x)) + channel] - OpenCv[next++], -2, 2);
                }
            }
        }
        Assert.Equal(OpenCv.Length, next);
    }

    [Fact]
    public void WhatLiesOutsideTheImageIsBlack()
    {
        var aligned = new byte[FaceAligner.Bytes];
        var white = new byte[3 * 40 * 30];
        Array.Fill(white, (byte)255);
        FaceAligner.Warp(new RgbView(white, 40, 30), ToImage, aligned);
        var black = 0;
        for (var i = 0; i < aligned.Length; i += 3)
        {
            black += aligned[i] == 0 ? 1 : 0;
        }
        // OpenCV leaves 10.3 % of this output black.
        Assert.InRange(black / (double)(112 * 112), 0.098, 0.108);
    }

    [Fact]
    public void AnAlreadyAlignedFaceIsNotChanged()
    {
        var face = TestImages.Waves(112, 112);
        var aligned = new byte[FaceAligner.Bytes];
        Assert.True(new FaceAligner().Align(new RgbView(face, 112, 112), FaceAligner.Template, aligned));
        Assert.Equal(face, aligned);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void ALargeFaceIsAveragedNotSubsampled(int times)
    {
        // A chequerboard as fine as pixels: sampling four neighbours may show its squares, averaging turns it even grey.
        var side = 112 * times;
        var board = new byte[3 * side * side];
        for (var i = 0; i < side * side; i++)
        {
            board.AsSpan(3 * i, 3).Fill((byte)((((i % side) + (i / side)) & 1) * 255));
        }
        var five = FaceAligner.Template.ToArray().Select(v => ((v + 0.5f) * times) - 0.5f).ToArray();
        var aligned = new byte[FaceAligner.Bytes];
        Assert.True(new FaceAligner().Align(new RgbView(board, side, side), five, aligned));
        for (var y = 2; y < 110; y++)
        {
            Assert.All(aligned.AsSpan(3 * ((y * 112) + 2), 3 * 108).ToArray(), v => Assert.InRange(v, 96, 160));
        }
    }

    [Fact]
    public void ShrinkingAndTurningKeepTheTemplatesPlaces()
    {
        // One white dot of a large black photo, under the nose tip: it must come out where the template has the nose.
        const int side = 900;
        var photo = new byte[3 * side * side];
        var turn = new SimilarityTransform(4 * Math.Cos(0.5), 4 * Math.Sin(0.5), 330, 60);
        var five = new float[10];
        for (var i = 0; i < 10; i += 2)
        {
            var (x, y) = turn.Apply(FaceAligner.Template[i], FaceAligner.Template[i + 1]);
            (five[i], five[i + 1]) = ((float)x, (float)y);
        }
        for (var y = (int)five[5] - 4; y <= (int)five[5] + 4; y++)
        {
            photo.AsSpan(3 * ((y * side) + (int)five[4] - 4), 27).Fill(255);
        }
        var aligned = new byte[FaceAligner.Bytes];
        Assert.True(new FaceAligner().Align(new RgbView(photo, side, side), five, aligned));
        double sum = 0, sumX = 0, sumY = 0;
        for (var i = 0; i < 112 * 112; i++)
        {
            sum += aligned[3 * i];
            sumX += aligned[3 * i] * (i % 112);
            sumY += aligned[3 * i] * (i / 112);
        }
        Assert.InRange(sumX / sum, 56.0252 - 0.2, 56.0252 + 0.2);
        Assert.InRange(sumY / sum, 71.7366 - 0.2, 71.7366 + 0.2);
    }

    [Fact]
    public void PointsThatFallTogetherAreNoFace()
    {
        var aligned = new byte[FaceAligner.Bytes];
        var image = TestImages.Waves(40, 30);
        Assert.False(new FaceAligner().Align(new RgbView(image, 40, 30), [7, 7, 7, 7, 7, 7, 7, 7, 7, 7], aligned));
        Assert.False(new FaceAligner().Align(new RgbView(image, 40, 30), [1, float.NaN, 2, 2, 3, 3, 4, 4, 5, 5], aligned));
    }

    [Fact]
    public void PointsFarOutsideTheImageGiveBlackOrNothing()
    {
        var aligned = new byte[FaceAligner.Bytes];
        var image = TestImages.Waves(40, 30);
        foreach (var (scale, shift) in ((float, float)[])[(1, 1e6f), (1e6f, -1e9f), (1e-6f, 5), (10, 20_000), (3e9f, 0)])
        {
            var five = FaceAligner.Template.ToArray().Select(v => (v * scale) + shift).ToArray();
            _ = new FaceAligner().Align(new RgbView(image, 40, 30), five, aligned);
        }
        Assert.True(new FaceAligner().Align(new RgbView(image, 40, 30), FaceAligner.Template.ToArray().Select(v => v + 1000).ToArray(), aligned));
        Assert.All(aligned, v => Assert.Equal(0, v));
    }
}
