using System.Buffers.Binary;
using System.Text;

namespace FaceEdge.SystemTests.Support;

/// <summary>A request that must be refused, and how.</summary>
/// <param name="Name">For the reader of a failure.</param>
/// <param name="Body">Makes the body anew for each request.</param>
/// <param name="Status">The promised status.</param>
/// <param name="Codes">The promised code; several where the photo lies on a border.</param>
internal sealed record BadPhoto(string Name, Func<HttpContent> Body, int Status, params string[] Codes)
{
    public static BadPhoto File(string name, Func<byte[]> file, int status, params string[] codes) =>
        new(name, () => FaceClient.Form(file()), status, codes);
}

/// <summary>Everything a single well-formed HTTP request can bring that is no usable photo.</summary>
internal static class BadPhotos
{
    private const string Boundary = "edge-of-the-part";

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, BadPhoto> All { get; } = Collect().ToDictionary(input => input.Name);

    /// <summary>A file over the limit of 20 MiB that would otherwise be a JPEG.</summary>
    public static byte[] Large(int bytes)
    {
        byte[] file = new byte[bytes];
        People.Cage.CopyTo(file, 0);
        return file;
    }

    private static IEnumerable<BadPhoto> Collect() => [.. WithoutPhoto(), .. NotAPhoto(), .. Damaged(), .. TooLarge(), .. WithoutFace()];

    private static IEnumerable<BadPhoto> WithoutPhoto() =>
    [
        new("form without parts", () => Multipart($"--{Boundary}--\r\n"), 400, "no_file"),
        new("wrong field name", () => FaceClient.Form(People.Cage, field: "photo"), 400, "no_file"),
        new("field name in capitals", () => FaceClient.Form(People.Cage, field: "FILE"), 400, "no_file"),
        BadPhoto.File("empty file", () => [], 400, "no_file"),
        new("0-byte body", () => FaceClient.Raw([]), 400, "no_file"),
        new("no body and no type", () => FaceClient.Raw([], null), 400, "no_file"),
        new("JSON", () => FaceClient.Raw(Encoding.UTF8.GetBytes("""{"file":"photo.jpg"}"""), "application/json"), 400, "no_file"),
        new("url-encoded form", () => FaceClient.Raw(Encoding.UTF8.GetBytes("file=photo.jpg"), "application/x-www-form-urlencoded"), 400, "no_file"),
        new("photo of no type", () => FaceClient.Raw(People.Cage, null), 400, "no_file"),
        new("content type that is none", () => FaceClient.Raw(People.Cage, ";;;/"), 400, "no_file"),
        new("form without boundary", () => FaceClient.Raw(People.Cage, "multipart/form-data"), 400, "malformed"),
        new("form with an endless boundary", () => FaceClient.Raw(People.Cage, "multipart/form-data; boundary=" + new string('x', 5000)), 400, "malformed"),
        new("form of garbage", () => FaceClient.Raw(People.Cage, "multipart/form-data; boundary=" + Boundary), 400, "malformed", "no_file"),
        new("form that never ends", () => Multipart(Part("file"), People.Cage), 400, "malformed"),
        new("form that ends in the part's head", () => Multipart($"--{Boundary}\r\nContent-Disposition: form-data; na"), 400, "malformed"),
        new("part without a name", () => Multipart($"--{Boundary}\r\nContent-Type: image/jpeg\r\n\r\nx\r\n--{Boundary}--\r\n"), 400, "no_file"),
        new("part with endless headers", () => Multipart($"--{Boundary}\r\nX: {new string('y', 200_000)}\r\n\r\nx\r\n--{Boundary}--\r\n"), 400, "malformed"),
        new("ten thousand parts", () => Multipart(string.Concat(Enumerable.Repeat(Part("other") + "x\r\n", 10_000)) + $"--{Boundary}--\r\n"), 400, "no_file", "malformed"),
    ];

    private static IEnumerable<BadPhoto> NotAPhoto() =>
    [
        BadPhoto.File("text", () => Encoding.UTF8.GetBytes("This is no photo.\n"), 415, "unsupported_format"),
        BadPhoto.File("one byte", () => [0xFF], 415, "unsupported_format"),
        BadPhoto.File("PDF", () => Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"), 415, "unsupported_format"),
        BadPhoto.File("GIF", () => People.Variant(People.Cage, "gif", "-resize", "100x100"), 415, "unsupported_format"),
        BadPhoto.File("BMP", () => People.Variant(People.Cage, "bmp", "-resize", "100x100"), 415, "unsupported_format"),
        BadPhoto.File("HEIC", () => [0, 0, 0, 24, .. "ftypheic\0\0\0\0mif1heic"u8], 415, "unsupported_format"),
        BadPhoto.File("zeros", () => new byte[100_000], 415, "unsupported_format"),
        BadPhoto.File("RIFF that is a sound", () => [.. "RIFF\u0010\0\0\0WAVEfmt "u8], 415, "unsupported_format"),
        new("text named like a password file", () => FaceClient.Form("root:x:0:0"u8.ToArray(), name: "../../etc/passwd"), 415, "unsupported_format"),
        new("page as image/jpeg", () => FaceClient.Raw("<html>no photo</html>"u8.ToArray()), 415, "unsupported_format"),
    ];

    private static IEnumerable<BadPhoto> Damaged()
    {
        for (int tenth = 1; tenth < 10; tenth++)
        {
            int tenths = tenth;
            yield return BadPhoto.File($"JPEG cut at {tenths} tenths", () => Cut(Baseline(), tenths), 422, "corrupt_image");
            yield return BadPhoto.File($"progressive JPEG cut at {tenths} tenths", () => Cut(People.Cage, tenths), 422, "corrupt_image");
        }

        yield return BadPhoto.File("JPEG with padding and broken data", () => Webcam(broken: true), 422, "corrupt_image");
        yield return BadPhoto.File("JPEG of three bytes", () => [0xFF, 0xD8, 0xFF], 422, "corrupt_image");
        yield return BadPhoto.File("JPEG with a broken header", () => Overwritten(Baseline(), 3, 200), 422, "corrupt_image");
        yield return BadPhoto.File("JPEG with broken data", () => Overwritten(Baseline(), Baseline().Length / 2, 4000), 422, "corrupt_image");
        yield return BadPhoto.File("PNG cut in the middle", () => Cut(Png(), 5), 422, "corrupt_image");
        yield return BadPhoto.File("PNG with broken data", () => Overwritten(Png(), Png().Length / 2, 1000), 422, "corrupt_image");
        yield return BadPhoto.File("PNG of its first bytes", () => Png()[..8], 422, "corrupt_image");
        yield return BadPhoto.File("WebP cut in the middle", () => Cut(People.Variant(People.Cage, "webp", "-quality", "80"), 5), 422, "corrupt_image");
        yield return BadPhoto.File("WebP of its first bytes", () => [.. "RIFF\u0010\0\0\0WEBP"u8], 422, "corrupt_image");
    }

    private static IEnumerable<BadPhoto> TooLarge() =>
    [
        BadPhoto.File("PNG claiming 100000 x 100000", () => HugePng(100_000, 100_000), 413, "too_many_pixels"),
        BadPhoto.File("PNG claiming 2147483647 x 1", () => HugePng(int.MaxValue, 1), 413, "too_many_pixels", "corrupt_image"),
        BadPhoto.File("JPEG claiming 65500 x 65500", () => HugeJpeg(65_500), 413, "too_many_pixels"),
        BadPhoto.File("one byte over 20 MiB", () => Large((20 * 1024 * 1024) + 1), 413, "file_too_large"),
        new("raw body of one byte over 20 MiB", () => FaceClient.Raw(Large((20 * 1024 * 1024) + 1)), 413, "file_too_large"),
    ];

    private static IEnumerable<BadPhoto> WithoutFace() =>
    [
        BadPhoto.File("black", () => Drawn("jpg", "-size", "640x480", "xc:black"), 422, "no_face"),
        BadPhoto.File("white", () => Drawn("png", "-size", "640x480", "xc:white"), 422, "no_face"),
        BadPhoto.File("noise", () => Drawn("jpg", "-size", "640x480", "-seed", "7", "xc:gray", "+noise", "Random"), 422, "no_face"),
        BadPhoto.File("1 x 1 JPEG", () => Drawn("jpg", "-size", "1x1", "xc:red"), 422, "no_face"),
        BadPhoto.File("1 x 1 PNG", () => Drawn("png", "-size", "1x1", "xc:red"), 422, "no_face"),
        BadPhoto.File("1 x 1 WebP", () => Drawn("webp", "-size", "1x1", "xc:red"), 422, "no_face"),
        BadPhoto.File("a line", () => Drawn("png", "-size", "16000x1", "xc:red"), 422, "no_face"),
        BadPhoto.File("a pillar", () => Drawn("jpg", "-size", "1x16000", "xc:red"), 422, "no_face"),
        BadPhoto.File("wholly transparent", () => Drawn("png", "-size", "300x300", "xc:transparent"), 422, "no_face"),
        BadPhoto.File("banister without a face", () => People.Variant(People.Photo("sample5.jpg"), "jpg", "-crop", "330x700+0+300", "+repage"), 422, "no_face"),
        BadPhoto.File("face of 12 px", () => Small(12), 422, "no_face", "face_too_small"),
        BadPhoto.File("face of 30 px", () => Small(30), 422, "face_too_small"),
        BadPhoto.File("blurred face", () => People.Variant(People.Connery, "jpg", "-blur", "0x9"), 422, "low_quality", "no_face"),
        BadPhoto.File("face with dark glasses", () => People.Photo("terminator_crop.jpg"), 422, "covered"),
        BadPhoto.File("face washed out", () => People.Variant(People.Connery, "jpg", "-evaluate", "Multiply", "3.4"), 422, "washed_out", "no_face"),
    ];

    private static byte[] Drawn(string format, params string[] what) => People.Drawn([.. what, format + ":-"]);

    private static byte[] Baseline() => People.Variant(People.Cage, "jpg", "-interlace", "none", "-quality", "92");

    /// <summary>A photo with restart markers and a byte of padding before the first one, as many webcams write it.</summary>
    public static byte[] Webcam(bool broken)
    {
        byte[] photo = Tool.Run("cjpeg", Tool.Run("djpeg", Baseline(), "-ppm"), "-quality", "90", "-sample", "2x1", "-restart", "1");
        int first = photo.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD0]);
        photo = [.. photo[..first], 0, .. photo[first..]];
        if (broken)
        {
            var random = new Random(5);
            for (int i = photo.Length / 3; i < photo.Length - 2; i++)
            {
                // Between the markers everything, the markers themselves stay.
                if (photo[i] != 0xFF && photo[i - 1] != 0xFF)
                {
                    photo[i] = (byte)random.Next(1, 255);
                }
            }
        }

        return photo;
    }

    private static byte[] Png() => People.Variant(People.Cage, "png24", "-resize", "50%");

    private static byte[] Cut(byte[] file, int tenths) => file[..(file.Length * tenths / 10)];

    private static byte[] Overwritten(byte[] file, int at, int length)
    {
        byte[] copy = [.. file];
        new Random(1).NextBytes(copy.AsSpan(at, length));
        return copy;
    }

    /// <summary>A stranger (his face is 224 px high on the photo) so small, in the middle of a photo of 640 x 480.</summary>
    private static byte[] Small(int height) => People.Variant(
        People.Connery, "jpg", "-resize", $"{100.0 * height / 224:0.##}%", "-background", "gray", "-gravity", "center", "-extent", "640x480");

    private static byte[] HugeJpeg(ushort side)
    {
        byte[] file = [.. Baseline()];
        int at = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]); // SOF0: length 2, precision 1, height 2, width 2
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 5), side);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 7), side);
        return file;
    }

    private static byte[] HugePng(int width, int height)
    {
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4, chunk.Length - 8)));
        return chunk;
    }

    /// <summary>CRC-32 as PNG wants it (RFC 2083, appendix 15); the framework's is only in a package.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }

    private static string Part(string name) =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n";

    private static ByteArrayContent Multipart(string text, byte[]? more = null) =>
        FaceClient.Raw([.. Encoding.Latin1.GetBytes(text), .. more ?? []], "multipart/form-data; boundary=" + Boundary);
}
