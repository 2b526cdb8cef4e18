namespace FaceEdge.Imaging;

/// <summary>JPEG by either lane: which files are refused, how much smaller they are decoded, and how much of their data is looked at before.</summary>
internal static unsafe class JpegDecoder
{
    /// <summary>Progressive files have about 10 scans, the finest scripts in use under 30. Each costs a pass over the whole picture.</summary>
    internal const int MaxScans = 100;

    /// <summary>The same for huge pictures, as pixels times scans: 25 scans of 100 MP, which keep a core busy for some seconds.</summary>
    private const long MaxScannedPixels = 2_500_000_000;

    /// <summary>Decodes at the smallest of 1/1, 1/2, 1/4, 1/8 that keeps the longer side at or above <paramref name="targetSide"/>.</summary>
    /// <param name="file">All of it.</param>
    /// <param name="photo">The same, its header read.</param>
    /// <param name="targetSide">In pixels.</param>
    /// <param name="lane">Which way.</param>
    internal static RgbImage Decode(ReadOnlySpan<byte> file, SkiaPhoto photo, int targetSide, JpegLane lane)
    {
        JpegStructure structure = JpegStructure.Read(file);
        Refuse(structure, photo, lane);

        // Of damaged files libjpeg takes one in a hundred without complaint, of those with restart markers, which keep damage apart, one in fifteen.
        bool isChecked = structure.IsHuffman && (lane.Turbo is null || !structure.HasEnd || structure.HasRestarts);
        if (isChecked)
        {
            JpegVerdict verdict = JpegPictureData.Check(file);
            if (verdict.Damage is not null)
            {
                throw ImageException.Corrupt("JPEG", verdict.Damage);
            }

            if (!verdict.HasEnd)
            {
                return DecodeWithEnd(file[..verdict.Length], targetSide, lane);
            }
        }

        int denominator = Denominator(Math.Max(photo.Width, photo.Height), targetSide);
        RgbImage image = lane.Turbo is { } turbo
            ? TurboJpegDecoder.Decode(turbo, file, photo.Width, photo.Height, denominator, ref isChecked)
            : photo.Decode("JPEG", denominator);
        image.IsChecked = isChecked;
        return image;
    }

    /// <summary>Runs over all of the picture data of a file that was decoded.</summary>
    internal static void CheckData(ReadOnlySpan<byte> file)
    {
        if (JpegStructure.Read(file).IsHuffman && JpegPictureData.Check(file).Damage is { } damage)
        {
            throw ImageException.Corrupt("JPEG", damage);
        }
    }

    /// <summary>A kind of JPEG that is not read.</summary>
    internal static ImageException Unsupported(string oddity) => new(
        ImageProblem.UnsupportedFormat, $"This kind of JPEG cannot be read ({oddity}). Save the photo as an ordinary 8-bit JPEG, a PNG or a WebP.");

    private static void Refuse(JpegStructure structure, SkiaPhoto photo, JpegLane lane)
    {
        if (structure.Oddity is { } oddity)
        {
            throw Unsupported(oddity);
        }

        if ((structure.Width, structure.Height) != (photo.Width, photo.Height))
        {
            throw ImageException.Corrupt("JPEG", "its header cannot be read"); // two readers see two sizes
        }

        if (structure.Scans > Math.Min(MaxScans, MaxScannedPixels / ((long)photo.Width * photo.Height)))
        {
            throw ImageException.Corrupt("JPEG", $"its picture is cut into {structure.Scans} scans, more than any camera writes");
        }

        if (structure.IsArithmetic && lane.Turbo is null)
        {
            throw Unsupported("arithmetic coding, which needs libturbojpeg on the box");
        }

        if (!structure.IsHuffman && !structure.HasEnd)
        {
            throw ImageException.Corrupt("JPEG", "the end of the file is missing");
        }
    }

    /// <summary>A whole picture that lacks its end marker, or has somebody's own data in its place: decoders would take either for damage.</summary>
    private static RgbImage DecodeWithEnd(ReadOnlySpan<byte> picture, int targetSide, JpegLane lane)
    {
        NativeBuffers.Block block = NativeBuffers.Rent(picture.Length + 2);
        try
        {
            var file = new Span<byte>((void*)block.Address, picture.Length + 2);
            picture.CopyTo(file);
            (file[^2], file[^1]) = (0xFF, JpegMarkers.EndOfImage);
            using SkiaPhoto photo = SkiaPhoto.Open((byte*)block.Address, file.Length)
                ?? throw ImageException.Corrupt("JPEG", "its header cannot be read");
            return Decode(file, photo, targetSide, lane);
        }
        finally
        {
            NativeBuffers.Return(block);
        }
    }

    private static int Denominator(int longerSide, int targetSide)
    {
        int denominator = 1;
        while (denominator < 8 && (longerSide + (2 * denominator) - 1) / (2 * denominator) >= targetSide && longerSide >= 2L * targetSide)
        {
            denominator *= 2;
        }

        return denominator;
    }
}
