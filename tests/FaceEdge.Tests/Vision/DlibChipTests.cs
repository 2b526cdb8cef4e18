using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

/// <summary>
/// Our chips against dlib's own: its <c>get_face_chip_details(det, 150, 0.25)</c> and <c>extract_image_chip</c> (libdlib 19.24, C++) on a picture made
/// by arithmetic, every 21st pixel from the fifth on.
/// </summary>
public class DlibChipTests
{
    /// <summary>Landmarks 27..54 and 60..64 of a real face; dlib knows whole pixels only.</summary>
    private static readonly int[] Landmarks =
    [
        291, 281, 292, 307, 292, 332, 293, 357, 265, 368, 278, 372, 291, 376, 304, 373, 315, 369, 202, 277, 219, 269, 239, 271, 253, 286, 236, 290,
        216, 288, 325, 289, 340, 275, 360, 274, 374, 282, 361, 293, 342, 293, 245, 404, 263, 399, 280, 396, 290, 400, 301, 396, 315, 401, 330, 408,
        253, 406, 279, 408, 290, 410, 301, 409, 322, 409,
    ];

    /// <summary>The face is turned and scaled by (a, b), then moved; the chip is taken from the picture (332 pixels wide), or from one halved once, or thrice, or lies half outside.</summary>
    [Theory]
    [InlineData(1, 0, -60, -80, 500, 560,
        "NSWHVlDZ43zSjah+AtMqi/ko5tN+JcO+spjLv2xWMkAdWRWT5xXyikF6gFH28XxyZKgjKNS6tfmrvNMRL6eG3JfRlWsaCECdgxSn7hYRYEHMK211x32bOqk7UtTn3/oMktLOBadShnuJ"
        + "a2tnID+SrRRvxBaMN0JyVW2K4plzEKk0e9Xn9fgIaNLXI6ZGsHuWwU+K")]
    [InlineData(2, 1, 150, -250, 700, 900,
        "4lkXWeplL3+NuBPmvKXSAAAAAAAA8Foug+vpB399jhJ15qXjXcYbAAAAyFoWrerNI37oZBOi7KVBh8ZLAAAAnlrd1+rDTX7kOhRJxKbescXMJzPGdFs69uswd35iERR5mqbH28WVAAAA"
        + "AAAA1OxLoX25GBTDAAAAAAAAAAAAAAAAquw+AAAAAAAAAAAAAAAAAAAA")]
    [InlineData(7, -2, -700, 300, 3200, 3800,
        "LjB9r9R9dDJ9Yc59wTZ9JcR93Tp9PSx92st9IyV9wct+YSx9dcp9rjR9nDd9h819TjN+z9R+HjB9zs99TS192z19LL99rzF9dMZ+YSx+v8t+Ii59m0t9Pbh92UJ9I8V9wDp9Ycp9dTJ+"
        + "PVl+nKh9h0x9T7J90T59Irx+0Tl+Lmp+3Zp+Ll5+r6h+dFF+YrR+v0V+")]
    [InlineData(3, 0, -500, -100, 600, 900,
        "AAAAWPJiB39RVQs4rYYeAAAAAAAAAAAAkz0Q6sC0vLuUZDcfAAAAAAAAAAAAfoBkJwjWL4Sgh/IjAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void AreDlibsPixelForPixel(int a, int b, int moveX, int moveY, int width, int height, string expected)
    {
        var landmarks = new float[136];
        int[] used = [.. Enumerable.Range(27, 28), .. Enumerable.Range(60, 5)];
        for (int i = 0; i < used.Length; i++)
        {
            (int x, int y) = (Landmarks[2 * i], Landmarks[(2 * i) + 1]);
            (landmarks[2 * used[i]], landmarks[(2 * used[i]) + 1]) = ((x * a) - (y * b) + moveX, (y * a) + (x * b) + moveY);
        }

        byte[] chip = Cut(landmarks, width, height);

        byte[] reference = Convert.FromBase64String(expected);
        int at = 0;
        for (int y = 5; y < DlibChip.Side; y += 21)
        {
            for (int x = 5; x < DlibChip.Side; x += 21)
            {
                for (int c = 0; c < 3; c++)
                {
                    // dlib's arithmetic may round the last bit of a position differently.
                    Assert.InRange(Math.Abs(chip[(3 * ((y * DlibChip.Side) + x)) + c] - reference[at++]), 0, 1);
                }
            }
        }

        Assert.Equal(reference.Length, at);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(7)]
    public void LandmarksThatMakeNoFaceAreNoChip(float all)
    {
        var landmarks = new float[136];
        landmarks.AsSpan().Fill(all);
        Assert.False(new DlibChip().Cut(new RgbView(new byte[3 * 40 * 30], 40, 30), landmarks, new byte[DlibChip.Bytes]));
    }

    [Fact]
    public void AFaceOutsideThePictureIsBlack()
    {
        var landmarks = new float[136];
        for (int i = 0; i < 68; i++)
        {
            (landmarks[2 * i], landmarks[(2 * i) + 1]) = (5000 + (i % 7 * 80), 9000 + (i * 9));
        }

        Assert.All(Cut(landmarks, 300, 200), static value => Assert.Equal(0, value));
    }

    private static byte[] Cut(float[] landmarks, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (pixels[at++], pixels[at++], pixels[at++]) = (Wave((3 * x) + (2 * y)), Wave((5 * y) - x), Wave(x * y / 64));
            }
        }

        var chip = new byte[DlibChip.Bytes];
        chip.AsSpan().Fill(77);
        Assert.True(new DlibChip().Cut(new RgbView(pixels, width, height), landmarks, chip));
        return chip;
    }

    /// <summary>Up and down again between 0 and 255.</summary>
    private static byte Wave(int at)
    {
        at &= 511;
        return (byte)(at < 256 ? at : 511 - at);
    }
}
