using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// Makes UltraFace run at another size. Its layers take any size; only its priors, the boxes that its answers are relative to, are
/// constants for 320x240 (as in the authors' <c>generate_priors</c>, github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB).
/// </summary>
internal static class UltraFace
{
    private const int OriginalWidth = 320;
    private const int OriginalHeight = 240;

    // Pixels a step of each map covers, and the box sizes looked for there.
    private static readonly (int Stride, float[] Sizes)[] Maps =
        [(8, [10, 16, 24]), (16, [32, 48]), (32, [64, 96]), (64, [128, 192, 256])];

    /// <summary>The network for <paramref name="width"/> x <paramref name="height"/>.</summary>
    /// <exception cref="InvalidDataException">The model's own priors are not what this class would make for its own size.</exception>
    public static ModelProto Resize(byte[] file, int width, int height)
    {
        var model = ModelProto.Parser.ParseFrom(file);
        var (sizes, centres) = Priors(width, height);
        var (ownSizes, ownCentres) = Priors(OriginalWidth, OriginalHeight);
        var replaced = 0;
        foreach (var node in model.Graph.Node.Where(n => n.OpType == "Constant"))
        {
            var tensor = node.Attribute[0].T;
            if (tensor.Dims is not [1, var anchors, 2])
            {
                continue;
            }
            var own = OnnxGraph.Floats(tensor);
            var isSizes = Same(own, ownSizes);
            if (anchors != ownSizes.Length / 2 || (!isSizes && !Same(own, ownCentres)))
            {
                throw new InvalidDataException("The detector's priors are not UltraFace's.");
            }
            node.Attribute[0].T = OnnxGraph.Tensor(tensor.Name, isSizes ? sizes : centres, 1, sizes.Length / 2, 2);
            replaced++;
        }
        // Sizes twice (for the centre's offset and for the size itself), centres once.
        if (replaced != 3)
        {
            throw new InvalidDataException($"{replaced} constants of priors found, not 3.");
        }
        SetShape(model.Graph.Input.Single(), 1, 3, height, width);
        SetShape(model.Graph.Output.Single(o => o.Name == "scores"), 1, sizes.Length / 2, 2);
        SetShape(model.Graph.Output.Single(o => o.Name == "boxes"), 1, sizes.Length / 2, 4);
        model.Graph.ValueInfo.Clear();
        return model;
    }

    /// <summary>Widths and heights, and centres, of all priors, relative to the picture and cut at its border.</summary>
    private static (float[] Sizes, float[] Centres) Priors(int width, int height)
    {
        List<float> sizes = [], centres = [];
        foreach (var (stride, boxes) in Maps)
        {
            // The centres divide the picture evenly, also where a map is not a whole number of steps high.
            var (columns, rows) = ((width + stride - 1) / stride, (height + stride - 1) / stride);
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                {
                    foreach (var box in boxes)
                    {
                        centres.AddRange([Clip((x + 0.5) / columns), Clip((y + 0.5) / rows)]);
                        sizes.AddRange([Clip((double)box / width), Clip((double)box / height)]);
                    }
                }
            }
        }
        return ([.. sizes], [.. centres]);
    }

    private static float Clip(double value) => (float)Math.Clamp(value, 0, 1);

    private static bool Same(float[] a, float[] b) =>
        a.Length == b.Length && a.Zip(b).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6);

    private static void SetShape(ValueInfoProto value, params ReadOnlySpan<long> shape) =>
        value.Type = OnnxGraph.Value(value.Name, shape).Type;
}
