using System.Runtime.InteropServices;

namespace FaceEdge.Vision;

/// <summary>
/// Finds the faces of a photo: one look at the whole; another one with room around it, or closer ones tile by tile, only when the first
/// suggests that they pay (docs/decisions/0013). The detector proposes, <see cref="FaceChecker"/> decides. Used by one thread at a time.
/// </summary>
internal sealed class FaceFinder(FaceDetector detector, FaceChecker checker) : IDisposable
{
    /// <summary>From this score on a box of a look at the whole is a face unchecked: 98 % of LFW's photos, and no false box among 576 pictures without faces.</summary>
    public const float SureScore = 0.998f;

    /// <summary>From this score on the checker need only not object: faces in profile look like none to it.</summary>
    private const float LikelyScore = 0.98f;

    private const float NoObjection = 0.3f;

    /// <summary>In the wide look a whole background passes for a face below this, and no face that fills the frame is.</summary>
    private const float LowestWide = 0.6f;

    /// <summary>What the checker must say about all others; stricter where many tiles are looked at for small faces.</summary>
    private const float Agreed = 0.9f;

    private const float AgreedClose = 0.95f;

    /// <summary>A box of a closer look with a lower score is looked at again, and must then reach <see cref="Confirmed"/>.</summary>
    private const float ConfirmBelow = 0.9f;

    private const double Confirmed = 0.6;

    /// <summary>Lower than this on the canvas some faces are found and others are not; from here on nearly all are.</summary>
    private const float SmallOnCanvas = 20;

    /// <summary>What the smallest face wanted should measure on the canvas: of such faces 15 of 16 are found.</summary>
    private const float WantedOnCanvas = 16;

    /// <summary>A closer look reports no face higher than this on its canvas: it was found before, and parts of faces look like faces.</summary>
    private const float LargeOnCanvas = 120;

    /// <summary>How much closer each look is than the one before: 1.8 makes 2 x 2 tiles of a photo of 4:3.</summary>
    private const double Step = 1.8;

    /// <summary>A closer look by less than this is not worth its time.</summary>
    private const double Near = 1.3;

    /// <summary>A box of which more than this part lies in a face already found is that face, or a part of it.</summary>
    private const float SameFace = 0.5f;

    private readonly List<FaceBox> _faces = new(64);
    private readonly List<FaceBox> _proposed = new(64);

    /// <summary>What to look for.</summary>
    public FaceSearch Search { get; set; } = FaceSearch.From(new VisionOptions());

    /// <summary>
    /// The faces of a photo, the surest first, inside it: those of an ordinary photo, and the small ones of a group. The span is valid until the next call.
    /// </summary>
    public ReadOnlySpan<FaceBox> Find(in RgbView image)
    {
        _faces.Clear();
        var doubted = Take(image, Look.Whole(image), 0);
        var largest = 0f;
        foreach (var face in _faces)
        {
            largest = MathF.Max(largest, face.Area);
        }
        // Nobody, or something large that might be somebody nearer than those found.
        if (_faces.Count == 0 || doubted > largest)
        {
            Take(image, Look.Whole(image) with { Wide = true }, 0);
        }
        var scale = 1 / (double)WholeOnCanvas(image).ScaleY;
        var small = _faces.Count == 0 ? 2 : SmallFaces(scale);
        while (small >= 2 && scale * Near < Wanted && LookCloser(image, scale * Step))
        {
            scale *= Step;
            small = SmallFaces(scale);
        }
        return Result(image);
    }

    /// <summary>The smallest faces of a photo on which <see cref="Find"/> found none, looking closer and closer until there are some.</summary>
    public ReadOnlySpan<FaceBox> FindSmallest(in RgbView image)
    {
        _faces.Clear();
        var scale = Step / WholeOnCanvas(image).ScaleY;
        while (_faces.Count == 0 && scale * Near < Wanted)
        {
            // The last look is no closer than wanted, and no hair's breadth closer than the one before.
            scale = scale * Step * Near < Wanted ? scale * Step : Wanted;
            if (!LookCloser(image, scale))
            {
                break;
            }
        }
        return Result(image);
    }

    /// <summary>Runs both networks on a picture, whatever they see.</summary>
    public void Exercise(in RgbView image)
    {
        detector.Detect(image, Look.Whole(image), Search.Threshold);
        checker.Probability(image, new FaceBox(0, 0, image.Width, image.Height, 1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        detector.Dispose();
        checker.Dispose();
    }

    /// <summary>Canvas pixels a pixel at which the smallest face wanted is found.</summary>
    private double Wanted => WantedOnCanvas / Search.SmallestFace;

    private static Letterbox WholeOnCanvas(in RgbView image) => Look.Whole(image).On(FaceDetector.CanvasWidth, FaceDetector.CanvasHeight);

    /// <summary>Looks at all tiles at so many canvas pixels a pixel; false when they are too many.</summary>
    private bool LookCloser(in RgbView image, double scale)
    {
        var tiles = TileGrid.Cover(image.Width, image.Height, scale);
        if (tiles.Count > Search.MaxLooks)
        {
            return false;
        }
        for (var i = 0; i < tiles.Count; i++)
        {
            Take(image, tiles.Tile(i), scale);
        }
        return true;
    }

    /// <summary>One look: adds the faces that were not found yet.</summary>
    /// <param name="image">The photo.</param>
    /// <param name="look">What to look at.</param>
    /// <param name="scale">Canvas pixels a pixel of a closer look; 0 for a look at the whole.</param>
    /// <returns>The area of the largest box that the checker refused.</returns>
    private float Take(in RgbView image, in Look look, double scale)
    {
        var refused = 0f;
        _proposed.Clear();
        _proposed.AddRange(detector.Detect(image, look, Search.Threshold));
        foreach (var box in _proposed)
        {
            if (scale > 0 && (box.Height * scale > LargeOnCanvas || IsCutByTile(box, look, image, 2 / (float)scale)))
            {
                continue;
            }
            if (IsKnown(box))
            {
                continue;
            }
            if (scale > 0 ? IsSmallFace(image, box) : IsFace(image, box, look))
            {
                _faces.Add(box);
            }
            else
            {
                refused = MathF.Max(refused, box.Area);
            }
        }
        return refused;
    }

    private bool IsFace(in RgbView image, in FaceBox box, in Look look)
    {
        if (look.Wide ? box.Score < LowestWide : box.Score >= SureScore)
        {
            return !look.Wide;
        }
        return checker.Probability(image, box) >= (box.Score >= LikelyScore ? NoObjection : Agreed);
    }

    /// <summary>So many tiles propose so much that the checker's word is not enough: the detector must see it again in two other sizes.</summary>
    private bool IsSmallFace(in RgbView image, in FaceBox box) =>
        checker.Probability(image, box) >= AgreedClose
        && (box.Score >= ConfirmBelow || (IsSeen(image, box, 32) && IsSeen(image, box, 64)));

    /// <summary>Whether the detector finds the face again when it is so many canvas pixels high.</summary>
    private bool IsSeen(in RgbView image, in FaceBox box, float height)
    {
        foreach (var seen in detector.Detect(image, Look.Around(box, image, height), Confirmed))
        {
            if (seen.OverlapWith(box) > FaceDetector.SameFaceOverlap)
            {
                return true;
            }
        }
        return false;
    }

    private bool IsKnown(in FaceBox box)
    {
        foreach (var face in _faces)
        {
            if (face.ShareWith(box) > SameFace)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether the border of a tile, other than the photo's own, cuts a box; the neighbouring tile shows it whole.</summary>
    private static bool IsCutByTile(in FaceBox box, in Look tile, in RgbView image, float margin) =>
        (tile.X > 0 && box.X1 < tile.X + margin)
        || (tile.Y > 0 && box.Y1 < tile.Y + margin)
        || (tile.X + tile.Width < image.Width && box.X2 > tile.X + tile.Width - margin)
        || (tile.Y + tile.Height < image.Height && box.Y2 > tile.Y + tile.Height - margin);

    /// <summary>Faces that are small at so many canvas pixels a pixel: where there are two, there may be more that are too small.</summary>
    private int SmallFaces(double scale)
    {
        var small = 0;
        foreach (var face in _faces)
        {
            small += face.Height * scale < SmallOnCanvas ? 1 : 0;
        }
        return small;
    }

    private Span<FaceBox> Result(in RgbView image)
    {
        _faces.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        var faces = CollectionsMarshal.AsSpan(_faces);
        foreach (ref var face in faces)
        {
            face = face.Inside(image.Width, image.Height);
        }
        return faces;
    }
}
