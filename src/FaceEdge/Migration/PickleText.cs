using System.Globalization;
using System.Text;

namespace FaceEdge.Migration;

/// <summary>Escapes in text: as old pickles write it (Python 2's <c>repr</c>, or <c>\uXXXX</c> for what a line can not hold), and in literals of Python and JSON.</summary>
internal static class PickleText
{
    /// <summary>The characters of <c>'abc\x00'</c>; each stands for a byte.</summary>
    /// <exception cref="CellException">It is not in quotes, or an escape is unknown.</exception>
    public static string Unquote(string repr)
    {
        if (repr.Length < 2 || repr[0] is not ('\'' or '"') || repr[^1] != repr[0])
        {
            throw new CellException("damaged pickle: a string without quotes");
        }

        return Replace(repr[1..^1], static escape => escape switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '\\' => "\\",
            '\'' => "'",
            '"' => "\"",
            _ => null,
        }, digitsOf: static escape => escape == 'x' ? 2 : 0);
    }

    /// <summary>What stands between the quotes of a literal of Python or JSON; an escape that neither knows stays as it is, as in Python.</summary>
    /// <exception cref="CellException">An escape is cut off.</exception>
    public static string UnescapeLiteral(string inside) => Replace(inside, static escape => escape switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'b' => "\b",
        'f' => "\f",
        '0' => "\0",
        '\\' or '\'' or '"' or '/' => escape.ToString(),
        _ => "\\" + escape,
    }, digitsOf: static escape => escape switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 });

    /// <summary>The text of a line in which <c>\uXXXX</c> and <c>\UXXXXXXXX</c> are the only escapes.</summary>
    /// <exception cref="CellException">An escape is cut off.</exception>
    public static string Unescape(string line) =>
        Replace(line, static escape => "\\" + escape, digitsOf: static escape => escape switch { 'u' => 4, 'U' => 8, _ => 0 });

    private static string Replace(string text, Func<char, string?> simple, Func<char, int> digitsOf)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            char escape = text[++i];
            if (digitsOf(escape) is > 0 and int digits)
            {
                plain.Append(Character(text, i + 1, digits));
                i += digits;
            }
            else
            {
                plain.Append(simple(escape) ?? throw new CellException($"damaged pickle: '\\{escape}' in a string"));
            }
        }

        return plain.ToString();
    }

    private static string Character(string text, int at, int digits) =>
        at + digits <= text.Length && uint.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
            && Rune.IsValid(code)
            ? new Rune(code).ToString()
            : throw new CellException("damaged text: a character that is none");
}
