namespace FaceEdge.SystemTests.Packaging;

/// <summary>What <c>make publish</c> lays out is what was promised, and needs nothing but what Debian brings.</summary>
public class PublishFolderTests
{
    [Fact]
    public void ItHoldsTheDaemonItsLibrariesModelsAndLicencesAndNothingElse()
    {
        string[] files = [.. Directory.GetFiles(Product.Folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Product.Folder, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "LICENSE", "THIRD-PARTY-NOTICES", "faceedge", "libSkiaSharp.so", "libe_sqlite3.so", "libonnxruntime.so",
                "models/dlib128.onnx", "models/fr512.onnx", "models/fr_landmark.onnx", "models/mfn192.onnx", "models/models.json",
                "models/onet.onnx", "models/ultraface.onnx",
            ],
            files);
    }

    [Fact]
    public void TheNoticesNameWhatIsInside()
    {
        string notices = File.ReadAllText(Path.Combine(Product.Folder, "THIRD-PARTY-NOTICES"));
        foreach (string name in (string[])["onnxruntime", "SQLite", "SkiaSharp", "libpng", "libwebp", "libjpeg-turbo", "System.CommandLine", ".NET", "UltraFace"])
        {
            Assert.Contains(name, notices, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("faceedge")]
    [InlineData("libe_sqlite3.so")]
    [InlineData("libonnxruntime.so")]
    [InlineData("libSkiaSharp.so")]
    public void ItIsLinkedAgainstTheSystemsBasicLibrariesOnly(string file)
    {
        string[] allowed = ["linux-vdso", "libc", "libm", "libdl", "libpthread", "librt", "libstdc++", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64"];
        string[] needed = [.. Tool.Try("ldd", null, Path.Combine(Product.Folder, file)).Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Path.GetFileName(line.Trim().Split(' ')[0]))
            .Select(name => name.Split(".so")[0])];
        Assert.NotEmpty(needed);
        Assert.All(needed, name => Assert.Contains(name, allowed));
    }

    [Fact]
    public async Task ItLoadsItsOwnLibrariesAndOfTheDistributionsCodecsLibturbojpegAlone()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(People.Cage);
        await daemon.Client.IdOfAsync(People.Variant(People.Cage, "png", "-strip"));
        await daemon.Client.IdOfAsync(People.Variant(People.Cage, "webp", "-strip"));
        string[] loaded = [.. File.ReadLines($"/proc/{daemon.Id}/maps").Select(line => line.Split(' ')[^1]).Where(path => path.Contains(".so", StringComparison.Ordinal)).Distinct()];
        Assert.Contains(loaded, path => path.Contains("libturbojpeg.so.0", StringComparison.Ordinal) && path.StartsWith("/usr/lib/", StringComparison.Ordinal));
        Assert.DoesNotContain(loaded, path => path.Contains("libpng", StringComparison.Ordinal) || path.Contains("libwebp", StringComparison.Ordinal));

        // Its own libraries come from beside the binary, not from somewhere else on the machine.
        Assert.Contains(Path.Combine(Product.Folder, "libSkiaSharp.so"), loaded);
        Assert.Contains(Path.Combine(Product.Folder, "libonnxruntime.so"), loaded);
        Assert.Contains(Path.Combine(Product.Folder, "libe_sqlite3.so"), loaded);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tmp")]
    public async Task ItStartsFromAnyFolderAndWritesOnlyIntoItsOwn(string folder)
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { WorkingDirectory = folder });
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        string[] written = [.. Directory.GetFiles($"/proc/{daemon.Id}/fd")
            .Select(fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.FullName ?? "")
            .Where(path => path.StartsWith('/') && !path.StartsWith("/proc", StringComparison.Ordinal) && !path.StartsWith("/dev", StringComparison.Ordinal)
                && !path.Contains(':', StringComparison.Ordinal) && !path.StartsWith(Product.Folder, StringComparison.Ordinal))];
        Assert.NotEmpty(written);
        Assert.All(written, path => Assert.StartsWith(daemon.DataDirectory, path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ItStartsFromALinkAndWithABareEnvironment()
    {
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder.File("linked"), Product.Binary);
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(
            new DaemonStart { Binary = folder.File("linked"), Wrapper = ["env", "-i"] });
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
    }

    [Fact]
    public async Task ItNeverLeavesTheMachine()
    {
        // No listening or connected socket but the one it was told to open.
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        await daemon.Client.IdOfAsync(People.Cage);
        string[] inodes = [.. Directory.GetFiles($"/proc/{daemon.Id}/fd")
            .Select(fd => new FileInfo(fd).LinkTarget ?? "").Where(t => t.StartsWith("socket:[", StringComparison.Ordinal)).Select(t => t[8..^1])];
        foreach (string table in (string[])["tcp", "tcp6", "udp", "udp6"])
        {
            foreach (string[] columns in File.ReadLines($"/proc/{daemon.Id}/net/{table}").Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                // Address in the kernel's byte order: 127.0.0.1, and as IPv6 of it.
                Assert.True(
                    !inodes.Contains(columns[9]) || columns[1].Split(':')[0] is "0100007F" or "0000000000000000FFFF00000100007F",
                    $"{table}: {columns[1]} -> {columns[2]}");
            }
        }
    }
}
