using FaceEdge.Gallery;
using FaceEdge.Imaging;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Tests.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Tests.Recognition;

[Collection("models")]
public class PhotoLookTests(Models models)
{
    private const int Width = 4000;
    private const int Height = 3000;

    [Fact]
    public void ALargeFaceOfATwelveMegapixelPhotoIsFoundOnHalfThePixels()
    {
        using var sighting = Look(portraitHeight: 2000);
        Assert.Equal(Width / 2, sighting.Image.Width);
        Assert.Equal(2 * sighting.Face!.Box.Height, sighting.FaceHeight, 1f);
    }

    [Fact]
    public void ASmallFaceIsLookedAtAgainInFullDetail()
    {
        using var small = Look(portraitHeight: 300);
        using var large = Look(portraitHeight: 2000);
        Assert.Equal(Width, small.Image.Width);
        Assert.True(small.FaceHeight < 2 * PhotoLook.EnoughHeight, $"the face is {small.FaceHeight} pixels high, too high for this test");
        Assert.Equal(small.Face!.Box.Height, small.FaceHeight);
        Assert.InRange(large.FaceHeight / small.FaceHeight, 5f, 11f);
    }

    [Fact]
    public void HalvingKeepsTheEncoding()
    {
        var photo = Portrait(portraitHeight: 2000);
        var options = new FaceEdgeOptions();
        using var halved = PhotoLook.Find(photo, options, models.Analyzer, new Lookup(null));
        options.Imaging.TargetSide = 65_500;
        using var whole = PhotoLook.Find(photo, options, models.Analyzer, new Lookup(null));
        Assert.Equal(Width, whole.Image.Width);
        Assert.InRange(Photos.Cosine(halved.Face!.Encoding, whole.Face!.Encoding), 0.99f, 1.01f);
    }

    /// <summary>Of somebody known well neither more pixels nor a second look of the encoder would tell more; of anybody else they do.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(16, false)]
    public async Task OneLookAtHalfThePixelsSettlesWhoIsKnownWell(int mostFaces, bool settled)
    {
        string folder = Directory.CreateTempSubdirectory("faceedge-look-").FullName;
        var options = new FaceEdgeOptions { Gallery = { MaxFacesPerPerson = mostFaces } };
        ImageDatabase database = ImageDatabase.Open(folder, NullLogger.Instance);
        try
        {
            using var gallery = FaceGallery.Load(database, new CurrentOptions(options), models.Analyzer.Encoder, models.Analyzer.Dimensions, NullLogger.Instance);
            using var first = Look(portraitHeight: 300);
            await gallery.IdentifyAsync(new Probe(first.Face!.Encoding, 1, true, static () => null, first.Face.Evidence));
            var lookup = new Lookup(gallery);
            using var again = PhotoLook.Find(Portrait(300), options, models.Analyzer, lookup);
            Assert.Equal(settled ? Width / 2 : Width, again.Image.Width);
            Assert.Equal(settled, lookup.IsSettled(again.Face));
            Assert.Equal(first.FaceHeight, again.FaceHeight, 0.1f * first.FaceHeight);
            Identification found = await gallery.IdentifyAsync(
                new Probe(again.Face!.Encoding, 1, true, static () => null, again.Face.Evidence, lookup.Of(again.Face)));
            Assert.Equal((1, false), (found.Id, found.New));
        }
        finally
        {
            await database.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private Sighting Look(int portraitHeight) =>
        PhotoLook.Find(Portrait(portraitHeight), new FaceEdgeOptions(), models.Analyzer, new Lookup(null));

    /// <summary>A 12 MP photo with a man's portrait of that height in the middle of nothing.</summary>
    private static byte[] Portrait(int portraitHeight)
    {
        using var portrait = Photos.Load("franck_02221.jpg");
        using var photo = RgbImage.Rent(Width, Height);
        photo.Pixels.Fill(128);
        var width = portraitHeight * portrait.Width / portrait.Height;
        var scaled = new byte[3 * width * portraitHeight];
        Resampler.Resize(portrait.Pixels, portrait.Width, portrait.Height, scaled, width, portraitHeight);
        for (var y = 0; y < portraitHeight; y++)
        {
            var row = 3 * ((((Height - portraitHeight) / 2) + y) * Width + ((Width - width) / 2));
            scaled.AsSpan(3 * y * width, 3 * width).CopyTo(photo.Pixels[row..]);
        }
        return JpegEncoder.Encode(photo, 0, 0, Width, Height, Width, 90);
    }
}
