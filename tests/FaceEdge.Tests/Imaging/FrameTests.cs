using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

public class FrameTests
{
    [Fact]
    public void ThePictureIsInTheMiddleAndTheRestIsGrey()
    {
        using var image = RgbImage.Rent(5, 3);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(i + 200);
        }

        using RgbImage framed = Frame.Around(image);
        Assert.Equal((10, 6), (framed.Width, framed.Height));
        for (int y = 0; y < 6; y++)
        {
            for (int x = 0; x < 10; x++)
            {
                bool inside = x is >= 2 and < 7 && y is >= 1 and < 4;
                Assert.Equal(inside ? (byte)((3 * (((y - 1) * 5) + x - 2)) + 200) : (byte)127, framed.Pixels[3 * ((10 * y) + x)]);
            }
        }
    }
}
