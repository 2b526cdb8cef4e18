using System.Text;
using System.Text.Unicode;

namespace FaceEdge.Migration;

/// <summary>
/// The column Face_Encoding: tells by the content how an encoding was written, whatever the application was. Forms may be inside each other
/// (a pickle in base64 in a field of a JSON object): whatever is found is looked into again, to a bounded depth.
/// </summary>
internal sealed class EncodingCell
{
    /// <summary>Forms in forms, and bytes and things looked at in all: a list may hold one text a million times.</summary>
    private const int MaxDepth = 8, MaxWork = 4 << 20;

    /// <summary>The shortest text worth unpacking: a hundred and twenty-eight float16.</summary>
    private const int ShortestPacked = 64;

    /// <summary>Names that people give to the field with the encoding, when there are several it could be.</summary>
    private static readonly string[] UsualNames = ["encoding", "embedding", "descriptor", "vector", "feature"];

    private int _depth;
    private int _work;

    private EncodingCell()
    {
    }

    /// <summary>The encoding in a value of SQLite.</summary>
    /// <param name="cell"><see cref="byte"/>[] or <see cref="string"/>; anything else is refused.</param>
    /// <exception cref="CellException">It is no encoding, and why.</exception>
    public static FoundEncoding Read(object cell) => cell switch
    {
        byte[] bytes => new EncodingCell().FromBytes(bytes, ""),
        string text => new EncodingCell().FromText(text, ""),
        _ => throw new CellException("the encoding is a single number"),
    };

    private FoundEncoding FromBytes(ReadOnlySpan<byte> bytes, string packing)
    {
        Count(bytes.Length);
        if (bytes.IsEmpty)
        {
            throw new CellException("the encoding is empty");
        }

        if (bytes.StartsWith(NpyReader.Magic))
        {
            return FoundEncoding.From(NpyReader.Read(bytes), packing + ".npy");
        }

        if (bytes.StartsWith("PK\x3\x4"u8))
        {
            return FromOneOf(Packed.Arrays(bytes), packing + "npz");
        }

        if (Packed.Unpack(bytes) is var (content, name))
        {
            return Inside(() => FromBytes(content, $"{packing}{name} of "));
        }

        if (bytes is [0xff, 0xfe, ..] && bytes.Length % 2 == 0 && !RawEncoding.HasLength(bytes.Length))
        {
            return FromText(Encoding.Unicode.GetString(bytes[2..]), packing);
        }

        if (IsText(bytes))
        {
            return FromText(Encoding.UTF8.GetString(bytes), packing);
        }

        if (LooksPickled(bytes))
        {
            return FromThing(PickleReader.Read(bytes), packing + "pickle");
        }

        return Packed.Unread(bytes) is { } unread && !RawEncoding.HasLength(bytes.Length)
            ? throw new CellException($"the encoding is packed with {unread}, which is not read: unpack it first")
            : RawEncoding.Read(bytes, packing);
    }

    private FoundEncoding FromText(string text, string packing)
    {
        Count(text.Length);
        string trimmed = text.Trim().Trim('\ufeff');
        if (trimmed.Length == 0)
        {
            throw new CellException("the encoding is empty");
        }

        if (trimmed.Length >= ShortestPacked)
        {
            if (TextBytes.FromHex(trimmed) is { } bytes)
            {
                return Inside(() => FromBytes(bytes, packing + "hex of "));
            }

            if (TextBytes.FromBase64(trimmed) is { } unpacked)
            {
                return Inside(() => FromBytes(unpacked, packing + "base64 of "));
            }
        }

        // A pickle of protocol 0 is text, as pickle.dumps(.., 0).decode("latin1") makes it.
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\xff'))
        {
            byte[] latin = Encoding.Latin1.GetBytes(text);
            if (LooksPickled(latin))
            {
                return FromThing(PickleReader.Read(latin), packing + "pickle");
            }

            if (RawEncoding.HasLength(latin.Length) && !IsText(latin))
            {
                return RawEncoding.Read(latin, packing + "latin-1 of "); // bytes.decode("latin1")
            }
        }

        string format = trimmed[0] is '[' or '{' or '"' && trimmed.Contains(',', StringComparison.Ordinal) ? "JSON" : "text";
        return FromThing(LiteralReader.Read(trimmed), packing + format);
    }

    /// <summary>The encoding in what a pickle or a text held.</summary>
    private FoundEncoding FromThing(object? thing, string format) => thing switch
    {
        NumberArray array => FoundEncoding.From(array.Numbers, format),
        byte[] bytes => Inside(() => FromBytes(bytes, format + " of ")),
        string text => Inside(() => FromText(text, format + " of ")),
        Dictionary<string, object?> fields => FromFields(fields, format),
        IList<object?> list => FromList(list, format),
        double or long => throw new CellException("the encoding is a single number"),
        _ => throw new CellException($"a {format} of something other than numbers"),
    };

    private FoundEncoding FromList(IList<object?> list, string format)
    {
        var numbers = new List<double>();
        if (TryCollect(list, numbers, depth: 0))
        {
            // Node's Buffer and Python's list(bytes) show bytes as numbers.
            return RawEncoding.HasLength(numbers.Count) && numbers.TrueForAll(static number => number is >= 0 and <= 255 && number == Math.Floor(number))
                && numbers.Exists(static number => number > 1)
                ? Inside(() => FromBytes([.. numbers.Select(static number => (byte)number)], format + " of "))
                : FoundEncoding.From([.. numbers], format);
        }

        return list is [var one]
            ? Inside(() => FromThing(one, format))
            : FromOneOf(list.Select(static (item, i) => ($"{i}", item)).ToDictionary(), format);
    }

    private FoundEncoding FromFields(Dictionary<string, object?> fields, string format)
    {
        // JSON.stringify(Float32Array) numbers the fields.
        var list = new object?[fields.Count];
        for (int i = 0; i < list.Length && fields.TryGetValue($"{i}", out list[i]); i++)
        {
            if (i == list.Length - 1 && i > 0)
            {
                return FromList(list, format);
            }
        }

        return FromOneOf(fields, format);
    }

    /// <summary>The one encoding among several things.</summary>
    private FoundEncoding FromOneOf(Dictionary<string, object?> things, string format)
    {
        var found = new List<(string Name, FoundEncoding Encoding)>();
        CellException? failure = null;
        int looked = 0;
        foreach ((string name, object? thing) in things)
        {
            Count(1);
            if (thing is null or double or long or bool or string { Length: < ShortestPacked } or byte[] { Length: < ShortestPacked })
            {
                continue;
            }

            looked++;
            try
            {
                found.Add((name, Inside(() => FromThing(thing, format))));
            }
            catch (CellException e) when (_work <= MaxWork)
            {
                failure ??= e;
            }
        }

        if (found.Count > 1)
        {
            var named = found.FindAll(static one => Array.Exists(UsualNames, name => one.Name.Contains(name, StringComparison.OrdinalIgnoreCase)));
            found = named.Count == 1 || found.TrueForAll(one => one.Encoding.Values.AsSpan().SequenceEqual(found[0].Encoding.Values)) ? [.. named.DefaultIfEmpty(found[0]).Take(1)] : found;
        }

        return found switch
        {
            [var one] => one.Encoding,
            [] when looked == 1 => throw failure!,
            [] => throw new CellException($"no encoding among the {things.Count} things in it ({format}): {Names(things.Keys)}"),
            _ => throw new CellException($"{found.Count} encodings in one ({format}), one is needed: {Names(found.Select(static one => one.Name))}"),
        };
    }

    /// <summary>The numbers of a list of numbers, arrays or lists; false when something else is in it.</summary>
    private bool TryCollect(object? thing, List<double> numbers, int depth)
    {
        Count(1);
        if (depth > MaxDepth || numbers.Count > LiteralReader.MaxNumbers)
        {
            throw new CellException("it holds more than an encoding");
        }

        switch (thing)
        {
            case double number:
                numbers.Add(number);
                return true;
            case long whole:
                numbers.Add(whole);
                return true;
            case NumberArray array:
                Count(array.Numbers.Length);
                numbers.AddRange(array.Numbers);
                return true;
            case null when depth > 0: // JSON has no other word for what is no number
                numbers.Add(double.NaN);
                return true;
            case string { Length: > 0 and < 40 } text when double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double number):
                numbers.Add(number);
                return true;
            case IList<object?> several: // a list or a tuple
                foreach (object? item in several)
                {
                    if (!TryCollect(item, numbers, depth + 1))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return false;
        }
    }

    private FoundEncoding Inside(Func<FoundEncoding> read)
    {
        if (++_depth > MaxDepth)
        {
            throw new CellException($"forms in forms, more than {MaxDepth} deep");
        }

        try
        {
            return read();
        }
        finally
        {
            _depth--;
        }
    }

    private void Count(int work)
    {
        if ((_work += work) > MaxWork)
        {
            throw new CellException("it holds more than an encoding");
        }
    }

    /// <summary>
    /// Ends as every pickle does, and begins as one of protocol 2 to 5, or as protocols 0 and 1 write an array, a list, a tuple, a
    /// dictionary, a text or bytes. Floats in memory do not: their last byte would make the last number smaller than 1e-80.
    /// </summary>
    private static bool LooksPickled(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> trimmed = bytes.TrimEnd("\r\n "u8);
        return trimmed.Length > 3 && trimmed[^1] == (byte)'.' && (char)trimmed[0] switch
        {
            '\x80' or 'c' or ']' or '}' => true,
            '(' => char.IsAsciiLetter((char)trimmed[1]),
            'V' or 'S' => trimmed.Contains((byte)'\n'), // a text, which ends with its line
            'X' or 'T' => trimmed.Length > 5 && trimmed[4] == 0, // the high byte of a text's length
            'U' or 'C' => trimmed[1] < trimmed.Length,
            _ => false,
        };
    }

    /// <summary>UTF-8 without control characters; floats in memory are full of them.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes) =>
        !bytes.ContainsAnyInRange((byte)0, (byte)8) && !bytes.ContainsAnyInRange((byte)0x0e, (byte)0x1f) && !bytes.Contains((byte)0x7f) && Utf8.IsValid(bytes);

    private static string Names(IEnumerable<string> names) =>
        string.Join(", ", names.Take(5).Select(static name => new string([.. name.Take(20).Select(static c => char.IsControl(c) ? '?' : c)])));
}
