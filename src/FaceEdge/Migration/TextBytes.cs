using System.Text;

namespace FaceEdge.Migration;

/// <summary>Bytes written as text.</summary>
internal static class TextBytes
{
    /// <summary>Hexadecimal, bare or as databases show it (<c>\x..</c>, <c>0x..</c>), also with a space or colon after each byte; null for anything else.</summary>
    public static byte[]? FromHex(string text)
    {
        ReadOnlySpan<char> digits = text;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || digits.StartsWith("\\x", StringComparison.OrdinalIgnoreCase))
        {
            digits = digits[2..];
        }

        if (digits.Length > 5 && digits[2] is ' ' or ':' or '-' && digits[5] == digits[2])
        {
            char between = digits[2];
            digits = digits.ToString().Replace(between.ToString(), "", StringComparison.Ordinal);
        }

        digits = Joined(digits);
        if (digits.Length % 2 != 0)
        {
            return null;
        }

        var bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == bytes.Length ? bytes : null;
    }

    /// <summary>Base64, also URL-safe, in lines, without padding or in a data: URI; null for anything else.</summary>
    public static byte[]? FromBase64(string text)
    {
        int comma = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? text.IndexOf(";base64,", StringComparison.OrdinalIgnoreCase) : -1;
        StringBuilder one = new StringBuilder(Joined(comma < 0 ? text : text.AsSpan(comma + ";base64,".Length))).Replace('-', '+').Replace('_', '/');

        // URL-safe writers leave the padding out.
        one.Append('=', (4 - (one.Length % 4)) % 4);
        var bytes = new byte[one.Length];
        return Convert.TryFromBase64String(one.ToString(), bytes, out int written) ? bytes[..written] : null;
    }

    private static string Joined(ReadOnlySpan<char> lines)
    {
        var one = new StringBuilder(lines.Length);
        foreach (char c in lines)
        {
            if (!char.IsWhiteSpace(c))
            {
                one.Append(c);
            }
        }

        return one.ToString();
    }
}
