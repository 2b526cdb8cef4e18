using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FaceEdge.Http;

/// <summary>Photos that arrive as text: base64, with or without a <c>data:</c> URL around it, as scripts and browsers' canvases give them.</summary>
internal static class PictureText
{
    /// <summary>How base64 of a JPEG, a PNG and a WebP begins.</summary>
    private static readonly string[] Beginnings = ["/9j/", "_9j_", "iVBORw0KGgo", "UklGR"];

    private static readonly SearchValues<byte> Alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \t\r\n"u8);

    /// <summary>Decodes a photo that is text, in its own place.</summary>
    /// <param name="bytes">The field's bytes; overwritten when they are text.</param>
    /// <param name="transferEncoding">What the part says of itself.</param>
    /// <param name="picture">Where in <paramref name="bytes"/> the photo now stands.</param>
    /// <returns>False: they are no text, and unchanged.</returns>
    /// <exception cref="RequestException">They are such text but cannot be decoded.</exception>
    public static bool TryDecode(Span<byte> bytes, string transferEncoding, out Range picture)
    {
        picture = default;
        int start = LengthOfOpening(bytes);
        Span<byte> text = bytes[start..];
        if (Ascii.EqualsIgnoreCase(text[..Math.Min(5, text.Length)], "data:"u8))
        {
            int comma = text.IndexOf((byte)',');
            if (comma < 0 || !Encoding.Latin1.GetString(text[..comma]).Contains(";base64", StringComparison.OrdinalIgnoreCase))
            {
                throw new RequestException(415, "unsupported_format", "The photo is a data: URL that is not base64. Send the picture itself, or a data: URL with ;base64.");
            }

            start += comma + 1;
        }
        else if (!BeginsLikeAPicture(text) && !(transferEncoding.Equals("base64", StringComparison.OrdinalIgnoreCase) && IsBase64(text[..Math.Min(64, text.Length)])))
        {
            return false;
        }

        picture = start..(start + Decode(bytes[start..]));
        return true;
    }

    private static bool IsBase64(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Alphabet);

    private static bool BeginsLikeAPicture(ReadOnlySpan<byte> text)
    {
        foreach (string beginning in Beginnings)
        {
            if (text.Length > beginning.Length && Ascii.Equals(text[..beginning.Length], beginning))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Blanks, a byte order mark, and the quotes of JSON or of Python's <c>b'...'</c>.</summary>
    private static int LengthOfOpening(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        text = text.TrimStart(" \t\r\n"u8);
        text = text.StartsWith("b'"u8) || text.StartsWith("b\""u8) ? text[2..] : text.TrimStart("'\""u8);
        return bytes.Length - text.Length;
    }

    /// <summary>Both alphabets, with line ends, with or without padding.</summary>
    private static int Decode(Span<byte> bytes)
    {
        Span<byte> text = bytes.TrimEnd(" \t\r\n'\""u8);
        text.Replace((byte)'+', (byte)'-');
        text.Replace((byte)'/', (byte)'_');
        try
        {
            return Base64Url.DecodeFromUtf8InPlace(text);
        }
        catch (FormatException)
        {
            throw new RequestException(400, "malformed", "The photo is base64 text that is broken or cut off. Send it whole, or send the picture itself.");
        }
    }
}
