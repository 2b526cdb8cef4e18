using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

/// <summary>Who is found on photos: annotated groups, and one man's face made small, large, cut and many.</summary>
[Collection("models")]
public class DetectionTests(Models models)
{
    private const string Man = "franck_02221.jpg";

    // Where faces are, pointed at by hand: x, y of the middle of each.
    [Theory]
    [InlineData("sample1.jpg", new[] { 508, 474, 931, 537, 1572, 328 })]
    [InlineData("sample2.jpg", new[] { 446, 271, 976, 341, 1545, 275 })]
    [InlineData("sample3.jpg", new[] { 693, 458, 1189, 361, 1595, 438 })]
    [InlineData("sample4.jpg", new[] { 344, 322, 754, 190, 1078, 305, 1343, 278 })]
    [InlineData("sample5.jpg", new[] { 468, 1021, 690, 544, 872, 221, 1195, 318, 1503, 527 })]
    [InlineData("sample6.jpg", new[] { 363, 625, 763, 473, 1266, 446, 1589, 402 })]
    public void EveryoneOnAGroupPhotoIsFoundAndNothingElse(string photo, int[] points)
    {
        using var image = Photos.Load(photo);
        var faces = models.Analyzer.DetectFaces(image);
        Assert.Equal(points.Length / 2, faces.Length);
        for (var i = 0; i < points.Length; i += 2)
        {
            Assert.Single(faces, f => Distance(f, points[i], points[i + 1]) < f.Height / 3);
        }
    }

    [Theory]
    [InlineData(640, 480, 24)]
    [InlineData(1920, 1080, 28)]
    [InlineData(4000, 3000, 28)]
    public void ASmallFaceOnALargePhotoIsFound(int width, int height, int faceHeight)
    {
        using var photo = Background(width, height);
        Paste(photo, width * 2 / 3, height / 4, faceHeight);
        var face = Assert.Single(models.Analyzer.DetectFaces(photo));
        Assert.InRange(Distance(face, width * 2 / 3, height / 4), 0, faceHeight / 2f);
        Assert.InRange(face.Height, faceHeight * 0.6f, faceHeight * 1.6f);
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(1.0)]
    [InlineData(0.8)]
    public void AFaceThatFillsTheFrameIsFound(double part)
    {
        using var image = Photos.Load("audrey.jpg");
        var whole = Assert.Single(models.Analyzer.DetectFaces(image));
        var (width, height) = ((int)(whole.Width * part), (int)(whole.Height * part));
        var (x, y) = ((int)(whole.CentreX - (width / 2f)), (int)(whole.CentreY - (height / 2f)));
        using var close = Photos.Cut(image, x, y, width, height);
        var face = Assert.Single(models.Analyzer.DetectFaces(close));
        Assert.InRange(face.Area / (width * height), 0.5f, 1);
    }

    [Theory]
    [InlineData(0.3, 0, 0, 0)]
    [InlineData(0, 0.3, 0, 0)]
    [InlineData(0, 0, 0.3, 0)]
    [InlineData(0, 0, 0, 0.3)]
    public void AFaceOfWhichABorderCutsAThirdIsFound(double left, double top, double right, double bottom)
    {
        using var image = Photos.Load(Man);
        var whole = Assert.Single(models.Analyzer.DetectFaces(image));
        var x = left > 0 ? (int)(whole.X1 + (left * whole.Width)) : 0;
        var y = top > 0 ? (int)(whole.Y1 + (top * whole.Height)) : 0;
        var endX = right > 0 ? (int)(whole.X2 - (right * whole.Width)) : image.Width;
        var endY = bottom > 0 ? (int)(whole.Y2 - (bottom * whole.Height)) : image.Height;
        using var cut = Photos.Cut(image, x, y, endX - x, endY - y);
        var face = Assert.Single(models.Analyzer.DetectFaces(cut));
        Assert.InRange(face.OverlapWith(new FaceBox(whole.X1 - x, whole.Y1 - y, whole.X2 - x, whole.Y2 - y, 1).Inside(cut.Width, cut.Height)), 0.5f, 1);
        Assert.Equal(face, face.Inside(cut.Width, cut.Height));
    }

    [Fact]
    public void ThirtyFacesOnATenMegapixelPhotoAreThirtyWhereverTilesMeet()
    {
        using var photo = Background(3888, 2592);
        for (var i = 0; i < 30; i++)
        {
            Paste(photo, 350 + (i % 6 * 640), 300 + (i / 6 * 490), 70 + (2 * i));
        }
        var faces = models.Analyzer.DetectFaces(photo);
        Assert.Equal(30, faces.Length);
        for (var i = 0; i < 30; i++)
        {
            Assert.Single(faces, f => Distance(f, 350 + (i % 6 * 640), 300 + (i / 6 * 490)) < 40);
        }
    }

    [Theory]
    [InlineData(1280, 720)]
    [InlineData(600, 900)]
    public void ACrowdOfDiscsHasNoFace(int width, int height)
    {
        using var photo = Background(width, height);
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            Disc(photo, random.Next(width), random.Next(height), random.Next(4, 60), (byte)random.Next(150, 240));
        }
        Assert.Empty(models.Analyzer.DetectFaces(photo));
    }

    [Fact]
    public void TheSubjectIsTheNearestFaceNotABoxAroundTheScene()
    {
        using var photo = Background(1920, 1080);
        Paste(photo, 400, 500, 90);
        Paste(photo, 1200, 500, 140);
        var subject = models.Analyzer.AnalyzeSubject(photo, out var faces)!;
        Assert.Equal(2, faces);
        Assert.InRange(Distance(subject.Box, 1200, 500), 0, 50);
    }

    [Fact]
    public void CloserLooksAllocateNothing()
    {
        using var photo = Background(1280, 960);
        models.Analyzer.AnalyzeSmallSubject(photo, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(models.Analyzer.AnalyzeSmallSubject(photo, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    [Fact]
    public void SettingsSayHowSmallAFaceIsLookedFor()
    {
        using var analyzer = FaceAnalyzer.Load("", new VisionOptions { SmallestFace = 200 });
        using var photo = Background(1920, 1080);
        Paste(photo, 900, 500, 28);
        Assert.Empty(analyzer.DetectFaces(photo));
        analyzer.Configure(new VisionOptions());
        Assert.Single(analyzer.DetectFaces(photo));
        analyzer.Configure(new VisionOptions { MaxLooks = 3 });
        Assert.Empty(analyzer.DetectFaces(photo));
    }

    private static float Distance(in FaceBox face, float x, float y) =>
        MathF.Sqrt(((face.CentreX - x) * (face.CentreX - x)) + ((face.CentreY - y) * (face.CentreY - y)));

    /// <summary>A wall in soft light.</summary>
    private static RgbImage Background(int width, int height)
    {
        var image = RgbImage.Rent(width, height);
        var pixels = image.Pixels;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                pixels.Slice(3 * ((y * width) + x), 3).Fill((byte)(90 + (80 * x / width) + (40 * y / height)));
            }
        }
        return image;
    }

    /// <summary>The man's head, so large that his face is that high, with its middle there.</summary>
    private void Paste(RgbImage photo, int x, int y, int faceHeight)
    {
        using var portrait = Photos.Load(Man);
        var face = Assert.Single(models.Analyzer.DetectFaces(portrait));
        var side = (int)(1.4f * face.Height);
        using var head = Photos.Cut(portrait, (int)(face.CentreX - (side / 2f)), (int)(face.CentreY - (side / 2f)), side, side);
        var small = (int)(1.4f * faceHeight);
        var pixels = new byte[3 * small * small];
        Resampler.Resize(head.Pixels, side, side, pixels, small, small);
        for (var row = 0; row < small; row++)
        {
            pixels.AsSpan(3 * row * small, 3 * small).CopyTo(photo.Pixels[(3 * (((y - (small / 2) + row) * photo.Width) + x - (small / 2)))..]);
        }
    }

    private static void Disc(RgbImage photo, int x, int y, int radius, byte grey)
    {
        for (var j = Math.Max(0, y - radius); j < Math.Min(photo.Height, y + radius); j++)
        {
            for (var i = Math.Max(0, x - radius); i < Math.Min(photo.Width, x + radius); i++)
            {
                if (((i - x) * (i - x)) + ((j - y) * (j - y)) < radius * radius)
                {
                    photo.Pixels.Slice(3 * ((j * photo.Width) + i), 3).Fill(grey);
                }
            }
        }
    }
}
