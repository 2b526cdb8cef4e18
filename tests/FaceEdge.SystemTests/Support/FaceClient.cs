using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FaceEdge.SystemTests.Support;

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(int Status, string? ContentType, string Body, HttpResponseHeaders Headers)
{
    /// <summary>The parsed body.</summary>
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The id of a 200; anything else fails the test and shows what came instead.</summary>
    public long Id
    {
        get
        {
            Assert.True(Status == 200, $"200 was expected, but {Status} came: {Body}");
            return Json.GetProperty("data").GetProperty("id").GetInt64();
        }
    }

    /// <summary>The code of an error.</summary>
    public string? Code => Json.TryGetProperty("code", out JsonElement code) ? code.GetString() : null;

    /// <summary>The names of an object's members in the order they were written.</summary>
    public static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];

    /// <summary>Fails unless it is an error of the original routes: that status and code, in the envelope, with words in it.</summary>
    public void AssertError(int status, string code)
    {
        Assert.True(Status == status && Code == code, $"{status} {code} was expected, but {Status} came: {Body}");
        Assert.Equal("application/json", ContentType);
        string[] keys = Json.TryGetProperty("detail", out _) ? ["message", "status", "code", "detail"] : ["message", "status", "code"];
        Assert.Equal(keys, Keys(Json));
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("message").GetString()!);
    }
}

/// <summary>Speaks to one daemon.</summary>
internal sealed class FaceClient(string url) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, UseProxy = false })
    {
        BaseAddress = new Uri(url),
        Timeout = Patience.Seconds(60),
    };

    /// <summary>The multipart field of the contract.</summary>
    public static MultipartFormDataContent Form(byte[] file, string field = "file", string name = "photo.jpg") =>
        new() { { new ByteArrayContent(file), field, name } };

    /// <summary>A body as it is.</summary>
    public static ByteArrayContent Raw(byte[] body, string? type = "image/jpeg")
    {
        var content = new ByteArrayContent(body);
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return content;
    }

    /// <summary>Posts a photo as the multipart field <c>file</c>.</summary>
    public Task<Answer> PredictAsync(byte[] photo, string query = "") => PredictAsync(Form(photo), query);

    /// <summary>Posts any body to <c>/face/predict</c>.</summary>
    public Task<Answer> PredictAsync(HttpContent content, string query = "") => SendAsync(HttpMethod.Post, "/face/predict" + query, content);

    /// <summary>The id of the person on the photo.</summary>
    public async Task<long> IdOfAsync(byte[] photo) => (await PredictAsync(photo)).Id;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<int> ForgetAsync(long id) => (await SendAsync(HttpMethod.Delete, $"/v1/people/{id}")).Status;

    /// <summary>People in the daemon's memory.</summary>
    public async Task<int> PeopleAsync() => (await GetAsync("/readyz")).Json.GetProperty("people").GetInt32();

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using HttpResponseMessage response = await _http.SendAsync(request);
        string body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), body, response.Headers);
    }

    public void Dispose() => _http.Dispose();
}
