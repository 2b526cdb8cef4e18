using FaceEdge.Imaging;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>A photo made into a face to be stored, or why not.</summary>
/// <param name="Face">Encoding, quality and the picture to keep.</param>
/// <param name="Problem">In a few words without a full stop; null when there is a face.</param>
internal sealed record Portrait(NewFace? Face, string? Problem);

/// <summary>
/// Photos that come from elsewhere with the person's id: found, graded and encoded along the daemon's own path, under the rules for
/// registering a stranger, but compared with nobody. Any number of threads may ask at once.
/// </summary>
/// <param name="analyzer">Loaded models; stays the caller's.</param>
/// <param name="options">Limits, and what to keep.</param>
internal sealed class Portraits(FaceAnalyzer analyzer, FaceEdgeOptions options)
{
    /// <summary>As in <see cref="Recognizer"/>: photos above 21 MP are decoded one at a time.</summary>
    private const long LargePhotoPixels = 21_000_000;

    private readonly Lock _largePhotos = new();

    /// <summary>The encoder in use.</summary>
    public string Encoder => analyzer.Encoder;

    /// <summary>Looks at a photo.</summary>
    /// <param name="photo">A JPEG, PNG or WebP file; anything else is told as a problem.</param>
    /// <exception cref="ModelException">A model failed.</exception>
    public Portrait Read(byte[] photo)
    {
        try
        {
            (int width, int height) = ImageDecoder.ReadSize(photo);
            if ((long)width * height <= LargePhotoPixels)
            {
                return Look(photo);
            }

            lock (_largePhotos)
            {
                return Look(photo);
            }
        }
        catch (ImageException e)
        {
            return new Portrait(null, e.Problem switch
            {
                ImageProblem.UnsupportedFormat => "the picture is not a JPEG, PNG or WebP photo",
                ImageProblem.TooManyPixels => "the picture has more pixels than Limits:MaxPixels",
                _ => "the picture is damaged or cut off",
            });
        }
    }

    /// <summary>
    /// Some applications keep the face alone, cut out along the detector's box: no detector finds a face in that. In a grey frame ours found
    /// 136 of 200 such cuts, and 23 without.
    /// </summary>
    private Portrait Look(byte[] photo)
    {
        Portrait portrait;
        using (Sighting sighting = PhotoLook.Find(photo, options, analyzer, new Lookup(null)))
        {
            portrait = Judge(sighting, photo);
        }

        if (portrait.Face is not null)
        {
            return portrait;
        }

        using RgbImage alone = ImageDecoder.Decode(photo, options.Limits.MaxPixels, options.Imaging.TargetSide);
        if (4L * alone.Width * alone.Height > LargePhotoPixels)
        {
            return portrait;
        }

        using Sighting framed = Sighting.Find(Frame.Around(alone), analyzer, new Lookup(null));
        if (Judge(framed, photo) is not { Face: not null } found)
        {
            return portrait;
        }

        if (!alone.IsChecked)
        {
            ImageDecoder.CheckData(photo);
        }

        return found;
    }

    private Portrait Judge(Sighting sighting, byte[] photo)
    {
        if (sighting.Face is not { } face)
        {
            return new Portrait(null, "no face was found on the picture");
        }

        if (sighting.FaceHeight < options.Vision.MinFaceHeight)
        {
            return new Portrait(null, $"the face on the picture is {sighting.FaceHeight:0} pixels high, {options.Vision.MinFaceHeight:0} are needed (Vision:MinFaceHeight)");
        }

        if (face.Quality.Sharpness < options.Vision.MinSharpness)
        {
            return new Portrait(null, $"the face on the picture is too blurred (sharpness {face.Quality.Sharpness:0.00}, Vision:MinSharpness)");
        }

        if (face.Quality.Overall < options.Vision.MinQuality)
        {
            return new Portrait(null, $"the face on the picture is too poor (quality {face.Quality.Overall:0.00}, Vision:MinQuality)");
        }

        byte[]? kept = options.Storage.KeepImages switch
        {
            KeepImages.Crop => FaceCrop.Encode(sighting.Image, face.Box, options.Storage),
            KeepImages.Original => photo,
            _ => null,
        };
        return new Portrait(new NewFace(face.Encoding, analyzer.Encoder, face.Quality.Overall, kept), null);
    }
}
