using System.Text;

namespace FaceEdge.Migration;

/// <summary>The column Face_Encoding: tells by the bytes how an encoding was written, whatever the application was.</summary>
internal static class EncodingCell
{
    private const string Base64 = "base64 of ";

    /// <summary>The encoding in a value of SQLite.</summary>
    /// <param name="cell"><see cref="byte"/>[] or <see cref="string"/>; anything else is refused.</param>
    /// <exception cref="CellException">It is no encoding, and why.</exception>
    public static FoundEncoding Read(object cell) => cell switch
    {
        byte[] bytes => FromBytes(bytes, ""),
        string text => FromText(text, ""),
        _ => throw new CellException("the encoding is a single number"),
    };

    private static FoundEncoding FromBytes(ReadOnlySpan<byte> bytes, string packing)
    {
        if (bytes.StartsWith(NpyReader.Magic))
        {
            return FoundEncoding.From(NpyReader.Read(bytes), packing + ".npy");
        }

        if (IsText(bytes))
        {
            return FromText(Encoding.UTF8.GetString(bytes), packing);
        }

        if (LooksPickled(bytes))
        {
            return FoundEncoding.From(Numbers(PickleReader.Read(bytes)), packing + "pickle");
        }

        (NumberType? type, int count) = bytes.Length switch
        {
            128 * sizeof(double) => (new NumberType("f8"), 128),
            128 * sizeof(float) => (new NumberType("f4"), 128),
            192 * sizeof(double) => (new NumberType("f8"), 192),
            192 * sizeof(float) => (new NumberType("f4"), 192),
            512 * sizeof(double) => (new NumberType("f8"), 512),
            512 * sizeof(float) => (new NumberType("f4"), 512),
            _ => (null, 0),
        };
        return type is null
            ? throw new CellException(bytes.IsEmpty ? "the encoding is empty" : $"the encoding is {bytes.Length} bytes of no known kind (float64 would be 1024, float32 512)")
            : FoundEncoding.From(type.Read(bytes, count), packing + (bytes.Length / count == sizeof(double) ? "float64" : "float32"));
    }

    private static FoundEncoding FromText(string text, string packing)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            throw new CellException("the encoding is empty");
        }

        // Sixteen float64 are the shortest that would be worth a look: shorter texts are words.
        if (packing.Length == 0 && trimmed.Length > 64 && Base64Of(trimmed) is { } bytes)
        {
            return FromBytes(bytes, Base64);
        }

        // A pickle of protocol 0 is text, as pickle.dumps(.., 0).decode("latin1") makes it.
        ReadOnlySpan<byte> latin = Encoding.Latin1.GetBytes(text);
        if (LooksPickled(latin))
        {
            return FoundEncoding.From(Numbers(PickleReader.Read(latin)), packing + "pickle");
        }

        string format = trimmed[0] is '[' && trimmed.Contains(',') ? "JSON" : "text";
        return FoundEncoding.From(NumberText.Read(trimmed), packing + format);
    }

    /// <summary>
    /// Ends as every pickle does, and begins as one of protocol 2 to 5, or as protocols 0 and 1 write an array, a list or a tuple. Floats in
    /// memory do not: their last byte would make the last number smaller than 1e-80.
    /// </summary>
    private static bool LooksPickled(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> trimmed = bytes.TrimEnd("\r\n "u8);
        return trimmed.Length > 3 && trimmed[^1] == (byte)'.' && (trimmed[0] is 0x80 or (byte)'c' or (byte)']' || (trimmed[0] == (byte)'(' && char.IsAsciiLetter((char)trimmed[1])));
    }

    private static byte[]? Base64Of(ReadOnlySpan<char> text)
    {
        var one = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                one.Append(c switch { '-' => '+', '_' => '/', _ => c });
            }
        }

        // URL-safe writers leave the padding out.
        one.Append('=', (4 - (one.Length % 4)) % 4);
        var bytes = new byte[one.Length];
        return Convert.TryFromBase64String(one.ToString(), bytes, out int written) ? bytes[..written] : null;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) =>
        !bytes.ContainsAnyExceptInRange((byte)'\t', (byte)'~') && !bytes.ContainsAnyInRange((byte)0x0e, (byte)0x1f);

    /// <summary>The numbers of an array, or of a list of numbers or arrays.</summary>
    private static double[] Numbers(object? thing)
    {
        var numbers = new List<double>();
        int looked = 0;
        Collect(thing, numbers, depth: 0, ref looked);
        return [.. numbers];
    }

    /// <summary>Counts what it looks at, also what has no number in it: a few lists may hold each other a billion times.</summary>
    private static void Collect(object? thing, List<double> numbers, int depth, ref int looked)
    {
        if (++looked > 2 * NumberText.MaxNumbers || numbers.Count > NumberText.MaxNumbers || depth > 3)
        {
            throw new CellException("pickle refused: it holds more than an encoding");
        }

        switch (thing)
        {
            case double number:
                numbers.Add(number);
                break;
            case long whole:
                numbers.Add(whole);
                break;
            case NumberArray array:
                numbers.AddRange(array.Numbers);
                break;
            case IList<object?> several: // a list or a tuple
                foreach (object? item in several)
                {
                    Collect(item, numbers, depth + 1, ref looked);
                }

                break;
            default:
                throw new CellException("a pickle of something other than numbers");
        }
    }
}
