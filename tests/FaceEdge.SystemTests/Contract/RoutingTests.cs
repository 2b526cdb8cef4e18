namespace FaceEdge.SystemTests.Contract;

[Collection(nameof(KnownPeople))]
public class RoutingTests(KnownPeople known)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/nothing")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/people/abc")]
    public async Task WhatDoesNotExistIsAProblemInJson(string path)
    {
        Answer answer = await known.Client.SendAsync(path.StartsWith("/v1/people", StringComparison.Ordinal) ? HttpMethod.Delete : HttpMethod.Get, path);
        AssertProblem(answer, 404, "not_found");
    }

    [Theory]
    [InlineData("/face")]
    [InlineData("/face/predict/more")]
    [InlineData("/home/more")]
    public async Task UnderTheOriginalRoutesItIsTheirEnvelope(string path) => (await known.Client.GetAsync(path)).AssertError(404, "not_found");

    [Fact]
    public async Task AWrongMethodOnTheOriginalRoutesIsTheirEnvelope()
    {
        (await known.Client.GetAsync("/face/predict")).AssertError(405, "method_not_allowed");
        (await known.Client.SendAsync(HttpMethod.Post, "/home", FaceClient.Form(People.Cage))).AssertError(405, "method_not_allowed");
        (await known.Client.SendAsync(HttpMethod.Put, "/face/predict", FaceClient.Form(People.Cage))).AssertError(405, "method_not_allowed");
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/v1/people/1")]
    public async Task AWrongMethodElsewhereIsAProblem(string path) =>
        AssertProblem(await known.Client.SendAsync(HttpMethod.Post, path), 405, "method_not_allowed");

    [Fact]
    public async Task AWrongMethodNamesTheRightOne()
    {
        Answer answer = await known.Client.GetAsync("/face/predict");
        Assert.Contains("POST", answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthTellsThatTheProcessAnswers()
    {
        Answer answer = await known.Client.GetAsync("/healthz");
        Assert.Equal((200, "ok"), (answer.Status, answer.Json.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task ReadyTellsEncoderAndPeople()
    {
        Answer answer = await known.Client.GetAsync("/readyz");
        Assert.Equal((200, "ready"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        Assert.Equal("fr512", answer.Json.GetProperty("encoder").GetString());
        Assert.Equal(2, answer.Json.GetProperty("people").GetInt32());
        Assert.False(answer.Json.TryGetProperty("warning", out _));
    }

    [Fact]
    public async Task SomethingThatIsNotHttpHarmsNobody()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync("\u0016\u0003\u0001\u0002\u0000 this is no request\r\n\r\n");
        string answer = await connection.ReadAnswerAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), answer);
        await known.AssertUnharmedAsync();
    }

    private static void AssertProblem(Answer answer, int status, string code)
    {
        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal("application/problem+json", answer.ContentType);
        Assert.Equal(["type", "title", "status", "detail", "code"], Answer.Keys(answer.Json));
    }
}
