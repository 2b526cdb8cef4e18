using FaceEdge.Imaging;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>The subject of a photo and the pixels it was found on, which may have been turned so that the face is upright.</summary>
internal sealed class Sighting : IDisposable
{
    private readonly int _orientation;
    private readonly int? _faces;

    private Sighting(RgbImage image, int orientation, Face? face, int? faces)
    {
        Image = image;
        _orientation = orientation;
        Face = face;
        _faces = faces;
    }

    /// <summary>The pixels, with the face upright.</summary>
    public RgbImage Image { get; }

    /// <summary>The subject; null when there is no face.</summary>
    public Face? Face { get; }

    /// <summary>Whether damage inside the file's picture data would have been found.</summary>
    public bool IsChecked => Image.IsChecked;

    /// <summary>Whether the photo lay on its side.</summary>
    public bool IsTurned => _orientation != 1;

    /// <summary>Height of the face in pixels of the photo as posted, which may have been decoded smaller.</summary>
    public float FaceHeight => Face!.Box.Height * Image.OriginalHeight / Image.Height;

    /// <summary>The face's box in pixels of the photo as posted: turned back, and scaled up when it was decoded smaller.</summary>
    public FaceBox BoxInPhoto
    {
        get
        {
            FaceBox box = Face!.Box;
            (float w, float h) = (Image.Width, Image.Height);
            float scale = (float)Image.OriginalWidth / Image.Width;
            FaceBox back = _orientation switch
            {
                3 => box with { X1 = w - box.X2, Y1 = h - box.Y2, X2 = w - box.X1, Y2 = h - box.Y1 },
                6 => box with { X1 = box.Y1, Y1 = w - box.X2, X2 = box.Y2, Y2 = w - box.X1 },
                8 => box with { X1 = h - box.Y2, Y1 = box.X1, X2 = h - box.Y1, Y2 = box.X2 },
                _ => box,
            };
            return back with { X1 = back.X1 * scale, Y1 = back.Y1 * scale, X2 = back.X2 * scale, Y2 = back.Y2 * scale };
        }
    }

    /// <summary>
    /// Finds the subject; a face that nobody knows is looked for in the turned photo too, as a photo may lie on its side without saying so; a photo
    /// without a face is at last searched for small ones.
    /// </summary>
    /// <param name="image">The photo; taken over.</param>
    /// <param name="analyzer">The models.</param>
    /// <param name="lookup">What is known of a face.</param>
    /// <param name="searchSmallest">Whether to look for the smallest faces where no others are; in vain on a photo that was decoded smaller.</param>
    public static Sighting Find(RgbImage image, FaceAnalyzer analyzer, Lookup lookup, bool searchSmallest = true)
    {
        Sighting asPosted = Analyze(image, 1, analyzer, lookup);
        if (asPosted.Face is { } face && lookup.Knows(face))
        {
            return asPosted;
        }

        try
        {
            int orientation = analyzer.FindTurn(image);
            if (orientation != 1)
            {
                Sighting turned = Analyze(Upright.Turned(image, orientation), orientation, analyzer, lookup);
                if (turned.Face is not null && !(turned.Face.Evidence <= asPosted.Face?.Evidence))
                {
                    asPosted.Dispose();
                    return turned;
                }

                turned.Dispose();
            }

            if (asPosted.Face is not null || !searchSmallest)
            {
                return asPosted;
            }

            Face? small = analyzer.AnalyzeSmallSubject(image, out int? faces);
            return new Sighting(image, 1, small, faces);
        }
        catch
        {
            asPosted.Dispose();
            throw;
        }
    }

    /// <summary>Faces in the photo; where the subject was so clear that nobody looked for others, they are looked for now. The subject stays who it is.</summary>
    /// <param name="analyzer">The models.</param>
    public int CountFaces(FaceAnalyzer analyzer) => _faces ?? Math.Max(1, analyzer.DetectFaces(Image).Length);

    /// <summary>Gives the pixels back.</summary>
    public void Dispose() => Image.Dispose();

    private static Sighting Analyze(RgbImage image, int orientation, FaceAnalyzer analyzer, Lookup lookup)
    {
        try
        {
            Face? face = analyzer.AnalyzeSubject(image, out int? faces, lookup.Suffices);
            return new Sighting(image, orientation, face, faces);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }
}
