using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

public sealed class ModelManifestTests : IDisposable
{
    private static readonly string Built = Path.Combine(AppContext.BaseDirectory, "models");

    private readonly string _folder = Directory.CreateTempSubdirectory("faceedge-models").FullName;

    public ModelManifestTests()
    {
        foreach (var file in Directory.GetFiles(Built))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ACopiedFolderLoadsAlsoByARelativePath()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, _folder);
        Assert.False(Path.IsPathRooted(relative));
        using var analyzer = FaceAnalyzer.Load(relative, new VisionOptions());
        Assert.Equal("fr512", analyzer.Encoder);
        Assert.Equal(512, analyzer.Dimensions);
    }

    [Theory]
    [InlineData("ultraface.onnx", "detector")]
    [InlineData("fr_landmark.onnx", "landmarks")]
    [InlineData("fr512.onnx", "encoder")]
    public void AModelWithOneOtherByteIsRefused(string file, string role)
    {
        var path = Path.Combine(_folder, file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        var refused = Assert.Throws<ModelException>(() => FaceAnalyzer.Load(_folder, new VisionOptions()));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Contains(role, refused.Message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ultraface.onnx")]
    [InlineData("fr_landmark.onnx")]
    [InlineData("fr512.onnx")]
    [InlineData("models.json")]
    public void AMissingFileIsNamed(string file)
    {
        File.Delete(Path.Combine(_folder, file));
        var refused = Assert.Throws<ModelException>(() => FaceAnalyzer.Load(_folder, new VisionOptions()));
        Assert.Contains(Path.Combine(_folder, file), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFolderIsNamed()
    {
        var folder = Path.Combine(_folder, "elsewhere");
        Assert.Contains(folder, Assert.Throws<ModelException>(() => FaceAnalyzer.Load(folder, new VisionOptions())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"models\":[]}")]
    [InlineData("{\"models\":[{\"role\":\"detector\"}]}")]
    [InlineData("{\"models\":[{\"role\":\"detector\",\"name\":\"x\",\"file\":null,\"sha256\":\"00\"}]}")]
    public void AManifestThatIsNoneIsRefused(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "models.json"), json);
        Assert.Contains("models.json", Assert.Throws<ModelException>(() => FaceAnalyzer.Load(_folder, new VisionOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingRoleIsNamed()
    {
        var path = Path.Combine(_folder, "models.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"landmarks\"", "\"other\"", StringComparison.Ordinal));
        Assert.Contains("landmarks", Assert.Throws<ModelException>(() => FaceAnalyzer.Load(_folder, new VisionOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVerifiedFileThatIsNoModelIsRefused()
    {
        var error = Assert.Throws<ModelException>(() => OnnxModel.Load("nonsense", [1, 2, 3, 4], 1));
        Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelInTheWrongRoleIsRefused()
    {
        // The landmark model's hash is right, its input is not the encoder's.
        var path = Path.Combine(_folder, "models.json");
        var json = File.ReadAllText(path)
            .Replace("\"landmarks\"", "\"swapped\"", StringComparison.Ordinal)
            .Replace("\"encoder\"", "\"landmarks\"", StringComparison.Ordinal)
            .Replace("\"swapped\"", "\"encoder\"", StringComparison.Ordinal);
        File.WriteAllText(path, json);
        Assert.Throws<ModelException>(() => FaceAnalyzer.Load(_folder, new VisionOptions { Encoder = "landmarks-68" }));
    }

    [Fact]
    public void AnUnknownEncoderIsRefusedAndTheKnownOnesAreNamed()
    {
        var refused = Assert.Throws<ModelException>(() => FaceAnalyzer.Load(_folder, new VisionOptions { Encoder = "fr513" }));
        Assert.Contains("'fr513'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("fr512, mfn192", refused.Message, StringComparison.Ordinal);
    }
}
