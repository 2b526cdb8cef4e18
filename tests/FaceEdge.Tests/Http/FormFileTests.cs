using System.Text;
using FaceEdge.Http;

namespace FaceEdge.Tests.Http;

public class FormFileTests
{
    private const string Photo = "\u00ff\u00d8 a photo \r\n\r\n--edg \n";

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    public void AnyLineEndIsTaken(string line) => Assert.Equal(Photo, Find(Form("form-data; name=\"file\"; filename=\"p.jpg\"", line: line)));

    [Theory]
    [InlineData("form-data; name=\"file\"; filename=my photo.jpg")]
    [InlineData("form-data; name=file; filename=C:\\photos\\p.jpg")]
    [InlineData("form-data; filename=a,b.jpg; name=file")]
    [InlineData("form-data; filename=\"a;b.jpg\"; name=\"file\"")]
    [InlineData("form-data; filename=\"a\\\"b.jpg\"; name=\"file\"")]
    [InlineData("form-data; name=\"file\"; filename=\"never closed.jpg")]
    [InlineData("form-data; name=\"file\"; filename*=UTF-8''na%C3%AFve.jpg")]
    [InlineData("form-data;\r\n name=\"file\";\r\n\tfilename=\"p.jpg\"")]
    [InlineData("form-data; NAME = \"file\" ; FileName = p.jpg")]
    [InlineData("attachment; name=\"file\"; filename=\"\"")]
    public void AnyWayToNameThePartIsTaken(string disposition) => Assert.Equal(Photo, Find(Form(disposition)));

    [Theory]
    [InlineData("multipart/form-data; boundary=--===7===", "--===7===")]
    [InlineData("multipart/form-data; boundary=a=b/c:d", "a=b/c:d")]
    [InlineData("multipart/form-data;charset=utf-8 ;Boundary=\"a;b\"", "a;b")]
    [InlineData("multipart/form-data; boundary=edge; charset=utf-8", "edge")]
    public void AnyBoundaryIsTaken(string contentType, string boundary) => Assert.Equal(
        Photo, Find(Form("form-data; name=\"file\"; filename=\"p.jpg\"", boundary), contentType));

    [Fact]
    public void ATextFieldOfThatNameBeforeTheFileIsPassedOver() => Assert.Equal(
        Photo, Find("--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\np.jpg\r\n" + Form("form-data; name=\"file\"; filename=\"p.jpg\"")));

    [Fact]
    public void AFileWithoutANameIsTakenWhereThereIsNoOther() => Assert.Equal(Photo, Find(Form("form-data; name=\"file\"")));

    [Fact]
    public void AHundredHeadersOfAPartAreTaken() => Assert.Equal(
        Photo, Find(Form("form-data; name=\"file\"; filename=\"p.jpg\"\r\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: {i}\r\n")) + "X: y")));

    [Fact]
    public void APartWithoutHeadersIsPassedOver() => Assert.Equal(Photo, Find("--edge\r\n\r\nnobody's\r\n" + Form("form-data; name=\"file\"; filename=\"p.jpg\"")));

    [Fact]
    public void APartWithoutDataIsEmpty() => Assert.Equal("", Find("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n--edge--"));

    [Fact]
    public void WhatStandsBehindThePhotoDoesNotMatter() => Assert.Equal(
        Photo, Find(Form("form-data; name=\"file\"; filename=\"p.jpg\"").Replace("--edge--", "--edge\r\ncut off", StringComparison.Ordinal)));

    [Theory]
    [InlineData("", "malformed")]
    [InlineData("--edge--\r\n", "no_file")]
    [InlineData("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.jpg\"\r\n\r\nhalf a pho", "malformed")]
    [InlineData("--edge\r\nContent-Disposition: form-data; name=\"file\"", "malformed")]
    [InlineData("--edge\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"p.jpg\"\r\n\r\nx\r\n--edge--", "no_file")]
    public void WhatHoldsNoFileIsRefused(string body, string code) =>
        Assert.Equal(code, Assert.Throws<RequestException>(() => Find(body)).Code);

    [Fact]
    public void HeadersWithoutEndAreRefused() => Assert.Equal(
        "malformed", Assert.Throws<RequestException>(() => Find("--edge\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 20_000)))).Code);

    [Theory]
    [InlineData("text/plain", true)]
    [InlineData("application/pdf; name=x", true)]
    [InlineData("video/mp4", true)]
    [InlineData("image/jpeg", false)]
    [InlineData("IMAGE/HEIC", false)]
    [InlineData("application/octet-stream", false)]
    [InlineData("jpeg", false)]
    [InlineData("", false)]
    public void OnlyAPartThatSaysItIsSomethingElseIsNoPicture(string contentType, bool refused)
    {
        Exception? thrown = Record.Exception(() => FormFile.ThrowIfNoPicture(new FormPart("file", "p", contentType, "", Range.All), [0xFF, 0xD8]));
        Assert.Equal(refused, thrown is RequestException { Status: 400, Original: "Invalid file type. Only image files are allowed." });
    }

    [Fact]
    public void DamagedFormsAreReadOrRefused()
    {
        var fuzz = new FormFuzz(seed: 3);
        var random = new Random(4);
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            (string contentType, byte[] body) = fuzz.Next();
            for (int changes = random.Next(20); changes > 0 && body.Length > 0; changes--)
            {
                body[random.Next(body.Length)] = (byte)"\r\n-;:=\"\\ xeé"[random.Next(12)];
            }

            try
            {
                FormPart part = FormFile.Find(body.AsSpan(0, random.Next(body.Length + 1)), FormFile.BoundaryOf(contentType));
                Assert.Equal("file", part.Name);
                Assert.True(part.Data.End.Value <= body.Length && part.Data.Start.Value <= part.Data.End.Value);
                read++;
            }
            catch (RequestException)
            {
                // Said what is wrong with it.
            }
        }

        Assert.InRange(read, 1_000, 49_000);
    }

    private static string Find(string body, string contentType = "multipart/form-data; boundary=edge")
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        return Encoding.Latin1.GetString(bytes[FormFile.Find(bytes, FormFile.BoundaryOf(contentType)).Data]);
    }

    private static string Form(string disposition, string boundary = "edge", string line = "\r\n") =>
        $"--{boundary}{line}Content-Disposition: {disposition}{line}{line}{Photo}{line}--{boundary}--{line}";
}
