using System.Text;
using FaceEdge.Http;

namespace FaceEdge.Tests.Http;

public class PictureTextTests
{
    private static readonly byte[] Picture = [0xFF, 0xD8, 0xFF, 0xE0, .. Enumerable.Range(0, 250).Select(i => (byte)i)];
    private static readonly string Text = Convert.ToBase64String(Picture);

    public static TheoryData<string> Ways =>
    [
        Text,
        Text.TrimEnd('='),
        $"\r\n  {Text}\r\n",
        $"data:image/jpeg;base64,{Text}",
        $"DATA:image/jpeg;name=p.jpg;Base64,{Text}\n",
        $"b'{Text}'",
        $"\"{Text}\"",
        $"\u00ef\u00bb\u00bf{Text}",
        Convert.ToBase64String(Picture, Base64FormattingOptions.InsertLineBreaks),
        Text.Replace('+', '-').Replace('/', '_'),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public void ATextualPictureIsDecoded(string text) => Assert.Equal(Picture, Decode(text));

    [Fact]
    public void WhatSaysThatItIsBase64IsDecodedWhateverItHolds() => Assert.Equal("GIF89a..."u8.ToArray(), Decode("R0lGODlhLi4u", "BASE64"));

    [Fact]
    public void ARealPictureStaysAsItIs()
    {
        byte[] bytes = [.. Picture];
        Assert.False(PictureText.TryDecode(bytes, "base64", out _));
        Assert.Equal(Picture, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("photo.jpg")]
    [InlineData("/9j")]
    public void OtherTextStaysAsItIs(string text) => Assert.False(PictureText.TryDecode(Encoding.ASCII.GetBytes(text), "", out _));

    [Theory]
    [InlineData("/9j/4AAQ****", "malformed")]
    [InlineData("data:image/jpeg;base64,/9j/4AAQ!", "malformed")]
    [InlineData("data:image/svg+xml,%3Csvg", "unsupported_format")]
    [InlineData("data:", "unsupported_format")]
    public void WhatCannotBeDecodedSaysSo(string text, string code) =>
        Assert.Equal(code, Assert.Throws<RequestException>(() => Decode(text)).Code);

    private static byte[] Decode(string text, string transferEncoding = "")
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        Assert.True(PictureText.TryDecode(bytes, transferEncoding, out Range picture));
        return bytes[picture];
    }
}
