using System.Net.Http.Headers;
using System.Text.Json;

namespace FaceEdge.SystemTests.Contract;

[Collection(nameof(KnownPeople))]
public class PredictTests(KnownPeople known)
{
    [Fact]
    public void TheFirstPersonOfANewDatabaseIsOneInTheOriginalsBytes()
    {
        Assert.Equal("""{"data":{"id":1},"message":"success","status":200}""" + "\n", known.First.Body);
        Assert.Equal(200, known.First.Status);
        Assert.Equal("application/json", known.First.ContentType);
    }

    [Fact]
    public void TheSecondPersonIsTwo() => Assert.Equal("""{"data":{"id":2},"message":"success","status":200}""" + "\n", known.Second.Body);

    [Fact]
    public async Task APersonSeenAgainKeepsTheId()
    {
        Assert.Equal(1, await known.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await known.Client.IdOfAsync(People.Audrey));
    }

    [Fact]
    public async Task AnotherPhotoOfThePersonHasTheSameId() =>
        Assert.Equal(1, await known.Client.IdOfAsync(People.Photo("cage2_crop.jpg")));

    [Theory]
    [InlineData("-quality 60")]
    [InlineData("-resize 60%")]
    [InlineData("-flop")]
    [InlineData("-modulate 125")]
    [InlineData("-modulate 75")]
    [InlineData("-crop 400x560+50+30")]
    public async Task ThePersonIsTheSameWhateverWasDoneToThePhoto(string change) =>
        Assert.Equal(1, await known.Client.IdOfAsync(People.Variant(People.Cage, "jpg", change.Split(' '))));

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/png")]
    [InlineData("IMAGE/*")]
    public async Task ThePhotoMayBeTheBodyItself(string type) =>
        Assert.Equal(1, (await known.Client.PredictAsync(FaceClient.Raw(People.Cage, type))).Id);

    [Fact]
    public async Task APhotoOfUnknownLengthIsRead()
    {
        using RawConnection connection = await RawConnection.OpenAsync(known.Daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", null, "Connection: close\r\n"));
        foreach (byte[] chunk in People.Cage.Chunk(10_000))
        {
            await connection.SendAsync($"{chunk.Length:x}\r\n");
            await connection.SendAsync(chunk);
            await connection.SendAsync("\r\n");
        }

        await connection.SendAsync("0\r\n\r\n");
        Assert.EndsWith("""{"data":{"id":1},"message":"success","status":200}""" + "\n", await connection.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherPartsBeforeAndAfterThePhotoDoNotMatter()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("entrance 3"), "camera" },
            { new ByteArrayContent(People.Audrey), "thumbnail", "thumbnail.jpg" },
            { new ByteArrayContent(People.Cage), "file", "photo.jpg" },
            { new StringContent("nothing more"), "remark" },
            { new ByteArrayContent(People.Audrey), "file", "second.jpg" },
        };
        Assert.Equal(1, (await known.Client.PredictAsync(form)).Id);
    }

    [Fact]
    public async Task TheFormIsReadAsCurlSendsIt()
    {
        byte[] body = Tool.Run(
            "curl", null, "--silent", "--noproxy", "*", "-F", "file=@" + Product.Photo("cage.jpg"), known.Daemon.Url + "/face/predict");
        Assert.Equal("""{"data":{"id":1},"message":"success","status":200}""" + "\n", System.Text.Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData("", "notes.txt")]
    [InlineData("application/octet-stream", "../../etc/passwd")]
    [InlineData("image/gif", "C:\\con\0.jpg")]
    public async Task NameOfThePartAndATypeThatSaysNothingAreNotTrusted(string type, string name)
    {
        var part = new ByteArrayContent(People.Cage);
        part.Headers.ContentType = type.Length == 0 ? null : new MediaTypeHeaderValue(type);
        part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name.Replace("\0", "%00", StringComparison.Ordinal)}\"");
        using var form = new MultipartFormDataContent { part };
        Assert.Equal(1, (await known.Client.PredictAsync(form)).Id);
        await known.AssertUnharmedAsync();
    }

    [Fact]
    public async Task DetailsComeInTheirOrderAndOnlyWhenAsked()
    {
        Answer answer = await known.Client.PredictAsync(People.Photo("cage2_crop.jpg"), "?details=true");
        Assert.Equal(1, answer.Id);
        Assert.Equal(["data", "message", "status"], Answer.Keys(answer.Json));
        JsonElement data = answer.Json.GetProperty("data");
        Assert.Equal(["id", "new", "similarity", "threshold", "box", "quality", "faces"], Answer.Keys(data));
        Assert.False(data.GetProperty("new").GetBoolean());
        double threshold = data.GetProperty("threshold").GetDouble();
        Assert.InRange(threshold, 0.3, 0.6);
        Assert.InRange(data.GetProperty("similarity").GetDouble(), threshold, 0.999);
        Assert.Equal(["x", "y", "width", "height"], Answer.Keys(data.GetProperty("box")));
        Assert.Equal(1, data.GetProperty("faces").GetInt32());
        foreach (JsonProperty part in data.GetProperty("quality").EnumerateObject().Where(p => p.Name != "height"))
        {
            Assert.InRange(part.Value.GetDouble(), 0, 1);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?details=false")]
    [InlineData("?detail=true")]
    public async Task WithoutAskingThereAreNoFurtherKeys(string query) => Assert.Equal(
        """{"data":{"id":1},"message":"success","status":200}""" + "\n", (await known.Client.PredictAsync(FaceClient.Form(People.Cage), query)).Body);

    [Fact]
    public async Task TheBoxIsInPixelsOfTheUprightPhotoAsPosted()
    {
        // Twelve times as many pixels than the daemon decodes at: the box must still be that of the photo.
        byte[] large = People.Variant(People.Cage, "jpg", "-resize", "5000x");
        JsonElement small = (await known.Client.PredictAsync(People.Cage, "?details=true")).Json.GetProperty("data").GetProperty("box");
        JsonElement box = (await known.Client.PredictAsync(large, "?details=true")).Json.GetProperty("data").GetProperty("box");
        foreach (string side in (string[])["x", "y", "width", "height"])
        {
            Assert.InRange(box.GetProperty(side).GetDouble() / 10, small.GetProperty(side).GetDouble() - 20, small.GetProperty(side).GetDouble() + 20);
        }
    }

    [Fact]
    public async Task TheLargestFaceOfAGroupIsTheSubject()
    {
        // The tall one beside the smaller one, both known.
        byte[] group = Tool.Run(
            "/usr/bin/convert", null, "(", Product.Photo("cage.jpg"), "-resize", "x600", ")", "(", Product.Photo("audrey.jpg"), "-resize", "x400", ")",
            "-background", "gray", "-gravity", "south", "+append", "jpg:-");
        Answer answer = await known.Client.PredictAsync(group, "?details=true");
        Assert.Equal(1, answer.Id);
        Assert.Equal(2, answer.Json.GetProperty("data").GetProperty("faces").GetInt32());
    }
}
