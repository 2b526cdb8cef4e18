namespace FaceEdge.SystemTests.Contract;

[Collection(nameof(KnownPeople))]
public class HomeTests(KnownPeople known)
{
    [Fact]
    public async Task HomeAnswersTheOriginalsBytes()
    {
        Answer answer = await known.Client.GetAsync("/home");
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal("""{"message":"Hello! Face recognition API running.","status":200}""" + "\n", answer.Body);
    }

    [Fact]
    public async Task HeadOfHomeHasTheLengthButNoBody()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync("HEAD /home HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        string answer = await connection.ReadAnswerAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 64\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoHeaderTellsWhichServerItIs()
    {
        Answer answer = await known.Client.GetAsync("/home");
        Assert.Empty(answer.Headers.Server);
    }
}
