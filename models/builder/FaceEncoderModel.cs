using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>Gives an encoder that takes scaled BGR the input that all ours take: N faces of 3 x 112 x 112, RGB from 0 to 255.</summary>
internal static class FaceEncoderModel
{
    /// <summary>Folds the order of the colours and the scaling into the network and leaves its batch open.</summary>
    /// <param name="file">An ONNX model whose <c>input</c> goes into a convolution and nowhere else, and whose <c>output</c> a Reshape makes.</param>
    /// <param name="mean">Subtracted from a pixel value, as the network was trained.</param>
    /// <param name="scale">The rest is divided by it.</param>
    public static ModelProto TakeRgb(byte[] file, float mean, float scale)
    {
        var model = ModelProto.Parser.ParseFrom(file);
        var graph = model.Graph;
        var first = graph.Node.Single(n => n.Input.Contains("input"));
        var weights = graph.Initializer.Single(t => t.Name == first.Input[1]);
        if (first.OpType != "Conv" || weights.Dims is not [var outputs, 3, var height, var width])
        {
            throw new InvalidDataException("The encoder does not begin with a convolution of three colours.");
        }
        var values = OnnxGraph.Floats(weights);
        var plane = (int)(height * width);
        var folded = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // Colour c of each output's kernel becomes colour 2 - c.
            var colour = i / plane % 3;
            folded[i + ((2 - (2 * colour)) * plane)] = values[i] / scale;
        }
        graph.Initializer[graph.Initializer.IndexOf(weights)] = OnnxGraph.Tensor(weights.Name, folded, outputs, 3, height, width);

        // The mean is not in the bias, because the convolution's padding is zero after it.
        graph.Initializer.Add(OnnxGraph.Tensor("mean", [mean], 1));
        graph.Node.Insert(0, new NodeProto { OpType = "Sub", Input = { "input", "mean" }, Output = { "centred" } });
        first.Input[0] = "centred";

        var last = graph.Node.Single(n => n.Output.Contains("output"));
        if (last.OpType != "Reshape")
        {
            throw new InvalidDataException("The encoder does not end with a Reshape.");
        }
        graph.Initializer.Remove(graph.Initializer.Single(t => t.Name == last.Input[1]));
        last.OpType = "Flatten";
        last.Input.RemoveAt(1);

        var dimensions = graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue;
        graph.Input[0] = OnnxGraph.Value("input", OnnxGraph.Any, 3, 112, 112);
        graph.Output[0] = OnnxGraph.Value("output", OnnxGraph.Any, dimensions);
        graph.ValueInfo.Clear();
        return model;
    }
}
