namespace FaceEdge.Tests.Vision;

internal static class TestImages
{
    /// <summary>
    /// The picture of the reference values. In numpy: y, x = mgrid[0:h, 0:w];
    /// stack([(127.5 + 60*sin(x/3) + 60*cos(y/4)).round(), (255*x/(w-1)).round(), x*3 + y*4], -1).astype(uint8).
    /// </summary>
    public static byte[] Waves(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = 3 * ((y * width) + x);
                pixels[at] = (byte)Math.Round(127.5 + (60 * Math.Sin(x / 3.0)) + (60 * Math.Cos(y / 4.0)));
                pixels[at + 1] = (byte)Math.Round(255.0 * x / (width - 1));
                pixels[at + 2] = unchecked((byte)((x * 3) + (y * 4)));
            }
        }
        return pixels;
    }
}
