using System.Runtime.InteropServices;

namespace FaceEdge.ModelBuilder;

/// <summary>The operators that the two networks use; the numbers are TFLite's (<c>BuiltinOperator</c> in its schema.fbs, version 3).</summary>
internal enum TfLiteOp
{
    Add = 0,
    Conv2D = 3,
    DepthwiseConv2D = 4,
    FullyConnected = 9,
    MaxPool2D = 17,
    Mul = 18,
    Relu = 19,
    Reshape = 22,
    Sub = 41,
    Div = 42,
    Exp = 47,
    Neg = 59,
    Sum = 74,
    ReduceMax = 82,
    Abs = 101,
}

/// <summary>A tensor of a TFLite model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its sides, images as N, H, W, C.</param>
/// <param name="Data">The values of a constant; empty for one that is computed.</param>
internal sealed record TfLiteTensor(string Name, int[] Shape, float[] Data);

/// <summary>A step of a TFLite model.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Inputs">Tensors it takes, -1 for one left out.</param>
/// <param name="Output">The tensor it makes.</param>
/// <param name="Options">Its settings; null when it has none.</param>
internal sealed record TfLiteStep(TfLiteOp Op, int[] Inputs, int Output, FlatTable? Options);

/// <summary>A TFLite model: one graph of float tensors, its steps in order of execution.</summary>
internal sealed class TfLiteModel
{
    private const int Float32 = 0;

    private TfLiteModel(TfLiteTensor[] tensors, TfLiteStep[] steps, int input, int[] outputs)
    {
        Tensors = tensors;
        Steps = steps;
        Input = input;
        Outputs = outputs;
    }

    /// <summary>The tensors that the steps count from 0.</summary>
    public TfLiteTensor[] Tensors { get; }

    /// <summary>The steps in order.</summary>
    public TfLiteStep[] Steps { get; }

    /// <summary>The tensor that is fed.</summary>
    public int Input { get; }

    /// <summary>The tensors that are wanted.</summary>
    public int[] Outputs { get; }

    /// <summary>Reads a .tflite file (fields as in tensorflow/lite/schema/schema.fbs).</summary>
    /// <exception cref="InvalidDataException">It is not a model of one graph with one input.</exception>
    public static TfLiteModel Read(byte[] file)
    {
        if (file.Length < 8 || !file.AsSpan(4, 4).SequenceEqual("TFL3"u8))
        {
            throw new InvalidDataException("This is not a TFLite file of schema version 3.");
        }
        var model = FlatTable.Root(file);
        var graph = model.Tables(2) is [var only] ? only : throw new InvalidDataException("A model of one graph was expected.");
        var input = graph.Ints(1) is [var fed] ? fed : throw new InvalidDataException("A model with one input was expected.");
        // The operator's number is the larger of two fields: an 8-bit one and its wider successor.
        var ops = Array.ConvertAll(model.Tables(1), c => (TfLiteOp)Math.Max(c.Byte(0), c.Int(3)));
        var buffers = model.Tables(4);
        var tensors = Array.ConvertAll(graph.Tables(0), t => new TfLiteTensor(
            t.Text(3),
            t.Ints(0),
            t.Byte(1) == Float32 ? MemoryMarshal.Cast<byte, float>(buffers[t.Int(2)].Bytes(0)).ToArray() : []));
        var steps = Array.ConvertAll(graph.Tables(3), s => new TfLiteStep(ops[s.Int(0)], s.Ints(1), s.Ints(2)[0], s.Table(4)));
        return new TfLiteModel(tensors, steps, input, graph.Ints(2));
    }
}
