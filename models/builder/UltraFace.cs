using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// Takes the last part off UltraFace, which turns the answers of its four maps into boxes of a picture of 320x240: the layers before take a picture of
/// any size, and few of the 4,420 boxes are worth the arithmetic. The daemon does that part itself.
/// </summary>
internal static class UltraFace
{
    private const int OriginalWidth = 320;
    private const int OriginalHeight = 240;

    // Pixels from place to place of each map, and the box sizes looked for there; so in the authors' generate_priors
    // (github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB).
    private static readonly (int Stride, float[] Sizes)[] Maps =
        [(8, [10, 16, 24]), (16, [32, 48]), (32, [64, 96]), (64, [128, 192, 256])];

    /// <summary>
    /// The network that ends with its maps. For each of the strides S: <c>scoresS</c> (1 x 2 a box size x rows x columns: background, face, before the
    /// softmax) and <c>boxesS</c> (1 x 4 a box size x rows x columns: centre x, y, width, height, relative to the box of that size at that place).
    /// </summary>
    /// <exception cref="InvalidDataException">The model is not UltraFace, or its boxes are not relative to those this class knows.</exception>
    public static ModelProto TakeMaps(byte[] file)
    {
        var model = ModelProto.Parser.ParseFrom(file);
        var graph = model.Graph;
        CheckPriors(graph);
        // Two rows of all places are joined map by map; the one whose rows go through the softmax holds the scores.
        var joined = graph.Node.Where(n => n.OpType == "Concat" && n.Input.Count == Maps.Length).ToArray();
        var softmax = graph.Node.SingleOrDefault(n => n.OpType == "Softmax");
        if (joined.Length != 2 || softmax is null || joined.Count(n => n.Output[0] == softmax.Input[0]) != 1)
        {
            throw new InvalidDataException("The detector does not end as UltraFace does.");
        }

        graph.Output.Clear();
        var ends = new Dictionary<string, string>();
        foreach (var join in joined)
        {
            var (name, numbers) = join.Output[0] == softmax.Input[0] ? ("scores", 2) : ("boxes", 4);
            for (var i = 0; i < Maps.Length; i++)
            {
                var end = name + Maps[i].Stride;
                ends.Add(MapBehind(graph, join.Input[i]), end);
                graph.Output.Add(OnnxGraph.Value(end, 1, numbers * Maps[i].Sizes.Length, OnnxGraph.AnySide, OnnxGraph.AnySide));
            }
        }
        KeepWhatLeadsTo(graph, ends);
        foreach (var node in graph.Node)
        {
            node.Output[0] = ends.GetValueOrDefault(node.Output[0], node.Output[0]);
        }
        graph.Input[0] = OnnxGraph.Value("input", 1, 3, OnnxGraph.AnySide, OnnxGraph.AnySide);
        graph.ValueInfo.Clear();
        return model;
    }

    /// <summary>The convolution's output that a Transpose and a Reshape make a row of places of.</summary>
    private static string MapBehind(GraphProto graph, string row)
    {
        var reshape = graph.Node.Single(n => n.Output.Contains(row));
        var transpose = graph.Node.Single(n => n.Output.Contains(reshape.Input[0]));
        return reshape.OpType == "Reshape" && transpose.OpType == "Transpose"
            ? transpose.Input[0]
            : throw new InvalidDataException("The detector's maps do not end as UltraFace's do.");
    }

    private static void KeepWhatLeadsTo(GraphProto graph, Dictionary<string, string> ends)
    {
        var needed = new HashSet<string>(ends.Keys);
        var kept = new List<NodeProto>();
        foreach (var node in graph.Node.Reverse().Where(n => n.Output.Any(needed.Contains)))
        {
            kept.Insert(0, node);
            needed.UnionWith(node.Input);
        }
        graph.Node.Clear();
        graph.Node.AddRange(kept);
        foreach (var unused in graph.Initializer.Where(t => !needed.Contains(t.Name)).ToArray())
        {
            graph.Initializer.Remove(unused);
        }
    }

    /// <summary>The daemon makes boxes with priors of its own: they must be those that the network was trained with.</summary>
    private static void CheckPriors(GraphProto graph)
    {
        var (sizes, centres) = Priors();
        var own = graph.Node.Where(n => n.OpType == "Constant" && n.Attribute[0].T.Dims is [1, _, 2])
            .Select(n => OnnxGraph.Floats(n.Attribute[0].T)).ToArray();
        // Sizes twice (for the centre's offset and for the size itself), centres once.
        if (own.Length != 3 || own.Count(o => Same(o, sizes)) != 2 || own.Count(o => Same(o, centres)) != 1)
        {
            throw new InvalidDataException("The detector's priors are not UltraFace's.");
        }
    }

    /// <summary>Widths and heights, and centres, of all priors, relative to the picture and cut at its border.</summary>
    private static (float[] Sizes, float[] Centres) Priors()
    {
        List<float> sizes = [], centres = [];
        foreach (var (stride, boxes) in Maps)
        {
            // The centres divide the picture evenly, also where a map is not a whole number of steps high.
            var (columns, rows) = ((OriginalWidth + stride - 1) / stride, (OriginalHeight + stride - 1) / stride);
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                {
                    foreach (var box in boxes)
                    {
                        centres.AddRange([(x + 0.5f) / columns, (y + 0.5f) / rows]);
                        sizes.AddRange([Math.Min(1, box / OriginalWidth), Math.Min(1, box / OriginalHeight)]);
                    }
                }
            }
        }
        return ([.. sizes], [.. centres]);
    }

    private static bool Same(float[] a, float[] b) =>
        a.Length == b.Length && a.Zip(b).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
}
