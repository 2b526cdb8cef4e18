using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

/// <summary>libturbojpeg is used where it works, and a bad one costs nothing but speed.</summary>
public class JpegLaneTests
{
    private const string Functions = """
        #include <string.h>
        void *tjInitDecompress(void) { static int it; return &it; }
        int tjDestroy(void *h) { return 0; }
        int tjGetErrorCode(void *h) { return 1; }
        char *tjGetErrorStr2(void *h) { return "made to fail"; }
        int tjDecompressHeader3(void *h, const unsigned char *j, unsigned long n, int *w, int *t, int *s, int *c) { *c = 1; return 0; }
        """;

    [Fact]
    public void TheDistributionsLibraryIsUsed()
    {
        JpegLane lane = JpegLane.Choose(TurboJpeg.Library);
        Assert.Null(lane.Problem);
        Assert.NotNull(lane.Turbo);
        Assert.Equal("JPEG through libturbojpeg.so.0", lane.Description);
    }

    [Theory]
    [InlineData("no-such-library.so.0", "not installed")]
    [InlineData("libm.so.6", "tjInitDecompress")] // another library by that name
    public void AMissingOrForeignLibraryFallsBackAndSaysSo(string library, string said) => AssertFallsBack(library, said);

    [Fact]
    public void AFileThatIsNoLibraryFallsBack()
    {
        string empty = Path.GetTempFileName();
        try
        {
            AssertFallsBack(empty, "cannot be loaded");
        }
        finally
        {
            File.Delete(empty);
        }
    }

    [Theory]
    [InlineData("", "tjDecompress2")] // too old
    [InlineData("memset(p, 0, (size_t) pitch * h); return 0;", "wrongly")]
    [InlineData("return -1;", "made to fail")]
    public void ALibraryThatDecodesWrongFallsBack(string body, string said)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("faceedge-test-");
        try
        {
            string source = Path.Combine(folder.FullName, "fake.c"), library = Path.Combine(folder.FullName, "fake.so");
            string decompress = "int tjDecompress2(void *x, const unsigned char *j, unsigned long n, unsigned char *p, int w, int pitch, int h, int f, int g) {";
            File.WriteAllText(source, $"{Functions}\n{(body.Length > 0 ? $"{decompress} {body} }}" : "")}\n");
            Tools.Run("gcc", [], "-shared", "-fPIC", "-o", library, source);
            AssertFallsBack(library, said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void AssertFallsBack(string library, string said)
    {
        JpegLane lane = JpegLane.Choose(library);
        Assert.Contains(said, lane.Problem);
        Assert.Contains("through Skia", lane.Description);
        Assert.Contains(library, lane.Description);
        Assert.Null(lane.Turbo);
        Tools.Decode(Tools.Jpeg, lane).MustEqual(Tools.Reference(Tools.Jpeg, "jpeg"), 0);
    }
}
