namespace FaceEdge.Imaging;

/// <summary>
/// Which of two ways JPEGs go, chosen once at start: through the distribution's libturbojpeg where one is installed that works, else through
/// Skia like everything else. The pixels are the same; libturbojpeg takes less than half the time on x64 (Skia's copy has no SIMD there)
/// and says when picture data is damaged, which Skia does not.
/// </summary>
public sealed class JpegLane
{
    /// <summary>Side of the picture that a library is tried with: two blocks of 4:2:0 each way, so that colours are upsampled too.</summary>
    private const int TrySide = 32;

    /// <summary>Largest difference of a channel to Skia's pixels: other versions of libjpeg-turbo round colours differently.</summary>
    private const int Tolerance = 4;

    private static readonly Lazy<JpegLane> Chosen = new(() => Choose(TurboJpeg.Library));

    private JpegLane(TurboJpeg? turbo, string? problem)
    {
        Turbo = turbo;
        Problem = problem;
    }

    /// <summary>The way of this process.</summary>
    public static JpegLane Current => Chosen.Value;

    /// <summary>Skia alone.</summary>
    internal static JpegLane Skia { get; } = new(null, null);

    /// <summary>What there is to say about the way, as one sentence.</summary>
    public string Description => Turbo is not null
        ? $"JPEG through {TurboJpeg.Library}"
        : $"JPEG through Skia, which is slower on x64 and tells less damage: {Problem}";

    /// <summary>Why libturbojpeg is not used; null when it is.</summary>
    public string? Problem { get; }

    /// <summary>The library; null for Skia alone.</summary>
    internal TurboJpeg? Turbo { get; }

    /// <summary>Tries a library: can it be loaded, is every function there, does it see a small picture as Skia sees it.</summary>
    /// <param name="library">A name that the system looks up, or a path.</param>
    internal static JpegLane Choose(string library)
    {
        try
        {
            TurboJpeg turbo = TurboJpeg.Load(library);
            return DecodesRight(turbo) ? new JpegLane(turbo, null) : new JpegLane(null, $"{library} decodes a test picture wrongly");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return new JpegLane(null, $"{library} is not installed or cannot be loaded");
        }
        catch (EntryPointNotFoundException e)
        {
            return new JpegLane(null, $"{library} is of another version: {e.Message}");
        }
        catch (Exception e) when (e is ImageException or InsufficientMemoryException)
        {
            return new JpegLane(null, $"{library} cannot decode a test picture: {e.Message}");
        }
    }

    private static bool DecodesRight(TurboJpeg turbo)
    {
        using RgbImage drawn = RgbImage.Rent(TrySide, TrySide);
        for (int i = 0; i < drawn.Pixels.Length; i++)
        {
            drawn.Pixels[i] = (byte)((i % 3 * 80) + (i / 12)); // three ramps that differ
        }

        byte[] file = JpegEncoder.Encode(drawn, 0, 0, TrySide, TrySide, TrySide, quality: 90);
        using RgbImage expected = ImageDecoder.Decode(file, TrySide * TrySide, TrySide, Skia);
        using RgbImage seen = ImageDecoder.Decode(file, TrySide * TrySide, TrySide, new JpegLane(turbo, null));
        for (int i = 0; i < expected.Pixels.Length; i++)
        {
            if (Math.Abs(expected.Pixels[i] - seen.Pixels[i]) > Tolerance)
            {
                return false;
            }
        }

        return true;
    }
}
