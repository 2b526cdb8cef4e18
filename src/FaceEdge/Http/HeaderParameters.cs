using System.Globalization;
using System.Text;

namespace FaceEdge.Http;

/// <summary>
/// The parameters of a header such as <c>form-data; name="file"; filename=my photo.jpg</c>, read as tolerantly as Werkzeug reads them,
/// which the framework's strict parsers are not: values without quotes may hold spaces, <c>=</c>, <c>/</c> or <c>:</c>.
/// </summary>
internal static class HeaderParameters
{
    /// <summary>The value before the parameters, in lower case.</summary>
    public static string Value(string header) => header.AsSpan(0, EndOf(header, 0)).Trim().ToString().ToLowerInvariant();

    /// <summary>A parameter's value without its quotes, null when there is none; of several with that name the last.</summary>
    public static string? Find(string header, string name)
    {
        string? found = null;
        for (int at = EndOf(header, 0); at < header.Length; at = EndOf(header, at))
        {
            at++; // The semicolon.
            int semicolon = EndOf(header, at);
            int equals = header.IndexOf('=', at, semicolon - at);
            if (equals < 0)
            {
                at = semicolon;
                continue;
            }

            string key = header[at..equals].Trim().Trim('"');
            at = equals + 1;
            string value = ReadValue(header, ref at);
            if (value.Length > 0 && Matches(key, name, out bool extended, out bool continued))
            {
                value = extended ? WithoutCharset(value) : value;
                value = value.StartsWith('"') ? Unquote(value) : value;
                found = continued ? found + value : value;
            }
        }

        return found;
    }

    /// <summary>Where the next semicolon stands, else the end.</summary>
    private static int EndOf(string header, int from) => header.IndexOf(';', from) is >= 0 and int at ? at : header.Length;

    /// <summary>A quoted string with its quotes, else everything up to the next semicolon.</summary>
    private static string ReadValue(string header, ref int at)
    {
        while (at < header.Length && char.IsWhiteSpace(header[at]))
        {
            at++;
        }

        int start = at;
        if (at < header.Length && header[at] == '"')
        {
            for (int i = at + 1; i < header.Length; i++)
            {
                if (header[i] == '\\')
                {
                    i++;
                }
                else if (header[i] == '"')
                {
                    at = i + 1;
                    return header[start..at];
                }
            }
        }

        at = EndOf(header, at); // A quote that never ends is an ordinary character.
        return header[start..at].Trim();
    }

    /// <summary>RFC 2231: <c>name*=utf-8''...</c> is encoded, <c>name*0=</c>, <c>name*1=</c> are pieces.</summary>
    private static bool Matches(string key, string name, out bool extended, out bool continued)
    {
        extended = key.EndsWith('*');
        key = extended ? key[..^1] : key;
        int star = key.IndexOf('*');
        continued = star > 0 && int.TryParse(key.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return (continued ? key.AsSpan(0, star) : key).Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static string WithoutCharset(string value)
    {
        int first = value.IndexOf('\'');
        int second = first < 0 ? -1 : value.IndexOf('\'', first + 1);
        return Uri.UnescapeDataString(value[(second + 1)..]);
    }

    private static string Unquote(string quoted)
    {
        if (quoted.Length < 2 || quoted[^1] != '"')
        {
            return quoted;
        }

        var text = new StringBuilder(quoted.Length);
        for (int i = 1; i < quoted.Length - 1; i++)
        {
            i += quoted[i] == '\\' && quoted[i + 1] is '\\' or '"' && i + 1 < quoted.Length - 1 ? 1 : 0;
            text.Append(quoted[i]);
        }

        return text.ToString();
    }
}
