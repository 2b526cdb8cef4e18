using System.Buffers;
using System.Globalization;

namespace FaceEdge.Migration;

/// <summary>
/// Numbers written for people or programs: JSON, Python's <c>str</c> and <c>repr</c> of a list or an array, numbers between commas
/// or spaces. One pass without recursion, so that no text can take more than its own length.
/// </summary>
internal static class NumberText
{
    /// <summary>An encoding in a list of one is common (<c>face_encodings</c> returns one); nothing needs more.</summary>
    private const int MaxDepth = 3;

    /// <summary>More numbers than the longest encoding; what holds more is something else.</summary>
    public const int MaxNumbers = 4096;

    private static readonly SearchValues<char> WordEnds = SearchValues.Create("[](),; \t\r\n");

    /// <summary>The numbers.</summary>
    /// <exception cref="CellException">There is something else in it.</exception>
    public static double[] Read(ReadOnlySpan<char> text)
    {
        if (text.Contains("...", StringComparison.Ordinal))
        {
            throw new CellException("text of an array that NumPy shortened with '...': the numbers between are lost");
        }

        text = WithoutArrayCall(text.Trim());
        var numbers = new List<double>();
        int depth = 0;
        for (int at = 0; at < text.Length;)
        {
            char c = text[at];
            if (c is '[' or '(')
            {
                if (++depth > MaxDepth)
                {
                    throw new CellException($"text with brackets in brackets, more than {MaxDepth} deep");
                }

                at++;
            }
            else if (c is ']' or ')')
            {
                depth--;
                at++;
            }
            else if (c is ',' or ';' || char.IsWhiteSpace(c))
            {
                at++;
            }
            else
            {
                ReadOnlySpan<char> rest = text[at..];
                int length = rest.IndexOfAny(WordEnds);
                ReadOnlySpan<char> word = length < 0 ? rest : rest[..length];
                numbers.Add(Number(word));
                at += word.Length;
                if (numbers.Count > MaxNumbers)
                {
                    throw new CellException($"text with more than {MaxNumbers} numbers");
                }
            }
        }

        return depth == 0 ? [.. numbers] : throw new CellException("text whose brackets do not match: it was cut off");
    }

    /// <summary><c>array([...], dtype=float32)</c>, also alone in a list (<c>str(face_encodings(photo))</c>), without what stands around the numbers.</summary>
    private static ReadOnlySpan<char> WithoutArrayCall(ReadOnlySpan<char> text)
    {
        const string Array = "array(";
        if (text is ['[', .. var inner, ']'] && inner.Contains(Array, StringComparison.Ordinal))
        {
            text = inner.Trim();
        }

        if (text.StartsWith("np.", StringComparison.Ordinal) || text.StartsWith("numpy.", StringComparison.Ordinal))
        {
            text = text[(text.IndexOf('.') + 1)..];
        }

        int end = text.LastIndexOf(']');
        return text.StartsWith(Array, StringComparison.Ordinal) && end > 0 && text[^1] == ')' ? text[Array.Length..(end + 1)] : text;
    }

    private static double Number(ReadOnlySpan<char> word)
    {
        // Python and JSON agree on numbers, not on what is none: nan, NaN, inf, -Infinity.
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return number;
        }

        ReadOnlySpan<char> unsigned = word.TrimStart("+-");
        return unsigned.Equals("nan", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("null", StringComparison.Ordinal) ? double.NaN
            : unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity
            : throw new CellException($"text with '{new string(word[..Math.Min(word.Length, 20)])}' where a number belongs");
    }
}
