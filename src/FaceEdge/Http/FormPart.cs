using System.Text;

namespace FaceEdge.Http;

/// <summary>One part of a form.</summary>
/// <param name="Name">The field; empty without a name.</param>
/// <param name="FileName">Null for a text field.</param>
/// <param name="ContentType">As the client gives it; empty when it does not.</param>
/// <param name="TransferEncoding"><c>Content-Transfer-Encoding</c>; empty mostly.</param>
/// <param name="Data">Where its data stand in the body.</param>
internal readonly record struct FormPart(string Name, string? FileName, string ContentType, string TransferEncoding, Range Data)
{
    /// <summary>A part by its header lines; of a header that comes twice the first counts.</summary>
    public static FormPart Read(ReadOnlySpan<byte> headers, Range data)
    {
        string disposition = "", contentType = "", transferEncoding = "";
        foreach (string line in Unfold(headers))
        {
            int colon = line.IndexOf(':');
            string name = colon < 0 ? "" : line[..colon].Trim().ToUpperInvariant();
            string value = line[(colon + 1)..].Trim();
            switch (name)
            {
                case "CONTENT-DISPOSITION" when disposition.Length == 0:
                    disposition = value;
                    break;
                case "CONTENT-TYPE" when contentType.Length == 0:
                    contentType = value;
                    break;
                case "CONTENT-TRANSFER-ENCODING" when transferEncoding.Length == 0:
                    transferEncoding = value;
                    break;
            }
        }

        return new FormPart(
            HeaderParameters.Find(disposition, "name") ?? "", HeaderParameters.Find(disposition, "filename"), contentType, transferEncoding, data);
    }

    /// <summary>The header lines; one that begins with a blank goes on where the last ended.</summary>
    private static List<string> Unfold(ReadOnlySpan<byte> headers)
    {
        var lines = new List<string>();
        var unfolded = new StringBuilder();
        string text = Encoding.UTF8.GetString(headers);
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (unfolded.Length > 0 && line.Length > 0 && line[0] is ' ' or '\t')
            {
                unfolded.Append(' ').Append(line[1..]);
                continue;
            }

            lines.Add(unfolded.ToString());
            unfolded.Clear().Append(line);
        }

        lines.Add(unfolded.ToString());
        return lines;
    }
}
