using FaceEdge.Imaging;
using FaceEdge.Metrics;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>
/// Looks for the subject of a photo file with as few pixels as it takes. A large JPEG is first decoded smaller; only when the face turns out
/// to be so small there that the encoder would miss detail, or nobody is found, is it decoded again, larger.
/// </summary>
internal static class PhotoLook
{
    /// <summary>
    /// A face lower than this on the decoded pixels gains from more of them; the encoder looks at 112 pixels. Measured on faces enlarged to 12 MP:
    /// docs/decisions/0017.
    /// </summary>
    internal const float EnoughHeight = FaceAligner.Side;

    /// <summary>The subject, on pixels that show it in full detail.</summary>
    /// <param name="photo">The file.</param>
    /// <param name="options">Limits and sizes.</param>
    /// <param name="analyzer">The models.</param>
    /// <param name="lookup">What is known of a face.</param>
    /// <exception cref="ImageException">It can not be decoded, or is damaged.</exception>
    public static Sighting Find(ReadOnlySpan<byte> photo, FaceEdgeOptions options, FaceAnalyzer analyzer, Lookup lookup)
    {
        Sighting sighting = FindInDetail(photo, options, analyzer, lookup);
        if (sighting is { Face: not null, IsChecked: false } && !lookup.IsSettled(sighting.Face))
        {
            // Somebody may be enrolled from it, or learned: damage that the decoder passed over must not stay for ever.
            try
            {
                ImageDecoder.CheckData(photo);
            }
            catch
            {
                sighting.Dispose();
                throw;
            }
        }

        return sighting;
    }

    private static Sighting FindInDetail(ReadOnlySpan<byte> photo, FaceEdgeOptions options, FaceAnalyzer analyzer, Lookup lookup)
    {
        var target = options.Imaging.TargetSide;
        Sighting sighting = Find(photo, options, target, analyzer, lookup);
        RgbImage image = sighting.Image;
        if (sighting.Face?.Box.Height >= EnoughHeight || image.Width == image.OriginalWidth || lookup.IsSettled(sighting.Face))
        {
            return sighting;
        }

        // At most twice the side, so that a tiny face on a huge photo does not take the memory of the whole photo.
        var longer = Math.Max(image.Width, image.Height);
        var needed = (int)Math.Min(2.0 * target, Math.Ceiling(longer * EnoughHeight / (sighting.Face?.Box.Height ?? 1)));
        if (needed <= longer)
        {
            return sighting;
        }

        sighting.Dispose();
        return Find(photo, options, needed, analyzer, lookup, last: true);
    }

    private static Sighting Find(
        ReadOnlySpan<byte> photo, FaceEdgeOptions options, int target, FaceAnalyzer analyzer, Lookup lookup, bool last = false)
    {
        var clock = StageClock.Start();
        RgbImage image = ImageDecoder.Decode(photo, options.Limits.MaxPixels, target);
        clock.Lap("decode");
        return Sighting.Find(image, analyzer, lookup, searchSmallest: last || image.Width == image.OriginalWidth);
    }
}
