namespace FaceEdge.SystemTests.Photos;

/// <summary>The same face in every kind of file: all of them are person 1, and nobody new comes of any.</summary>
[Collection(nameof(KnownPeople))]
public class FormatTests(KnownPeople known)
{
    [Theory]
    [InlineData("baseline", "-interlace none -quality 92")]
    [InlineData("progressive", "-interlace JPEG -quality 92")]
    [InlineData("no subsampling", "-sampling-factor 4:4:4 -quality 92")]
    [InlineData("quarter colour", "-sampling-factor 4:2:0 -quality 92")]
    [InlineData("upright pairs", "-sampling-factor 1x2 -quality 92")]
    [InlineData("grey", "-colorspace Gray -quality 92")]
    [InlineData("YCCK", "-colorspace CMYK -quality 92")]
    [InlineData("arithmetic or best", "-quality 100")]
    [InlineData("odd size", "-crop 477x591+11+7 +repage -quality 92")]
    [InlineData("profile of colours and comment", "-set comment remark -quality 92")]
    public Task JpegOfEveryKind(string kind, string change) => AssertSamePersonAsync(kind, People.Variant(People.Cage, "jpg", change.Split(' ')));

    [Theory]
    [InlineData("png24", "-strip")]
    [InlineData("png48", "-strip")]
    [InlineData("png8", "-strip")]
    [InlineData("png32", "-alpha set -channel A -evaluate set 100% +channel")]
    [InlineData("png64", "-alpha set -channel A -evaluate set 90% +channel")]
    [InlineData("png24", "-interlace PNG")]
    [InlineData("png48", "-interlace PNG")]
    [InlineData("png", "-colorspace Gray -depth 8 -define png:color-type=0")]
    [InlineData("png", "-colorspace Gray -depth 16 -define png:color-type=0 -define png:bit-depth=16")]
    [InlineData("png", "-colorspace Gray -depth 8 -alpha set -define png:color-type=4")]
    [InlineData("png", "-colorspace Gray -colors 16 -depth 4 -define png:color-type=0 -define png:bit-depth=4")]
    public Task PngOfEveryKind(string format, string change) =>
        AssertSamePersonAsync($"{format} {change}", People.Variant(People.Cage, format, change.Split(' ')));

    [Theory]
    [InlineData("lossy", "-quality 85")]
    [InlineData("lossless", "-define webp:lossless=true")]
    [InlineData("with alpha", "-alpha set -channel A -evaluate set 95% +channel -quality 85")]
    public Task WebpOfEveryKind(string kind, string change) =>
        AssertSamePersonAsync(kind, People.Variant(People.Cage, "webp", change.Split(' ')));

    [Theory]
    [InlineData("jpg", 1, false)]
    [InlineData("jpg", 2, false)]
    [InlineData("jpg", 3, false)]
    [InlineData("jpg", 4, false)]
    [InlineData("jpg", 5, false)]
    [InlineData("jpg", 6, false)]
    [InlineData("jpg", 7, false)]
    [InlineData("jpg", 8, false)]
    [InlineData("jpg", 3, true)]
    [InlineData("jpg", 6, true)]
    [InlineData("jpg", 8, true)]
    public async Task ThePhotoIsTurnedUprightAsItsExifSays(string format, int orientation, bool thumbnail)
    {
        byte[] turned = People.Variant(People.Cage, format, [.. TurnAway(orientation), "-strip", "-quality", "92"]);
        byte[] photo = Exif.Into(turned, orientation, thumbnail ? People.Variant(People.Audrey, "jpg", "-resize", "160x120") : null);
        await AssertSamePersonAsync($"orientation {orientation}", photo);

        // The box is that of the upright photo, so it says whether the turn was the right one and not just one that shows a face.
        Answer upright = await known.Client.PredictAsync(People.Cage, "?details=true");
        Answer answer = await known.Client.PredictAsync(photo, "?details=true");
        foreach (string side in (string[])["x", "y", "width", "height"])
        {
            Assert.InRange(Side(answer, side), Side(upright, side) - 25, Side(upright, side) + 25);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(65535)]
    public Task AnOrientationThatDoesNotExistIsUpright(int orientation) =>
        AssertSamePersonAsync($"orientation {orientation}", Exif.Into(People.Variant(People.Cage, "jpg", "-strip"), orientation, null));

    [Theory]
    [InlineData("-resize 4000x -quality 90")]
    [InlineData("-resize 7000x -quality 85")]
    public Task APhotoOfManyMegapixelsIsRead(string change) =>
        AssertSamePersonAsync(change, People.Variant(People.Cage, "jpg", change.Split(' ')));

    [Fact]
    public async Task WhatCamerasWriteThatIsNotQuiteAJpegIsRead()
    {
        byte[] photo = People.Variant(People.Cage, "jpg", "-interlace", "none", "-quality", "92");
        await AssertSamePersonAsync("padding before a restart marker", BadPhotos.Webcam(broken: false));
        await AssertSamePersonAsync("no end marker", photo[..^2]);
        await AssertSamePersonAsync("a trailer instead of the end marker", [.. photo[..^2], .. "\0\0\0\u0018ftypmp42"u8, .. Enumerable.Range(0, 2048).Select(i => (byte)i)]);
        await AssertSamePersonAsync("two start markers", [0xFF, 0xD8, .. photo]);
        await AssertSamePersonAsync("line breaks before it", [.. "\r\n"u8, .. photo]);
    }

    private static double Side(Answer answer, string side) =>
        answer.Json.GetProperty("data").GetProperty("box").GetProperty(side).GetDouble();

    /// <summary>How an upright photo must be turned to be stored under an orientation (TIFF 6.0, tag 274): the inverse of showing it.</summary>
    private static string[] TurnAway(int orientation) => orientation switch
    {
        2 => ["-flop"],
        3 => ["-rotate", "180"],
        4 => ["-flip"],
        5 => ["-transpose"],
        6 => ["-rotate", "270"],
        7 => ["-transverse"],
        8 => ["-rotate", "90"],
        _ => ["-quality", "92"],
    };

    private async Task AssertSamePersonAsync(string kind, byte[] photo)
    {
        Answer answer = await known.Client.PredictAsync(photo);
        Assert.True(answer.Status == 200 && answer.Id == 1, $"{kind}: {answer.Body}");
        Assert.Equal((2, 2), known.Daemon.Database.Counts());
    }
}
