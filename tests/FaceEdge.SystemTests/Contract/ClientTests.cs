using System.Net.Http.Headers;
using System.Text;

namespace FaceEdge.SystemTests.Contract;

/// <summary>Clients that send what Flask took: cameras, shell scripts, old libraries.</summary>
[Collection(nameof(KnownPeople))]
public class ClientTests(KnownPeople known)
{
    private const string FirstPerson = """{"data":{"id":1},"message":"success","status":200}""" + "\n";

    [Theory]
    [InlineData("HTTP/1.1", 0)]
    [InlineData("HTTP/1.1", 200)]
    [InlineData("HTTP/1.0", 0)]
    public async Task WhoEndsItsSendingSideGetsTheAnswer(string version, int pause)
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", People.Cage.Length).Replace("HTTP/1.1", version, StringComparison.Ordinal));
        await connection.SendAsync(People.Cage);
        await Task.Delay(pause); // With and without the end in the same packet as the photo's last bytes.
        connection.EndSending();
        string answer = await connection.ReadAnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith(FirstPerson, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoEndsItsSendingSideIsToldWhatIsWrongToo()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", 5) + "hello");
        connection.EndSending();
        Assert.EndsWith("\"status\":415,\"code\":\"unsupported_format\"}", await connection.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralRequestsAndThenTheEndAreAllAnswered()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /home HTTP/1.1\r\nHost: a\r\n\r\n");
        connection.EndSending();
        string both = await connection.ReadAnswerAsync() + await connection.ReadAnswerAsync();
        Assert.EndsWith("running.\",\"status\":200}\n", both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=edge", "--edge", "\n", "form-data; name=\"file\"; filename=\"p.jpg\"")]
    [InlineData("multipart/form-data; boundary=edge", "--edge", "\r\n", "form-data; name=\"file\"; filename=my photo.jpg")]
    [InlineData("multipart/form-data; boundary=edge", "--edge", "\r\n", "form-data;\r\n\tname=\"file\";\r\n\tfilename=\"p.jpg\"")]
    [InlineData("multipart/form-data; boundary=--===7===", "----===7===", "\r\n", "form-data; name=\"file\"; filename=\"p.jpg\"")]
    [InlineData("multipart/form-data; boundary=a/b:c", "--a/b:c", "\r\n", "form-data; name=file; filename=p.jpg")]
    public async Task FormsAreTakenAsFlaskTakesThem(string contentType, string delimiter, string line, string disposition)
    {
        byte[] body =
        [
            .. Encoding.ASCII.GetBytes($"{delimiter}{line}Content-Disposition: form-data; name=\"file\"{line}{line}p.jpg{line}"),
            .. Encoding.ASCII.GetBytes($"{delimiter}{line}Content-Disposition: {disposition}{line}{string.Concat(Enumerable.Repeat($"X-More: y{line}", 40))}{line}"),
            .. People.Cage, .. Encoding.ASCII.GetBytes($"{line}{delimiter}--{line}"),
        ];
        Assert.Equal(FirstPerson, (await known.Client.PredictAsync(FaceClient.Raw(body, contentType))).Body);
    }

    [Theory]
    [InlineData("//face/predict")]
    [InlineData("///face//predict?details=1")]
    public async Task DoubledSlashesDoNotMatter(string path) => Assert.Equal(1, await IdAtAsync(path));

    [Fact]
    public async Task DoubledSlashesLeadNowhereElse()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync("DELETE //v1//people/1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", await connection.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data:image/jpeg;base64,")]
    public async Task APhotoAsBase64IsDecoded(string before)
    {
        string text = before + Convert.ToBase64String(People.Cage, Base64FormattingOptions.InsertLineBreaks);
        using var field = new MultipartFormDataContent { { new StringContent(text), "file" } };
        Assert.Equal(1, (await known.Client.PredictAsync(field)).Id);
        Assert.Equal(1, (await known.Client.PredictAsync(FaceClient.Form(Encoding.ASCII.GetBytes(text)))).Id);
        Assert.Equal(1, (await known.Client.PredictAsync(FaceClient.Raw(Encoding.ASCII.GetBytes(text)))).Id);
    }

    [Fact]
    public async Task BrokenBase64SaysWhatItIs()
    {
        Answer answer = await known.Client.PredictAsync(FaceClient.Form("/9j/4AAQ*"u8.ToArray()));
        answer.AssertError(400, "malformed");
        Assert.Contains("base64", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAFileTheTextIsTheOriginals()
    {
        using var path = new MultipartFormDataContent { { new StringContent("p.jpg"), "file" } };
        foreach (HttpContent content in (HttpContent[])[FaceClient.Form(People.Cage, "photo"), path, FaceClient.Raw(People.Cage, "application/json"), FaceClient.Raw([], null)])
        {
            Answer answer = await known.Client.PredictAsync(content);
            answer.AssertError(400, "no_file");
            Assert.Equal("No file uploaded.", answer.Json.GetProperty("message").GetString());
            Assert.Contains("curl -F file=@photo.jpg", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/pdf")]
    public async Task APartThatSaysItIsNoPictureGetsTheOriginalsAnswer(string type)
    {
        var part = new ByteArrayContent(People.Cage);
        part.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var form = new MultipartFormDataContent { { part, "file", "notes.txt" } };
        Answer answer = await known.Client.PredictAsync(form);
        answer.AssertError(400, "unsupported_format");
        Assert.Equal("Invalid file type. Only image files are allowed.", answer.Json.GetProperty("message").GetString());
    }

    private async Task<long> IdAtAsync(string path)
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", People.Cage.Length, "Connection: close\r\n").Replace("/face/predict", path, StringComparison.Ordinal));
        await connection.SendAsync(People.Cage);
        string answer = await connection.ReadAnswerAsync();
        Assert.Contains("{\"data\":{\"id\":1", answer, StringComparison.Ordinal);
        return 1;
    }
}
