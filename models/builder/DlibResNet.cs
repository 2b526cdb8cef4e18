using Onnx;

namespace FaceEdge.ModelBuilder;

/// <summary>
/// dlib's face recognition network (github.com/davisking/dlib-models, dlib_face_recognition_resnet_model_v1; a ResNet of 29
/// layers), whose encodings Python's face_recognition stores. Layers as in face-api's <c>src/faceRecognitionNet</c>, but for the
/// input, which dlib divides by 256 and face-api by 255: encodings that dlib made must keep matching.
/// </summary>
internal sealed class DlibResNet
{
    private const int Side = 150;

    // dlib/dnn/input.h, input_rgb_image_sized.
    private static readonly float[] Mean = [122.782f, 117.001f, 104.298f];
    private const float Divisor = 256;

    private readonly Dictionary<string, TfjsTensor> _weights;
    private readonly OnnxGraph _graph = new("main");

    // The picture on its way through: its tensor, channels and side.
    private string _x;
    private int _channels = 3;
    private int _side = Side;

    private DlibResNet(Dictionary<string, TfjsTensor> weights)
    {
        _weights = weights;
        var input = _graph.Input("input", OnnxGraph.Any, 3, Side, Side);
        var centred = _graph.Node("Sub", [input, _graph.Constant(Mean, 3, 1, 1)]);
        _x = _graph.Node("Div", [centred, _graph.Constant([Divisor], 1)]);
    }

    /// <summary>The model: N x 3 x 150 x 150 (RGB, 0 to 255) to N x 128, as dlib gives them, not of unit length.</summary>
    public static ModelProto Make(Dictionary<string, TfjsTensor> weights) => new DlibResNet(weights).Make();

    private ModelProto Make()
    {
        (_x, _channels, _side) = (Relu(Conv(_x, "conv32_down", 2)), 32, (_side - 7) / 2 + 1);
        (_x, _side) = (Pool("MaxPool", 3), (_side - 3) / 2 + 1);
        foreach (var name in (string[])["conv32_1", "conv32_2", "conv32_3"])
        {
            Residual(name);
        }
        ResidualDown("conv64_down", 64);
        foreach (var name in (string[])["conv64_1", "conv64_2", "conv64_3"])
        {
            Residual(name);
        }
        ResidualDown("conv128_down", 128);
        foreach (var name in (string[])["conv128_1", "conv128_2"])
        {
            Residual(name);
        }
        ResidualDown("conv256_down", 256);
        foreach (var name in (string[])["conv256_1", "conv256_2"])
        {
            Residual(name);
        }
        ResidualDown("conv256_down_out", 256);

        var mean = _graph.Node("Flatten", [_graph.Node("GlobalAveragePool", [_x])]);
        var fc = _weights["fc"];
        var encoding = _graph.Node("MatMul", [mean, _graph.Constant(fc.Floats(), fc.Shape[0], fc.Shape[1])]);
        _graph.Output(encoding, "output", OnnxGraph.Any, fc.Shape[1]);
        return _graph.Finish();
    }

    private void Residual(string name)
    {
        var y = Relu(Conv(_x, $"{name}/conv1", 1));
        _x = Relu(_graph.Node("Add", [Conv(y, $"{name}/conv2", 1), _x]));
    }

    /// <summary>Halves the side. What is smaller than the other, by a row and column or by channels, is filled up with zeros.</summary>
    private void ResidualDown(string name, int channels)
    {
        var y = Conv(Relu(Conv(_x, $"{name}/conv1", 2)), $"{name}/conv2", 1);
        var pooled = Pool("AveragePool", 2);
        var (side, pooledSide) = ((_side - 3) / 2 + 1, _side / 2);
        if (side < pooledSide)
        {
            y = _graph.Node("Pad", [y, _graph.Integers(0, 0, 0, 0, 0, 0, pooledSide - side, pooledSide - side)]);
        }
        if (_channels < channels)
        {
            pooled = _graph.Node("Pad", [pooled, _graph.Integers(0, 0, 0, 0, 0, channels - _channels, 0, 0)]);
        }
        (_x, _channels, _side) = (Relu(_graph.Node("Add", [y, pooled])), channels, pooledSide);
    }

    /// <summary>A convolution with the factor and the term that follow it folded in; padded with stride 1, not with stride 2.</summary>
    private string Conv(string input, string name, int stride)
    {
        var filters = _weights[$"{name}/conv/filters"];
        var factors = _weights[$"{name}/scale/weights"].Floats();
        var bias = _weights[$"{name}/conv/bias"].Floats();
        var terms = _weights[$"{name}/scale/biases"].Floats();
        for (var o = 0; o < bias.Length; o++)
        {
            bias[o] = (bias[o] * factors[o]) + terms[o];
        }
        var kernel = filters.Shape[0];
        var pad = stride == 1 ? kernel / 2 : 0;
        return _graph.Conv(input, Filters(filters, factors), kernel, bias, stride, [pad, pad, pad, pad]);
    }

    /// <summary>
    /// The filters, H x W x I x O there, O x I x H x W here. Quantised ones stay bytes in the file, a quarter of the size, and are
    /// computed by nodes that the runtime runs once when it loads the model.
    /// </summary>
    private string Filters(TfjsTensor filters, float[] factors)
    {
        var (height, width, inputs, outputs) = (filters.Shape[0], filters.Shape[1], filters.Shape[2], filters.Shape[3]);
        if (!filters.Quantised)
        {
            var values = Transposed(filters.Floats(), height * width, inputs, outputs);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] *= factors[i / (values.Length / outputs)];
            }
            return _graph.Constant(values, outputs, inputs, height, width);
        }
        // min is a whole number of steps by the way TensorFlow.js quantises: a weight of 0 stays 0.
        var zero = Math.Round(filters.Min / filters.Scale);
        if (Math.Abs((filters.Min / filters.Scale) - zero) > 1e-3)
        {
            throw new InvalidDataException("Filters without an exact zero.");
        }
        var bytes = _graph.Bytes(Transposed(filters.Bytes, height * width, inputs, outputs), outputs, inputs, height, width);
        var steps = _graph.Node("Add", [_graph.Node("Cast", [bytes], OnnxGraph.Int("to", 1)), _graph.Constant([(float)zero], 1)]);
        var scales = Array.ConvertAll(factors, f => (float)(f * filters.Scale));
        return _graph.Node("Mul", [steps, _graph.Constant(scales, outputs, 1, 1, 1)]);
    }

    /// <summary>Positions x inputs x outputs to outputs x inputs x positions.</summary>
    private static T[] Transposed<T>(T[] values, int positions, int inputs, int outputs)
    {
        var transposed = new T[values.Length];
        for (var (o, at) = (0, 0); o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var p = 0; p < positions; p++)
                {
                    transposed[at++] = values[(((p * inputs) + i) * outputs) + o];
                }
            }
        }
        return transposed;
    }

    private string Relu(string x) => _graph.Node("Relu", [x]);

    private string Pool(string op, int kernel) =>
        _graph.Node(op, [_x], OnnxGraph.Ints("kernel_shape", kernel, kernel), OnnxGraph.Ints("strides", 2, 2));
}
