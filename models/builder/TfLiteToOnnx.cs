using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// Translates a TFLite network into ONNX: images become N, C, H, W with the batch left open, the input becomes plain RGB from 0 to
/// 255, and what TFLite's converter had taken apart (PReLU, softmax) becomes one node again.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="mean">Subtracted from a pixel value, as the network was trained.</param>
/// <param name="scale">The rest is divided by it.</param>
/// <param name="turned">
/// The network was trained on images with rows and columns swapped (MTCNN's were, in MATLAB); every kernel is swapped so
/// that it takes upright ones.
/// </param>
internal sealed class TfLiteToOnnx(TfLiteModel model, float mean, float scale, bool turned)
{
    private const int ValidPadding = 1;

    private readonly OnnxGraph _graph = new("main");
    private readonly Dictionary<int, string> _made = [];
    private readonly Dictionary<int, TfLiteStep> _makers = model.Steps.ToDictionary(s => s.Output);

    /// <summary>The ONNX model.</summary>
    /// <param name="outputs">Name of each output, in the network's order.</param>
    /// <exception cref="InvalidDataException">The network has parts that are not known here.</exception>
    public ModelProto Convert(params string[] outputs)
    {
        if (outputs.Length != model.Outputs.Length)
        {
            throw new InvalidDataException($"The network has {model.Outputs.Length} outputs, not {outputs.Length}.");
        }
        var shape = Shape(model.Input);
        var input = _graph.Input("input", OnnxGraph.Any, shape[3], shape[1], shape[2]);
        // The division is in the weights of the first layer; the mean is not in its bias, because its padding is zero after it.
        _made[model.Input] = _graph.Node("Sub", [input, _graph.Constant([mean], 1)]);
        foreach (var (tensor, name) in model.Outputs.Zip(outputs, (t, n) => (t, n)))
        {
            _graph.Output(Make(tensor), name, OnnxGraph.Any, Shape(tensor)[^1]);
        }
        return _graph.Finish();
    }

    private string Make(int tensor)
    {
        if (!_made.TryGetValue(tensor, out var name))
        {
            _made[tensor] = name = Translate(MakerOf(tensor));
        }
        return name;
    }

    private string Translate(TfLiteStep step) => step.Op switch
    {
        TfLiteOp.Conv2D => Conv(step),
        TfLiteOp.DepthwiseConv2D => DepthwiseConv(step),
        TfLiteOp.MaxPool2D => MaxPool(step),
        TfLiteOp.FullyConnected => FullyConnected(step),
        TfLiteOp.Reshape => _graph.Node("Flatten", [Make(step.Inputs[0])]),
        TfLiteOp.Add => TryPRelu(step) ?? _graph.Node("Add", [Make(step.Inputs[0]), Make(step.Inputs[1])]),
        TfLiteOp.Div => Softmax(step),
        _ => throw new InvalidDataException($"{step.Op} is not expected here."),
    };

    private string Conv(TfLiteStep step)
    {
        // Conv2DOptions: padding, stride_w, stride_h, activation.
        var options = Plain(step, activation: 3);
        var (data, shape) = (Data(step.Inputs[1]), Shape(step.Inputs[1]));
        var (outputs, height, width, inputs) = (shape[0], shape[1], shape[2], shape[3]);
        var divisor = step.Inputs[0] == model.Input ? scale : 1;
        var weights = new float[data.Length];
        for (var (o, at) = (0, 0); o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        var (row, column) = turned ? (x, y) : (y, x);
                        weights[at++] = data[(((((o * height) + row) * width) + column) * inputs) + i] / divisor;
                    }
                }
            }
        }
        return _graph.Conv(
            Make(step.Inputs[0]),
            _graph.Constant(weights, outputs, inputs, height, width),
            Square(width, height),
            Data(step.Inputs[2]),
            Stride(options),
            Pads(step, options, height));
    }

    private string DepthwiseConv(TfLiteStep step)
    {
        // DepthwiseConv2DOptions: padding, stride_w, stride_h, depth_multiplier, activation.
        var options = Plain(step, activation: 4);
        var (data, shape) = (Data(step.Inputs[1]), Shape(step.Inputs[1]));
        var (height, width, channels) = (shape[1], shape[2], shape[3]);
        var weights = new float[data.Length];
        for (var (c, at) = (0, 0); c < channels; c++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (row, column) = turned ? (x, y) : (y, x);
                    weights[at++] = data[(((row * width) + column) * channels) + c];
                }
            }
        }
        return _graph.Conv(
            Make(step.Inputs[0]),
            _graph.Constant(weights, channels, 1, height, width),
            Square(width, height),
            Data(step.Inputs[2]),
            Stride(options),
            Pads(step, options, height),
            channels);
    }

    private string MaxPool(TfLiteStep step)
    {
        // Pool2DOptions: padding, stride_w, stride_h, filter_width, filter_height, activation.
        var options = Plain(step, activation: 5);
        var side = Square(options.Int(3), options.Int(4));
        return _graph.Node(
            "MaxPool",
            [Make(step.Inputs[0])],
            OnnxGraph.Ints("kernel_shape", side, side),
            OnnxGraph.Ints("pads", Pads(step, options, side)),
            OnnxGraph.Ints("strides", Stride(options), Stride(options)));
    }

    private string FullyConnected(TfLiteStep step)
    {
        _ = Plain(step, activation: 0);
        var (data, shape) = (Data(step.Inputs[1]), Shape(step.Inputs[0]));
        var outputs = Shape(step.Inputs[1])[0];
        var input = Make(step.Inputs[0]);
        if (shape.Length == 4)
        {
            // The picture is laid out as C, H, W here, as H, W, C there.
            input = _graph.Node("Flatten", [input]);
            data = Reordered(data, outputs, shape[1], shape[2], shape[3]);
        }
        return _graph.Node(
            "Gemm",
            [input, _graph.Constant(data, outputs, data.Length / outputs), _graph.Constant(Data(step.Inputs[2]), outputs)],
            OnnxGraph.Int("transB", 1));
    }

    private float[] Reordered(float[] data, int outputs, int height, int width, int channels)
    {
        var reordered = new float[data.Length];
        for (var (o, at) = (0, 0); o < outputs; o++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        var (row, column) = turned ? (x, y) : (y, x);
                        reordered[at++] = data[(((((o * height) + row) * width) + column) * channels) + c];
                    }
                }
            }
        }
        return reordered;
    }

    /// <summary>
    /// relu(x) + c (x - |x|), which is PReLU of slope 2c, or relu(x) + c (-relu(-x)), of slope c; null when the sum is another.
    /// </summary>
    private string? TryPRelu(TfLiteStep sum)
    {
        if (!_makers.TryGetValue(sum.Inputs[0], out var relu) || relu.Op != TfLiteOp.Relu
            || !_makers.TryGetValue(sum.Inputs[1], out var product) || product.Op != TfLiteOp.Mul)
        {
            return null;
        }
        var x = relu.Inputs[0];
        var slope = Data(product.Inputs[0]);
        var negative = MakerOf(product.Inputs[1]);
        if (negative.Op == TfLiteOp.Sub && negative.Inputs[0] == x && MakerOf(negative.Inputs[1]) is { Op: TfLiteOp.Abs } absolute
            && absolute.Inputs[0] == x)
        {
            slope = Array.ConvertAll(slope, s => 2 * s);
        }
        else if (!(negative.Op == TfLiteOp.Neg && MakerOf(negative.Inputs[0]) is { Op: TfLiteOp.Relu } clipped
            && MakerOf(clipped.Inputs[0]) is { Op: TfLiteOp.Neg } opposite && opposite.Inputs[0] == x))
        {
            throw new InvalidDataException("An activation other than the two known forms of PReLU.");
        }
        // One slope a channel; a picture has its channels before its rows and columns.
        ReadOnlySpan<long> shape = Shape(x).Length == 4 ? [slope.Length, 1, 1] : [slope.Length];
        return _graph.Node("PRelu", [Make(x), _graph.Constant(slope, shape)]);
    }

    /// <summary>exp(x - max x) / sum of the same: softmax.</summary>
    private string Softmax(TfLiteStep quotient)
    {
        var exp = MakerOf(quotient.Inputs[0]);
        var sum = MakerOf(quotient.Inputs[1]);
        var difference = MakerOf(exp.Inputs[0]);
        var max = MakerOf(difference.Inputs[1]);
        return exp.Op == TfLiteOp.Exp && sum.Op == TfLiteOp.Sum && sum.Inputs[0] == exp.Output && difference.Op == TfLiteOp.Sub
            && max.Op == TfLiteOp.ReduceMax && max.Inputs[0] == difference.Inputs[0]
            ? _graph.Node("Softmax", [Make(difference.Inputs[0])], OnnxGraph.Int("axis", 1))
            : throw new InvalidDataException("A division that is not a softmax.");
    }

    /// <summary>TFLite's padding: none, or as much as makes the output input / stride wide, the odd pixel at the end.</summary>
    private long[] Pads(TfLiteStep step, FlatTable options, int kernel)
    {
        if (options.Byte(0) == ValidPadding)
        {
            return [0, 0, 0, 0];
        }
        var input = Square(Shape(step.Inputs[0])[1], Shape(step.Inputs[0])[2]);
        var output = Shape(step.Output)[1];
        var total = Math.Max(((output - 1) * Stride(options)) + kernel - input, 0);
        var before = total / 2;
        return [before, before, total - before, total - before];
    }

    /// <summary>The options of a step whose activation, the field given, is none.</summary>
    private static FlatTable Plain(TfLiteStep step, int activation) =>
        step.Options is { } options && options.Byte(activation) == 0
            ? options
            : throw new InvalidDataException($"{step.Op} with an activation of its own.");

    private static int Stride(FlatTable options) => Square(options.Int(1), options.Int(2));

    private static int Square(int width, int height) =>
        width == height ? width : throw new InvalidDataException($"{width} x {height}: only squares are expected.");

    private TfLiteStep MakerOf(int tensor) =>
        _makers.TryGetValue(tensor, out var maker) ? maker : throw new InvalidDataException($"Nothing makes {model.Tensors[tensor].Name}.");

    private int[] Shape(int tensor) => model.Tensors[tensor].Shape;

    private float[] Data(int tensor) =>
        model.Tensors[tensor].Data is { Length: > 0 } data ? data : throw new InvalidDataException($"{model.Tensors[tensor].Name} is no constant.");
}
