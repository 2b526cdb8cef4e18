using System.Text;

namespace FaceEdge.Http;

/// <summary>
/// The parts of a <c>multipart/form-data</c> body that was read whole. It takes what Flask's Werkzeug takes: lines that end in CR LF, LF or
/// CR, folded headers, any number of them, oddly quoted names. The framework's <c>MultipartReader</c> takes none of these, and copies.
/// </summary>
internal ref struct MultipartForm
{
    /// <summary>Real parts have some hundred bytes of headers; nobody is to make us look for their end, or unfold them, in megabytes.</summary>
    private const int MaxHeaders = 64 * 1024;

    private readonly ReadOnlySpan<byte> _body;
    private readonly ReadOnlySpan<byte> _delimiter;
    private int _position;
    private bool _isClosed;

    /// <summary>Reads a body from its beginning.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="boundary">What stands between the parts, without the dashes before it.</param>
    public MultipartForm(ReadOnlySpan<byte> body, string boundary)
    {
        _body = body;
        _delimiter = Encoding.Latin1.GetBytes("--" + boundary);
        IsCut = !FindDelimiter(0, needsLine: false, out _, out _position, out _isClosed);
    }

    /// <summary>A delimiter, or the blank line after a part's headers, is not where it has to be.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The next part; false behind the last, or where the body <see cref="IsCut"/>.</summary>
    public bool TryRead(out FormPart part)
    {
        part = default;
        if (_isClosed || IsCut)
        {
            return false;
        }

        int headers = _position;
        if (!FindBlankLine(headers, out int headersEnd, out int blankLine, out int dataStart)
            || !FindDelimiter(blankLine, needsLine: true, out int dataEnd, out _position, out _isClosed))
        {
            IsCut = true;
            return false;
        }

        // The blank line of a part without data may be all that there is between its headers and the delimiter.
        part = FormPart.Read(_body[headers..headersEnd], Math.Min(dataStart, dataEnd)..dataEnd);
        return true;
    }

    /// <summary>A delimiter stands at the beginning of a line, may be followed by blanks, and ends its line; the last has two dashes behind it.</summary>
    private readonly bool FindDelimiter(int from, bool needsLine, out int start, out int after, out bool isLast)
    {
        for (int at = from; _body[at..].IndexOf(_delimiter) is >= 0 and int offset; at++)
        {
            at += offset;
            start = at - LineEndBefore(at, from);
            after = at + _delimiter.Length;
            isLast = _body[after..].StartsWith("--"u8);
            after += isLast ? 2 : 0;
            while (after < _body.Length && _body[after] is (byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f')
            {
                after++;
            }

            int lineEnd = LineEndAt(after);
            if ((start < at || !needsLine) && (isLast || lineEnd > 0))
            {
                after += lineEnd;
                return true;
            }
        }

        (start, after, isLast) = (0, 0, false);
        return false;
    }

    /// <summary>The first blank line: where the headers before it end, where it begins, where it ends.</summary>
    private readonly bool FindBlankLine(int from, out int headersEnd, out int start, out int after)
    {
        (headersEnd, start, after) = (from, from, from + LineEndAt(from));
        if (after > from)
        {
            return true; // A part without headers.
        }

        int end = Math.Min(_body.Length, from + MaxHeaders);
        for (int at = from; _body[at..end].IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and int offset; at++)
        {
            at += offset;
            ReadOnlySpan<byte> rest = _body[at..];
            int length = rest.StartsWith("\r\n\r\n"u8) ? 2 : rest.StartsWith("\n\n"u8) || rest.StartsWith("\r\r"u8) ? 1 : 0;
            if (length > 0)
            {
                (headersEnd, start, after) = (at, at + length, at + (2 * length));
                return true;
            }
        }

        return false;
    }

    /// <summary>The length of the line end that begins there.</summary>
    private readonly int LineEndAt(int at) => at >= _body.Length ? 0
        : _body[at..].StartsWith("\r\n"u8) ? 2
        : _body[at] is (byte)'\r' or (byte)'\n' ? 1
        : 0;

    /// <summary>The length of the line end that ends there.</summary>
    private readonly int LineEndBefore(int at, int from) => at <= from ? 0
        : at - from >= 2 && _body[at - 2] == '\r' && _body[at - 1] == '\n' ? 2
        : _body[at - 1] is (byte)'\r' or (byte)'\n' ? 1
        : 0;
}
