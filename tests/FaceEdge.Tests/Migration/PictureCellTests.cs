using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

public sealed class PictureCellTests : IDisposable
{
    private readonly LegacyDb _db = new();
    private readonly byte[] _jpeg = LegacyDb.Photo("cage.jpg");
    private readonly string _folder;

    public PictureCellTests()
    {
        _folder = Directory.CreateDirectory(_db.In("photos/sub")).Parent!.FullName;
        File.WriteAllBytes(Path.Combine(_folder, "cage.jpg"), _jpeg);
        File.WriteAllBytes(Path.Combine(_folder, "sub", "cage.jpg"), _jpeg);
        File.WriteAllText(_db.In("secret.jpg"), "secret");
    }

    public void Dispose() => _db.Dispose();

    [Fact]
    public void APhotoIsFoundAsItIsInBase64AndInItsFile()
    {
        var cell = new PictureCell(_folder, 1_000_000);
        string base64 = Convert.ToBase64String(_jpeg, Base64FormattingOptions.InsertLineBreaks);
        foreach (object written in (object[])[_jpeg, base64, "data:image/jpeg;base64," + base64, System.Text.Encoding.ASCII.GetBytes(base64),
            "cage.jpg", "sub/cage.jpg", "./sub/../cage.jpg", Path.Combine(_folder, "cage.jpg"), "file://" + Path.Combine(_folder, "cage.jpg")])
        {
            Assert.Equal(_jpeg, cell.Read(written));
        }

        Assert.Null(cell.Read(null));
        Assert.Null(cell.Read(""));
        Assert.Null(cell.Read(Array.Empty<byte>()));
    }

    [Theory]
    [InlineData("../secret.jpg")]
    [InlineData("sub/../../secret.jpg")]
    [InlineData("/etc/ld.so.conf")]
    [InlineData("file:///etc/ld.so.conf")]
    [InlineData("link.jpg")]
    [InlineData("linked/secret.jpg")]
    [InlineData("//etc/ld.so.conf")]
    public void NothingOutsideOfTheFolderIsRead(string name)
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "link.jpg"), _db.In("secret.jpg"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "linked"), Path.GetDirectoryName(_folder)!);
        Assert.Contains("outside of the --images folder", Refused(new PictureCell(_folder, 1000), name), StringComparison.Ordinal);
    }

    [Fact]
    public void APipeIsNotWaitedFor()
    {
        Storage.DataFolder.Run("mkfifo", Path.Combine(_folder, "pipe.jpg"));
        Assert.Contains("not a file", Refused(new PictureCell(_folder, 1000), "pipe.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWhoseNameBeginsAlikeIsOutsideToo()
    {
        Directory.CreateDirectory(_folder + "-private");
        File.WriteAllText(Path.Combine(_folder + "-private", "a.jpg"), "secret");
        Assert.Contains("outside", Refused(new PictureCell(_folder, 1000), "../photos-private/a.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCanNotBeHadIsSaid()
    {
        var cell = new PictureCell(_folder, 1000);
        Assert.Contains("more than Limits:MaxUploadBytes", Refused(cell, "cage.jpg"), StringComparison.Ordinal);
        Assert.Contains("is not there", Refused(cell, "nobody.jpg"), StringComparison.Ordinal);
        Assert.Contains("is not there", Refused(cell, "a\0b.jpg"), StringComparison.Ordinal);
        Assert.Contains("is not a file", Refused(cell, "sub/."), StringComparison.Ordinal);
        Assert.Contains("name its folder with --images", Refused(new PictureCell(null, 1000), "cage.jpg"), StringComparison.Ordinal);
        Assert.Contains("neither base64 nor the name of a file", Refused(cell, "not a picture"), StringComparison.Ordinal);
        Assert.Contains("data: URI", Refused(cell, "data:image/jpeg,xyz"), StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => new PictureCell(_db.In("nowhere"), 1000));
    }

    private static string Refused(PictureCell cell, object written) => Assert.Throws<CellException>(() => cell.Read(written)).Message;
}
