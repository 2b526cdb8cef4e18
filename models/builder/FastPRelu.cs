using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// Rewrites PReLU into convolutions, which ONNX Runtime is made for: on x64 it keeps pictures in blocks of channels (NCHWc) from one
/// convolution to the next, but has no PReLU for them and goes back to rows and forth again around each; elsewhere, too, its PReLU is
/// slower than two depthwise 1x1 convolutions with the Relu and the sum fused into them.
/// </summary>
internal static class FastPRelu
{
    /// <summary>Replaces every PReLU of a picture (slopes C x 1 x 1) in the graph; the values stay the same but for rounding.</summary>
    public static ModelProto Rewrite(ModelProto model)
    {
        var graph = model.Graph;
        var constants = graph.Initializer.ToDictionary(t => t.Name);
        var nodes = graph.Node.ToArray();
        graph.Node.Clear();
        foreach (var node in nodes)
        {
            if (node.OpType == "PRelu" && constants[node.Input[1]] is { Dims: [_, 1, 1] } slopes)
            {
                Replace(graph, node.Input[0], node.Output[0], OnnxGraph.Floats(slopes));
                graph.Initializer.Remove(slopes);
            }
            else
            {
                graph.Node.Add(node);
            }
        }
        return model;
    }

    /// <summary>y = PReLU(x) = slope x + (1 - slope) relu(x).</summary>
    private static void Replace(GraphProto graph, string x, string y, float[] slopes)
    {
        var rest = Array.ConvertAll(slopes, s => 1 - s);
        if (rest.Min() >= 0)
        {
            // (1 - slope) relu(x) is relu((1 - slope) x) then: one step less.
            Depthwise(graph, x, $"{y}_scaled", rest);
            Relu(graph, $"{y}_scaled", $"{y}_rest");
        }
        else
        {
            Relu(graph, x, $"{y}_relu");
            Depthwise(graph, $"{y}_relu", $"{y}_rest", rest);
        }
        Depthwise(graph, x, $"{y}_linear", slopes);
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { $"{y}_linear", $"{y}_rest" }, Output = { y } });
    }

    private static void Relu(GraphProto graph, string input, string output) =>
        graph.Node.Add(new NodeProto { OpType = "Relu", Input = { input }, Output = { output } });

    private static void Depthwise(GraphProto graph, string input, string output, float[] factors)
    {
        graph.Initializer.Add(OnnxGraph.Tensor($"{output}_factors", factors, factors.Length, 1, 1, 1));
        graph.Node.Add(new NodeProto
        {
            OpType = "Conv",
            Input = { input, $"{output}_factors" },
            Output = { output },
            Attribute = { OnnxGraph.Int("group", factors.Length), OnnxGraph.Ints("kernel_shape", 1, 1) },
        });
    }
}
