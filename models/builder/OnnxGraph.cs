using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>Writes an ONNX graph node by node. Tensors are known by name; what a method makes it returns.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The batch: a side that is only known when the model runs.</summary>
    public const long Any = -1;

    /// <summary>A side of a picture that is only known when the model runs, and is no other side's.</summary>
    public const long AnySide = -2;

    // Old enough for every runtime of the last years, new enough for all that is used here.
    private const long IrVersion = 7;
    private const long Opset = 13;

    private readonly GraphProto _graph;
    private int _next;

    /// <summary>An empty graph.</summary>
    public OnnxGraph(string name) => _graph = new GraphProto { Name = name };

    /// <summary>Declares what is fed.</summary>
    public string Input(string name, params ReadOnlySpan<long> shape)
    {
        _graph.Input.Add(Value(name, shape));
        return name;
    }

    /// <summary>Declares a tensor as wanted, under a name of its own.</summary>
    public void Output(string tensor, string name, params ReadOnlySpan<long> shape)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Input = { tensor }, Output = { name } });
        _graph.Output.Add(Value(name, shape));
    }

    /// <summary>Adds a constant of 32-bit floats.</summary>
    public string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => Add(Tensor(NextName(), values, shape));

    /// <summary>Adds a constant of unsigned bytes.</summary>
    public string Bytes(ReadOnlySpan<byte> values, params ReadOnlySpan<long> shape) =>
        Add(Raw(NextName(), TensorProto.Types.DataType.Uint8, values, values.Length, shape));

    /// <summary>Adds a constant row of whole numbers.</summary>
    public string Integers(params ReadOnlySpan<long> values) =>
        Add(Raw(NextName(), TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values), values.Length, [values.Length]));

    /// <summary>Adds a node with one output.</summary>
    public string Node(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = op, Output = { NextName() } };
        foreach (var input in inputs)
        {
            node.Input.Add(input);
        }
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }
        _graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>Adds a convolution with a square kernel.</summary>
    /// <param name="input">N x C x H x W.</param>
    /// <param name="weights">Output channels x input channels a group x <paramref name="kernel"/> x <paramref name="kernel"/>.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="bias">One number an output channel.</param>
    /// <param name="stride">Step in both directions.</param>
    /// <param name="pads">Zeros added at the top, left, bottom and right.</param>
    /// <param name="group">Groups of channels that do not see each other.</param>
    public string Conv(string input, string weights, int kernel, ReadOnlySpan<float> bias, int stride, long[] pads, int group = 1) =>
        Node(
            "Conv",
            [input, weights, Constant(bias, bias.Length)],
            Int("group", group),
            Ints("kernel_shape", kernel, kernel),
            Ints("pads", pads),
            Ints("strides", stride, stride));

    /// <summary>The finished model.</summary>
    public ModelProto Finish() => new()
    {
        IrVersion = IrVersion,
        ProducerName = "faceedge-models",
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        Graph = _graph,
    };

    /// <summary>An attribute of one whole number.</summary>
    public static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>An attribute of several whole numbers.</summary>
    public static AttributeProto Ints(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
        {
            attribute.Ints.Add(value);
        }
        return attribute;
    }

    /// <summary>A tensor of 32-bit floats.</summary>
    public static TensorProto Tensor(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Raw(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values), values.Length, shape);

    /// <summary>The values of a constant of 32-bit floats.</summary>
    public static float[] Floats(TensorProto tensor) =>
        tensor.RawData.Length > 0 ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : [.. tensor.FloatData];

    /// <summary>A declared input or output.</summary>
    public static ValueInfoProto Value(string name, params ReadOnlySpan<long> shape)
    {
        var sides = new TensorShapeProto();
        foreach (var side in shape)
        {
            sides.Dim.Add(side switch
            {
                Any => new TensorShapeProto.Types.Dimension { DimParam = "N" },
                AnySide => new TensorShapeProto.Types.Dimension(),
                _ => new TensorShapeProto.Types.Dimension { DimValue = side },
            });
        }
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = sides } },
        };
    }

    private static TensorProto Raw(
        string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, int count, ReadOnlySpan<long> shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        long room = 1;
        foreach (var side in shape)
        {
            tensor.Dims.Add(side);
            room *= side;
        }
        return room == count ? tensor : throw new InvalidDataException($"{count} values do not fill a tensor of {room}.");
    }

    private string Add(TensorProto constant)
    {
        _graph.Initializer.Add(constant);
        return constant.Name;
    }

    private string NextName() => $"t{_next++}";
}
