namespace FaceEdge.Vision;

/// <summary>
/// The numbers that tell a covered face from an open one: <see cref="CoverLooks"/>, and how light, contrast, detail and colour of the parts of the aligned face
/// compare with those of its cheeks.
/// </summary>
internal static class CoverFeatures
{
    /// <summary>How many: <see cref="CoverTable"/> has a row for each, in the order in which they are written.</summary>
    public const int Count = 37;

    // Grey levels of the aligned face: black, white in all colours, lost in any, and so bright that a surface without detail is no skin.
    private const float Black = 24;
    private const float White = 250;
    private const float Lost = 253;
    private const float Bright = 235;
    private const float NoDetail = 3;

    // Of the cheeks' light: what is darker is glass, hair or shadow.
    private const float Shade = 0.45f;

    // Keeps the ratio of two dark parts from being noise.
    private const float Faint = 8;

    /// <summary>A part of the aligned face, one rectangle or two side by side.</summary>
    private readonly record struct Part(int Top, int Bottom, int Left, int Right, int OtherLeft = 0, int OtherRight = 0);

    /// <summary>What its pixels say.</summary>
    private readonly record struct Tone(float Light, float Contrast, float Detail, float Blue, float Red);

    private static readonly Part Cheeks = new(62, 78, 20, 92);
    private static readonly Part Eyes = new(44, 60, 22, 90);
    private static readonly Part UnderEyes = new(57, 64, 28, 48, 64, 84);
    private static readonly Part Mouth = new(78, 106, 32, 80);
    private static readonly Part Forehead = new(10, 34, 26, 86);

    /// <summary>Writes them.</summary>
    /// <param name="aligned">The aligned face, 112x112 RGB.</param>
    /// <param name="looks">What the encoder says.</param>
    /// <param name="features">Receives <see cref="Count"/> numbers.</param>
    public static void Measure(ReadOnlySpan<byte> aligned, in CoverLooks looks, Span<float> features)
    {
        Tone cheeks = ToneOf(aligned, Cheeks);
        int at = 0;
        features[at++] = looks.Eyes;
        features[at++] = looks.Mouth;
        features[at++] = looks.Each;
        features[at++] = looks.EyesEvidence;
        features[at++] = looks.MouthEvidence;
        features[at++] = looks.Evidence;
        features[at++] = looks.Eyes - looks.Mouth;
        features[at++] = looks.EyesEvidence - looks.MouthEvidence;
        features[at++] = cheeks.Light / 255;
        features[at++] = cheeks.Contrast;
        features[at++] = cheeks.Detail;
        features[at++] = cheeks.Red;
        foreach (Part part in (ReadOnlySpan<Part>)[Eyes, UnderEyes, Mouth, Forehead])
        {
            Tone tone = ToneOf(aligned, part);
            features[at++] = MathF.Log((tone.Light + Faint) / (cheeks.Light + Faint));
            features[at++] = tone.Contrast;
            features[at++] = tone.Detail;
            features[at++] = tone.Blue - cheeks.Blue;
            features[at++] = tone.Red - cheeks.Red;
        }

        Shares(aligned, Shade * cheeks.Light, features[at..]);
    }

    private static Tone ToneOf(ReadOnlySpan<byte> aligned, in Part part)
    {
        float light = 0, squares = 0, detail = 0, blue = 0, red = 0;
        int pixels = 0;
        for (int y = part.Top; y < part.Bottom; y++)
        {
            for (int x = part.Left; x < part.Right; x++)
            {
                Add(aligned, x, y);
            }

            for (int x = part.OtherLeft; x < part.OtherRight; x++)
            {
                Add(aligned, x, y);
            }
        }

        float mean = light / pixels;
        return new Tone(
            mean, MathF.Log(MathF.Sqrt(MathF.Max(0, (squares / pixels) - (mean * mean))) + 1), MathF.Log((detail / pixels) + 1), blue / pixels, red / pixels);

        void Add(ReadOnlySpan<byte> face, int x, int y)
        {
            float grey = AlignedGrey.At(face, x, y);
            int pixel = 3 * ((y * FaceAligner.Side) + x);
            light += grey;
            squares += grey * grey;
            detail += MathF.Abs(AlignedGrey.At(face, x + 1, y) - grey) + MathF.Abs(AlignedGrey.At(face, x, y + 1) - grey);
            red += face[pixel] - grey;
            blue += face[pixel + 2] - grey;
            pixels++;
        }
    }

    /// <summary>What parts of the face, from the brows to the chin, are lost, white, black, bright without detail; and of its eyes, in the shade.</summary>
    private static void Shares(ReadOnlySpan<byte> aligned, float shade, Span<float> shares)
    {
        int lost = 0, white = 0, black = 0, flat = 0, shaded = 0;
        for (int y = AlignedGrey.Top; y < AlignedGrey.Bottom; y++)
        {
            for (int x = AlignedGrey.Left; x < AlignedGrey.Right; x++)
            {
                int pixel = 3 * ((y * FaceAligner.Side) + x);
                (byte red, byte green, byte blue) = (aligned[pixel], aligned[pixel + 1], aligned[pixel + 2]);
                int grey = AlignedGrey.At(aligned, x, y);
                int change = Math.Abs(AlignedGrey.At(aligned, x + 1, y) - grey) + Math.Abs(AlignedGrey.At(aligned, x, y + 1) - grey);
                lost += Math.Max(red, Math.Max(green, blue)) >= Lost ? 1 : 0;
                white += Math.Min(red, Math.Min(green, blue)) >= White ? 1 : 0;
                black += grey < Black ? 1 : 0;
                flat += grey > Bright && change < NoDetail ? 1 : 0;
                shaded += y >= Eyes.Top && y < UnderEyes.Bottom && grey < shade ? 1 : 0;
            }
        }

        const float pixels = (AlignedGrey.Bottom - AlignedGrey.Top) * (AlignedGrey.Right - AlignedGrey.Left);
        shares[0] = lost / pixels;
        shares[1] = white / pixels;
        shares[2] = black / pixels;
        shares[3] = flat / pixels;
        shares[4] = (float)shaded / ((UnderEyes.Bottom - Eyes.Top) * (AlignedGrey.Right - AlignedGrey.Left));
    }
}
