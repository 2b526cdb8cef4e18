using System.Security.Cryptography;
using System.Text;
using FaceEdge.Http;

namespace FaceEdge.Tests.Http;

/// <summary>Forms are read as Flask's own parser reads them, which every client of the original was written against.</summary>
public class WerkzeugTests
{
    private const int Forms = 10_000;

    /// <summary>For each line of content type and body the SHA-256 of <c>request.files['file']</c>, or "-".</summary>
    private const string Script = """
        import base64, hashlib, io, sys
        from werkzeug.wrappers import Request
        for line in open(sys.argv[1]):
            kind, body = (base64.b64decode(part) for part in line.split(' '))
            request = Request({'REQUEST_METHOD': 'POST', 'CONTENT_TYPE': kind.decode('latin1'), 'CONTENT_LENGTH': str(len(body)), 'wsgi.input': io.BytesIO(body)})
            file = request.files.get('file')
            print(hashlib.sha256(file.read()).hexdigest() if file is not None else '-')
        """;

    [Fact]
    public void WhereWerkzeugFindsAFileItIsTheSameFile()
    {
        var fuzz = new FormFuzz(seed: 12);
        (string ContentType, byte[] Body)[] forms = [.. Enumerable.Range(0, Forms).Select(_ => fuzz.Next())];
        string[] theirs = AskWerkzeug(forms);
        Assert.Equal(Forms, theirs.Length);

        int[] found = [.. Enumerable.Range(0, Forms).Where(i => theirs[i] != "-")];
        int[] different = [.. found.Where(i => Find(forms[i].ContentType, forms[i].Body) != theirs[i])];
        Assert.InRange(found.Length, Forms / 4, Forms); // Else it compares nothing.
        Assert.True(different.Length == 0, different.Length == 0 ? "" : $"{different.Length} of {found.Length} differ; the shortest: {Show(different.MinBy(i => forms[i].Body.Length))}");

        string Show(int i) => $"{forms[i].ContentType} {string.Concat(forms[i].Body.Select(b => b is >= 32 and < 127 ? ((char)b).ToString() : $"\\x{b:x2}"))}";
    }

    private static string[] AskWerkzeug((string ContentType, byte[] Body)[] forms)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, forms.Select(f => $"{Convert.ToBase64String(Encoding.Latin1.GetBytes(f.ContentType))} {Convert.ToBase64String(f.Body)}"));
            return Storage.DataFolder.Run("/usr/bin/python3", "-c", Script, file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Find(string contentType, byte[] body)
    {
        try
        {
            FormPart part = FormFile.Find(body, FormFile.BoundaryOf(contentType));
            return part.FileName is null ? "-" : Convert.ToHexStringLower(SHA256.HashData(body.AsSpan()[part.Data]));
        }
        catch (RequestException)
        {
            return "-";
        }
    }
}
