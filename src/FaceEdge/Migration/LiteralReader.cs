using System.Buffers;
using System.Globalization;
using System.Text;

namespace FaceEdge.Migration;

/// <summary>
/// Numbers and what stands around them, written as text for people or programs: JSON, Python's <c>str</c> and <c>repr</c> of lists, arrays,
/// bytes and dictionaries, numbers between commas or spaces. One grammar takes them all, because real cells mix them (<c>{'encoding':
/// array([..], dtype=float32)}</c>). Nothing is looked up or called: of <c>name(..)</c> only what is in the brackets counts. Work and
/// memory are in proportion to the text, and nesting is bounded.
/// </summary>
/// <param name="text">All of it.</param>
internal ref struct LiteralReader(ReadOnlySpan<char> text)
{
    /// <summary>An encoding in a list of one in an object is common; nothing needs more.</summary>
    private const int MaxDepth = 8;

    /// <summary>More values than any encoding has, also as a list of its bytes; what holds more is something else.</summary>
    public const int MaxNumbers = 4096;

    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" ,;|:=[](){}\"'\t\r\n");

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _values;

    /// <summary>
    /// A <see cref="double"/>, <see cref="string"/>, <see cref="byte"/>[], list or dictionary of such, or null; several side by side are a list.
    /// </summary>
    /// <exception cref="CellException">There is something else in it, or it was cut off.</exception>
    public static object? Read(ReadOnlySpan<char> text)
    {
        var reader = new LiteralReader(text);
        List<object?> all = reader.Items('\0', 0, out _);
        return all is [var one] ? one : all;
    }

    /// <summary>Everything up to a closing bracket; pairs with a colon between go into <paramref name="pairs"/>.</summary>
    private List<object?> Items(char close, int depth, out Dictionary<string, object?>? pairs)
    {
        if (depth > MaxDepth)
        {
            throw new CellException($"text with brackets in brackets, more than {MaxDepth} deep");
        }

        pairs = null;
        var items = new List<object?>();
        while (SkipSeparators())
        {
            char c = _text[_at];
            if (c is ']' or ')' or '}')
            {
                _at++;
                return c == close ? items : throw CutOff();
            }

            object? item = Value(depth, out bool keyword);
            if (close == '}' && SkipSpace() && _text[_at] == ':')
            {
                _at++;
                _ = SkipSpace();
                (pairs ??= [])[Key(item)] = _at < _text.Length ? Value(depth, out _) : throw CutOff();
            }
            else if (!keyword)
            {
                items.Add(item);
            }

            if (++_values > MaxNumbers)
            {
                throw new CellException($"text with more than {MaxNumbers} numbers");
            }
        }

        return close == '\0' ? items : throw CutOff();
    }

    private object? Value(int depth, out bool keyword)
    {
        keyword = false;
        char c = _text[_at];
        switch (c)
        {
            case '[' or '(':
                _at++;
                return Items(c == '[' ? ']' : ')', depth + 1, out _);
            case '{':
                _at++;
                List<object?> set = Items('}', depth + 1, out Dictionary<string, object?>? pairs);
                return pairs is null ? set : pairs;
            case '"' or '\'':
                return Quoted(bytes: false);
            case '<': // what Python shows of an object it can not write
                int end = _text[_at..].IndexOf('>');
                _at = end < 0 ? _text.Length : _at + end + 1;
                return null;
            default:
                return char.IsAsciiLetter(c) || c == '_' ? Named(depth, out keyword) : Number(Word());
        }
    }

    /// <summary><c>nan</c>, <c>np.float64(0.1)</c>, <c>array([..], dtype=float32)</c>, <c>b'..'</c>, <c>dtype=float32</c>.</summary>
    private object? Named(int depth, out bool keyword)
    {
        keyword = false;
        int begin = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
        {
            _at++;
        }

        ReadOnlySpan<char> name = _text[begin.._at];
        char next = _at < _text.Length ? _text[_at] : '\0';
        switch (next)
        {
            case '(':
                _at++;
                List<object?> arguments = Items(')', depth + 1, out _);
                return arguments is [var one] ? one : arguments;
            case '=':
                _at++;
                keyword = true;
                return _at < _text.Length ? Value(depth + 1, out _) : throw CutOff();
            case '"' or '\'' when name.Length <= 2:
                object text = Quoted(bytes: name.ContainsAny('b', 'B'));
                return name.Equals("x", StringComparison.OrdinalIgnoreCase) ? "0x" + text : text;
        }

        // Python and JSON agree on numbers, not on what is none.
        return name switch
        {
            "nan" or "NaN" or "NAN" => double.NaN,
            "inf" or "Infinity" or "Inf" => double.PositiveInfinity,
            "null" or "None" or "true" or "false" or "True" or "False" => null,
            _ when depth > 0 && IsTypeName(name) => null, // dtype=float32, and what else stands bare in a repr
            _ => throw Stranger(Begin(begin)),
        };
    }

    private static bool IsTypeName(ReadOnlySpan<char> name) =>
        name.Contains("float", StringComparison.Ordinal) || name.StartsWith("torch.", StringComparison.Ordinal) || name is "object" or "list";

    private static double Number(ReadOnlySpan<char> word)
    {
        if (word.Contains("...", StringComparison.Ordinal))
        {
            throw new CellException("text of an array that NumPy shortened with '...': the numbers between are lost");
        }

        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return number;
        }

        ReadOnlySpan<char> unsigned = word.TrimStart("+-");
        return unsigned.Equals("nan", StringComparison.OrdinalIgnoreCase) ? double.NaN
            : unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase)
                ? double.PositiveInfinity
                : throw Stranger(word);
    }

    /// <summary>A text in quotes: a <see cref="string"/>, or the <see cref="byte"/>[] of Python's <c>b'\x00..'</c>.</summary>
    private object Quoted(bool bytes)
    {
        char quote = _text[_at++];
        int begin = _at;
        while (_at < _text.Length && _text[_at] != quote)
        {
            _at += _text[_at] == '\\' ? 2 : 1;
        }

        if (_at >= _text.Length)
        {
            throw CutOff();
        }

        string inside = PickleText.UnescapeLiteral(_text[begin.._at++].ToString());
        return bytes ? Encoding.Latin1.GetBytes(inside) : inside;
    }

    private ReadOnlySpan<char> Word()
    {
        ReadOnlySpan<char> word = Begin(_at);
        _at += word.Length;
        return word;
    }

    private bool SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        return _at < _text.Length;
    }

    private bool SkipSeparators()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || _text[_at] is ',' or ';' or '|' || IsListMark()))
        {
            _at++;
        }

        return _at < _text.Length;
    }

    /// <summary>The dash before an item in YAML.</summary>
    private readonly bool IsListMark() => _text[_at] == '-' && (_at + 1 == _text.Length || char.IsWhiteSpace(_text[_at + 1]));

    private static string Key(object? item) => item switch
    {
        string text => text,
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => throw new CellException("text with a list where the name of a field belongs"),
    };

    private readonly ReadOnlySpan<char> Begin(int at)
    {
        int length = _text[at..].IndexOfAny(WordEnds);
        return length < 0 ? _text[at..] : _text.Slice(at, Math.Max(1, length));
    }

    private static CellException Stranger(ReadOnlySpan<char> word) =>
        new($"text with '{new string([.. word[..Math.Min(word.Length, 20)].ToArray().Select(static c => char.IsControl(c) ? '?' : c)])}' where a number belongs");

    private static CellException CutOff() => new("text whose brackets or quotes do not match: it was cut off");
}
