using System.Numerics.Tensors;
using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

[Collection("models")]
public class FaceAnalyzerTests(Models models)
{
    private const float SamePerson = 0.45f;

    private static readonly string[] Franck =
    [
        "franck_01829.jpg", "franck_02045.jpg", "franck_02159.jpg", "franck_02221.jpg", "franck_02683.jpg", "franck_02888.jpg",
        "franck_03909.jpg", "franck_03979.jpg", "franck_04000.jpg", "franck_04035.jpg", "franck_04117.jpg",
    ];

    private static readonly string[] DifferentPeople =
    [
        "franck_02159.jpg", "audrey.jpg", "bieber_small.jpg", "cage.jpg", "SeanConnery.jpg", "chuck_crop.jpg", "kim1_crop.jpg",
        "obama4_crop.jpg", "queen20_crop.jpg", "ri_1_crop.jpg", "walter2_crop.jpg", "fragrance-George-Clooney-main_crop.jpg",
    ];

    /// <summary>The second look is added to the first unless that was enough; the evidence is the first one's either way.</summary>
    [Fact]
    public void TheSecondLookIsLeftOutWhenTheFirstIsEnough()
    {
        using var image = Photos.Load("franck_02221.jpg");
        var twice = models.Analyzer.AnalyzeSubject(image, out _)!;
        float[]? seen = null;
        var once = models.Analyzer.AnalyzeSubject(image, out _, (encoding, evidence) =>
        {
            seen = [.. encoding];
            return evidence == twice.Evidence;
        })!;
        Assert.Equal(seen, once.Encoding);
        Assert.Equal(twice.Evidence, once.Evidence);
        Assert.InRange(Photos.Cosine(once.Encoding, twice.Encoding), 0.95f, 0.9999f);
        var refused = models.Analyzer.AnalyzeSubject(image, out _, static (_, _) => false)!;
        Assert.Equal(twice.Encoding, refused.Encoding);
    }

    [Fact]
    public void ElevenFramesOfOneManAreOnePerson()
    {
        var encodings = Franck.Select(p => Photos.Encode(models.Analyzer, p)).ToArray();
        for (var i = 0; i < encodings.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                // The least alike pair was measured at 0.72.
                Assert.InRange(Photos.Cosine(encodings[i], encodings[j]), 0.65f, 1);
            }
        }
    }

    [Theory]
    [InlineData("bieber_small.jpg", "Justin-Bieber2_crop.jpg")]
    [InlineData("cage.jpg", "cage2_crop.jpg")]
    [InlineData("audrey.jpg", "audrey_crop.jpg")]
    [InlineData("SeanConnery.jpg", "sean_guru2_crop.jpg")]
    public void TwoPhotosOfOnePersonAreAlike(string a, string b) =>
        Assert.InRange(Photos.Cosine(Photos.Encode(models.Analyzer, a), Photos.Encode(models.Analyzer, b)), SamePerson, 1);

    [Fact]
    public void DifferentPeopleAreNotAlike()
    {
        var encodings = DifferentPeople.Select(p => Photos.Encode(models.Analyzer, p)).ToArray();
        for (var i = 0; i < encodings.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.InRange(Photos.Cosine(encodings[i], encodings[j]), -1, 0.35f);
            }
        }
    }

    // As many as there are: dark, turned, in profile, hands and hair in front of them.
    [Theory]
    [InlineData("sample1.jpg", 3)]
    [InlineData("sample2.jpg", 3)]
    [InlineData("sample3.jpg", 3)]
    [InlineData("sample4.jpg", 4)]
    [InlineData("sample5.jpg", 5)]
    [InlineData("sample6.jpg", 4)]
    public void GroupsAreCounted(string photo, int expected)
    {
        using var image = Photos.Load(photo);
        Assert.NotNull(models.Analyzer.AnalyzeSubject(image, out var faces));
        Assert.Equal(expected, faces ?? expected);
        Assert.Equal(expected, models.Analyzer.DetectFaces(image).Length);
    }

    [Theory]
    [InlineData("ironman.jpg")]
    [InlineData("skullmask.jpg")]
    [InlineData("scream_crop.jpg")]
    [InlineData("vendetta.jpg")]
    public void HelmetSkullMaskAndScreamAreNoFaces(string photo)
    {
        using var image = Photos.Load(photo);
        Assert.Null(models.Analyzer.AnalyzeSubject(image, out var faces));
        Assert.Equal(0, faces);
        Assert.Empty(models.Analyzer.DetectFaces(image));
    }

    [Fact]
    public void AGoodDrawingPassesForAFaceButForNobodyElses()
    {
        // A known limit.
        var encoding = Photos.Encode(models.Analyzer, "picasso_drawing_crop.jpg");
        Assert.All(DifferentPeople, p => Assert.InRange(Photos.Cosine(encoding, Photos.Encode(models.Analyzer, p)), -1, 0.35f));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(1, 4000)]
    [InlineData(4000, 1)]
    [InlineData(320, 240)]
    [InlineData(1921, 1079)]
    public void BlankImagesAndNoiseHaveNoFace(int width, int height)
    {
        foreach (var grey in (byte[])[0, 127, 255])
        {
            using var blank = Photos.Blank(width, height, grey);
            Assert.Null(models.Analyzer.AnalyzeSubject(blank, out var none));
            Assert.Equal(0, none);
        }
        using var noise = RgbImage.Rent(width, height);
        new Random(1).NextBytes(noise.Pixels);
        Assert.Null(models.Analyzer.AnalyzeSubject(noise, out var faces));
        Assert.Equal(0, faces);
    }

    [Fact]
    public void AFaceCutByAnyBorderIsHandled()
    {
        using var photo = Photos.Load("franck_02159.jpg");
        var whole = models.Analyzer.AnalyzeSubject(photo, out _)!;
        var seen = 0;
        foreach (var (x, y, width, height) in ((int, int, int, int)[])[
            (410, 0, 310, 576), (0, 0, 410, 576), (0, 310, 720, 266), (0, 0, 720, 330), (350, 250, 120, 120), (380, 270, 20, 300)])
        {
            using var cut = Photos.Cut(photo, x, y, width, height);
            if (models.Analyzer.AnalyzeSubject(cut, out var faces) is { } face)
            {
                seen++;
                Assert.InRange(face.Box.X1, 0, face.Box.X2);
                Assert.InRange(face.Box.X2, 0, width);
                Assert.InRange(face.Box.Y1, 0, face.Box.Y2);
                Assert.InRange(face.Box.Y2, 0, height);
                Assert.Equal(1, TensorPrimitives.Norm<float>(face.Encoding), 1e-4);
                Assert.NotEqual(0, faces);
            }
        }
        Assert.True(seen > 0, "None of the cut faces was found, so nothing was tested.");
        // Cut just outside the box, the face is still his.
        using var close = Photos.Cut(photo, (int)whole.Box.X1 - 10, (int)whole.Box.Y1 - 10, (int)whole.Box.Width + 20, (int)whole.Box.Height + 20);
        Assert.InRange(Photos.Cosine(whole.Encoding, models.Analyzer.AnalyzeSubject(close, out _)!.Encoding), 0.85f, 1.001f);
    }

    [Fact]
    public void TheFaceIsFullyDescribed()
    {
        using var image = Photos.Load("audrey.jpg");
        var face = models.Analyzer.AnalyzeSubject(image, out _)!;
        Assert.Equal(10, face.FivePoints.Length);
        Assert.Equal(512, face.Encoding.Length);
        Assert.Equal(1, TensorPrimitives.Norm<float>(face.Encoding), 1e-5);
        Assert.Equal(face.Box.Height, face.Quality.HeightPixels);
        Assert.Equal(face.Box.Score, face.Quality.DetectorScore);
        Assert.InRange(face.Quality.Overall, 0.8f, 1);
        // Eyes above nose above mouth, left before right.
        Assert.True(face.FivePoints[0] < face.FivePoints[4] && face.FivePoints[4] < face.FivePoints[2]);
        Assert.True(face.FivePoints[1] < face.FivePoints[5] && face.FivePoints[5] < face.FivePoints[7]);
        for (var i = 0; i < 10; i += 2)
        {
            Assert.InRange(face.FivePoints[i], face.Box.X1, face.Box.X2);
            Assert.InRange(face.FivePoints[i + 1], face.Box.Y1, face.Box.Y2);
        }
    }

    [Fact]
    public void TheMoreAFaceIsBlurredTheLessSharpUntilItIsUnusable()
    {
        using var photo = Photos.Load("audrey.jpg");
        var sharp = models.Analyzer.AnalyzeSubject(photo, out _)!;
        Assert.InRange(sharp.Quality.Sharpness, 0.6f, 1);
        var last = sharp.Quality;
        foreach (var sigma in (int[])[3, 6, 9])
        {
            using var blurred = RgbImage.Rent(photo.Width, photo.Height);
            Blur(photo, blurred, sigma);
            var face = models.Analyzer.AnalyzeSubject(blurred, out _)!;
            Assert.InRange(face.Quality.Sharpness, 0, last.Sharpness - 0.01f);
            Assert.InRange(face.Quality.Overall, 0, last.Overall - 0.01f);
            last = face.Quality;
        }
        Assert.InRange(last.Sharpness, 0, (float)new VisionOptions().MinSharpness);
    }

    [Fact]
    public void AFaceBlownOutOrHalfHiddenIsWorseAsAWhole()
    {
        using var photo = Photos.Load("audrey.jpg");
        var good = models.Analyzer.AnalyzeSubject(photo, out _)!;
        Assert.Equal(1, good.Quality.Exposure);
        using var bright = Photos.Cut(photo, 0, 0, photo.Width, photo.Height);
        foreach (ref var value in bright.Pixels)
        {
            value = (byte)Math.Min(255, value * 3);
        }
        var blownOut = models.Analyzer.AnalyzeSubject(bright, out _)!;
        Assert.InRange(blownOut.Quality.Exposure, 0, 0.6f);
        Assert.True(blownOut.Quality.Overall < good.Quality.Overall);

        // A grey board before nose and mouth: neither sharpness, nor exposure, nor size can see that, but the encoder can.
        using var hidden = Photos.Cut(photo, 0, 0, photo.Width, photo.Height);
        for (var y = (int)good.FivePoints[5] - 30; y < (int)good.Box.Y2; y++)
        {
            hidden.Pixels.Slice(3 * ((y * photo.Width) + (int)good.Box.X1), 3 * (int)good.Box.Width).Fill(120);
        }
        var half = models.Analyzer.AnalyzeSubject(hidden, out _)!;
        Assert.True(half.Quality.Evidence < good.Quality.Evidence - 0.2f, $"{half.Quality} {good.Quality}");
        Assert.True(half.Quality.Overall < good.Quality.Overall - 0.1f);
    }

    [Fact]
    public async Task ManyThreadsGetWhatOneGets()
    {
        var photos = Franck[..4];
        var alone = photos.Select(p => Photos.Encode(models.Analyzer, p)).ToArray();
        var together = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Photos.Encode(models.Analyzer, photos[i % 4]))));
        for (var i = 0; i < together.Length; i++)
        {
            Assert.Equal(alone[i % 4], together[i]);
        }
    }

    [Fact]
    public void ACallAllocatesLittleMoreThanItsResult()
    {
        using var image = Photos.Load("franck_02159.jpg");
        models.Analyzer.AnalyzeSubject(image, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        models.Analyzer.AnalyzeSubject(image, out _);
        // 512 + 10 floats and the object are 2.3 KB; one buffer of the detector alone would be 900.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 2100, 3500);
    }

    [Fact]
    public void AVectorWithoutDirectionIsAnError()
    {
        var unit = new float[3];
        Assert.Throws<ModelException>(() => FaceEncoder.Normalise(new float[3], unit));
        Assert.Throws<ModelException>(() => FaceEncoder.Normalise([1, float.NaN, 2], unit));
        Assert.Throws<ModelException>(() => FaceEncoder.Normalise([1, float.PositiveInfinity, 2], unit));
        FaceEncoder.Normalise([2, 3, 6], unit);
        Assert.Equal([2 / 7f, 3 / 7f, 6 / 7f], unit.Select(v => v), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    /// <summary>A box blur, three times over: close to a Gaussian whose sigma is that radius.</summary>
    private static void Blur(RgbImage from, RgbImage to, int radius)
    {
        var source = from.Pixels.ToArray();
        var target = new byte[source.Length];
        for (var pass = 0; pass < 6; pass++)
        {
            var (length, step, lines, lineStep) = pass % 2 == 0
                ? (from.Width, 3, from.Height, 3 * from.Width)
                : (from.Height, 3 * from.Width, from.Width, 3);
            for (var line = 0; line < 3 * lines; line++)
            {
                var start = (line / 3 * lineStep) + (line % 3);
                for (var i = 0; i < length; i++)
                {
                    var sum = 0;
                    for (var k = -radius; k <= radius; k++)
                    {
                        sum += source[start + (Math.Clamp(i + k, 0, length - 1) * step)];
                    }
                    target[start + (i * step)] = (byte)(sum / ((2 * radius) + 1));
                }
            }
            (source, target) = (target, source);
        }
        source.CopyTo(to.Pixels);
    }
}
