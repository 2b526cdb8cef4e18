using System.Text;

namespace FaceEdge.Tests.Http;

/// <summary>Makes forms as odd as clients make them, the same ones for the same seed.</summary>
internal sealed class FormFuzz(int seed)
{
    private static readonly string[] Boundaries =
        ["edge", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "--===7===", "a=b/c:d", "=_Part_1_2.3", "'()+_-./:=?", "x", "-", "--", "ab cd", "0"];

    private static readonly string[] Types =
        ["multipart/form-data; boundary={0}", "multipart/form-data;boundary=\"{0}\"", "multipart/form-data; charset=utf-8; boundary={0}", "multipart/form-data; BOUNDARY = {0}"];

    private static readonly string[] Names = ["name=\"file\"", "name=\"file\"", "name=\"file\"", "name=file", "NAME=\"file\"", "name = \"file\"", "name=\"camera\"", "name=\"File\"", ""];

    private static readonly string[] FileNames =
    [
        "filename=\"p.jpg\"", "filename=\"p.jpg\"", "filename=p.jpg", "filename=my photo.jpg", "filename=\"a;b.jpg\"", "filename=\"a\\\"b.jpg\"", "filename=\"C:\\x\\p.jpg\"",
        "filename=\"\"", "filename='p.jpg'", "filename*=UTF-8''na%C3%AFve.jpg", "filename=p=1.jpg", "filename=\"no end.jpg", "filename=/tmp/p.jpg", "filename=\"\u00fc.jpg\"",
        "FileName=\"p.jpg\"", "filename=\"p.jpg\"; filename*=utf-8''p.jpg", "filename=", "filename", "", "",
    ];

    private static readonly string[] Headers =
        ["Content-Type: image/jpeg", "content-type:image/jpeg", "Content-Length: 9", "X-Empty:", "Content-Transfer-Encoding: binary", "X: a: b; name=\"file\"", "MIME-Version: 1.0"];

    private readonly Random _random = new(seed);

    /// <summary>A content type and a body.</summary>
    public (string ContentType, byte[] Body) Next()
    {
        string boundary = Pick(Boundaries);
        string line = Pick("\r\n", "\r\n", "\n", "\r");
        var body = new MemoryStream();
        Write(body, Chance(10) ? $"preamble{line}" : Chance(10) ? line : "");
        for (int parts = _random.Next(1, 5); parts > 0; parts--)
        {
            Write(body, $"--{boundary}{(Chance(10) ? "  \t" : "")}{line}");
            WriteHeaders(body, line);
            WriteData(body, boundary, line);
            Write(body, Chance(30) && line.Length == 2 ? "\n" : line);
        }

        Write(body, Chance(20) ? "" : $"--{boundary}--{(Chance(2) ? line : "")}{(Chance(5) ? "epilogue" : "")}");
        return (string.Format(null, Pick(Types), boundary), body.ToArray());
    }

    private void WriteHeaders(MemoryStream body, string line)
    {
        string fold = Chance(8) ? $"{line}{Pick(" ", "\t", "    ")}" : " ";
        string[] parameters = Chance(3) ? [Pick(FileNames), Pick(Names)] : [Pick(Names), Pick(FileNames)];
        var lines = new List<string>
        {
            Pick("Content-Disposition", "Content-Disposition", "content-disposition", "CONTENT-DISPOSITION") + Pick(": ", ":", ":  ")
            + Pick("form-data", "form-data", "attachment") + string.Concat(parameters.Where(p => p.Length > 0).Select(p => ";" + fold + p)),
        };
        for (int more = Chance(10) ? 40 : _random.Next(3); more > 0; more--)
        {
            lines.Insert(_random.Next(lines.Count + 1), Pick(Headers));
        }

        if (Chance(40))
        {
            lines.RemoveAt(0);
        }

        Write(body, string.Concat(lines.Select(l => l + line)) + line);
    }

    /// <summary>Data that are full of what a delimiter is made of.</summary>
    private void WriteData(MemoryStream body, string boundary, string line)
    {
        for (int pieces = _random.Next(1, 12); pieces > 0; pieces--)
        {
            switch (_random.Next(8))
            {
                case 0: Write(body, line); break;
                case 1: Write(body, Pick("\r", "\n", "\r\n", "\n\n", "\r\r", "\n\r")); break;
                case 2: Write(body, $"--{boundary}x"); break;
                case 3: Write(body, $"{line}--{boundary}{Pick("x", ".", " x", "\0")}"); break;
                case 4: Write(body, $"{line}--"); break;
                default:
                    byte[] bytes = new byte[_random.Next(1, 40)];
                    _random.NextBytes(bytes);
                    body.Write(bytes);
                    break;
            }
        }
    }

    private bool Chance(int oneOf) => _random.Next(oneOf) == 0;

    private string Pick(params string[] from) => from[_random.Next(from.Length)];

    private static void Write(MemoryStream body, string text) => body.Write(Encoding.UTF8.GetBytes(text));
}
