using System.Buffers.Binary;

namespace FaceEdge.SystemTests.Storage;

public class KeepImagesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("crop")]
    [InlineData("Crop")]
    public async Task ACropIsASmallJpegThatItselfMatches(string? setting)
    {
        await using DaemonProcess daemon = await StartAsync(setting);
        byte[] large = People.Variant(People.Cage, "jpg", "-resize", "2500x");
        Assert.Equal(1, await daemon.Client.IdOfAsync(large));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Connery));
        List<ViewRow> rows = daemon.Database.View();
        (int width, int height) = JpegSize(rows[0].Image!);
        Assert.Equal(512, Math.Max(width, height));
        Assert.InRange(Math.Min(width, height), 256, 512);
        (width, height) = JpegSize(rows[1].Image!);
        Assert.True(Math.Max(width, height) <= 512);
        Assert.Equal(1, await daemon.Client.IdOfAsync(rows[0].Image!));
        Assert.Equal(2, await daemon.Client.IdOfAsync(rows[1].Image!));
        Assert.Equal(2, daemon.Database.Counts().People);
    }

    [Fact]
    public async Task TheSideOfTheCropIsHeeded()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Storage:CropSide", "160");
        await daemon.Client.IdOfAsync(People.Cage);
        (int width, int height) = JpegSize(daemon.Database.View()[0].Image!);
        Assert.Equal(160, Math.Max(width, height));
    }

    [Fact]
    public async Task TheCropOfASidewaysPhotoIsUpright()
    {
        await using DaemonProcess daemon = await StartAsync("crop");
        byte[] sideways = Exif.Into(People.Variant(People.Cage, "jpg", "-rotate", "270", "-strip", "-quality", "92"), 6, null);
        Assert.Equal(1, await daemon.Client.IdOfAsync(sideways));
        byte[] crop = daemon.Database.View()[0].Image!;
        (int width, int height) = JpegSize(crop);
        Assert.True(height > width, $"{width} x {height}");
        Assert.Equal(1, await daemon.Client.IdOfAsync(crop));
    }

    [Fact]
    public async Task AnOriginalIsThePostedBytes()
    {
        await using DaemonProcess daemon = await StartAsync("original");
        byte[] png = People.Variant(People.Audrey, "png24", "-strip");
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await daemon.Client.IdOfAsync(png));
        List<ViewRow> rows = daemon.Database.View();
        Assert.Equal(People.Cage, rows[0].Image);
        Assert.Equal(png, rows[1].Image);
    }

    [Fact]
    public async Task NoneKeepsNoPictureAndStillRecognises()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path, Settings = ["--Storage:KeepImages", "none"] };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Photo("cage2_crop.jpg")));
            Assert.Equal(0, await daemon.StopAsync());
        }

        Assert.All(new ImageDb(folder.Path).View(), row => Assert.Null(row.Image));

        // No piece of any JPEG is in the file.
        byte[] file = await File.ReadAllBytesAsync(new ImageDb(folder.Path).File);
        Assert.Equal(-1, file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]));
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        }
    }

    [Fact]
    public async Task TheSqliteShellFindsTheSeedsTable()
    {
        using var folder = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path });
        await daemon.Client.IdOfAsync(People.Cage);
        await daemon.Client.IdOfAsync(People.Audrey);

        // While the daemon runs, as its users did.
        Assert.Equal("Person|Person_Img|Face_Encoding\n1|ffd8ff|2048\n2|ffd8ff|2048\n", Shell(
            ".headers on", "SELECT Person, lower(hex(substr(Person_Img, 1, 3))) AS Person_Img, length(Face_Encoding) AS Face_Encoding FROM Image ORDER BY Person"));
        Assert.Equal("Person\nPerson_Img\nFace_Encoding\n", Shell("SELECT name FROM pragma_table_info('Image')"));
        Assert.Equal("integer|blob|blob\n", Shell("SELECT DISTINCT typeof(Person), typeof(Person_Img), typeof(Face_Encoding) FROM Image"));
        Assert.Equal("5\n", Shell("SELECT value FROM meta WHERE key = 'schema_version'"));
        Assert.Equal("fr512\n", Shell("SELECT DISTINCT encoder FROM face"));
        Assert.Equal("ok\n", Shell("PRAGMA integrity_check"));
        Assert.Equal(0, await daemon.StopAsync());

        string Shell(params string[] commands) => System.Text.Encoding.UTF8.GetString(Tool.Run("sqlite3", null, ["-readonly", daemon.Database.File, .. commands]));
    }

    [Fact]
    public async Task EncodingsAreLittleEndianFloatsOfUnitLength()
    {
        await using DaemonProcess daemon = await StartAsync(null);
        await daemon.Client.IdOfAsync(People.Cage);
        byte[] blob = daemon.Database.View()[0].Encoding;
        Assert.Equal(512 * sizeof(float), blob.Length);
        double length = 0;
        for (int i = 0; i < blob.Length; i += sizeof(float))
        {
            float value = BinaryPrimitives.ReadSingleLittleEndian(blob.AsSpan(i));
            length += value * value;
        }

        Assert.Equal(1, Math.Sqrt(length), 4);
    }

    [Fact]
    public async Task OnlyTheOwnerMayReadTheFaces()
    {
        using var folder = new TempFolder();
        string data = folder.File("made/by/the/daemon");
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = data });
        await daemon.Client.IdOfAsync(People.Cage);
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(data) & Others);
        Assert.All(Directory.GetFiles(data), file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & Others));
    }

    [Fact]
    public async Task AForgottenFaceIsInNoFileAnyMore()
    {
        using var folder = new TempFolder();
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { DataDirectory = folder.Path, Settings = ["--Gallery:MaxFacesPerPerson", "1"] });
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
        byte[] piece = daemon.Database.View()[0].Encoding[100..164];
        Assert.True(IsAnywhere(piece));
        Assert.Equal(204, await daemon.Client.ForgetAsync(1));
        Assert.False(IsAnywhere(piece));

        bool IsAnywhere(byte[] bytes) => Directory.GetFiles(folder.Path, "Image.db*")
            .Any(file => !file.EndsWith(".lock", StringComparison.Ordinal) && Bytes(file).AsSpan().IndexOf(bytes) >= 0);

        static byte[] Bytes(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }

    private static Task<DaemonProcess> StartAsync(string? keep) =>
        DaemonProcess.StartAsync(["--Gallery:MaxFacesPerPerson", "1", .. keep is null ? (string[])[] : ["--Storage:KeepImages", keep]]);

    /// <summary>From the frame header (ITU T.81, B.2.2), past the segments before it.</summary>
    private static (int Width, int Height) JpegSize(byte[] jpeg)
    {
        Assert.Equal([0xFF, 0xD8, 0xFF], jpeg[..3]);
        int at = 2;
        while (jpeg[at + 1] is not (0xC0 or 0xC1 or 0xC2))
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        }

        return (BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 7)), BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 5)));
    }
}
