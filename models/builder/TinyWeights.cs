using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// Takes weights that training let fade to next to nothing for what they are, nothing. Numbers near the end of what a 32-bit float holds (1e-38), and products
/// with them, cost Intel's processors a hundred times as long as others: fr512 has thousands, and one encoding took 34 ms instead of 4.
/// </summary>
internal static class TinyWeights
{
    /// <summary>
    /// A million such weights, each times a thousand, sum up to a fiftieth of what a float of 1 is rounded by; and two numbers of at least that much never
    /// multiply to less than a float holds.
    /// </summary>
    private const float Least = 1e-18f;

    /// <summary>Makes them zero in every constant.</summary>
    public static ModelProto Drop(ModelProto model)
    {
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            if (tensor.DataType != (int)TensorProto.Types.DataType.Float)
            {
                continue;
            }

            float[] values = OnnxGraph.Floats(tensor);
            if (Array.Exists(values, static value => value != 0 && MathF.Abs(value) < Least))
            {
                TensorProto without = OnnxGraph.Tensor(tensor.Name, Array.ConvertAll(values, static value => MathF.Abs(value) < Least ? 0 : value), [.. tensor.Dims]);
                tensor.FloatData.Clear();
                tensor.RawData = without.RawData;
            }
        }

        return model;
    }
}
