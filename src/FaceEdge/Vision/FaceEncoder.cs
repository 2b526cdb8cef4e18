using System.Numerics.Tensors;

namespace FaceEdge.Vision;

/// <summary>Turns an aligned face into its encoding, a unit vector. Used by one thread at a time.</summary>
public sealed class FaceEncoder : IDisposable
{
    private const int Plane = FaceAligner.Side * FaceAligner.Side;

    private readonly ModelRun _run;
    private readonly float[] _output;

    /// <summary>Buffers for an encoder that gives <paramref name="dimensions"/> numbers.</summary>
    /// <exception cref="ModelException">The model has other inputs or outputs.</exception>
    public FaceEncoder(OnnxModel model, int dimensions)
    {
        _run = new ModelRun(model, "input", 1, 3, FaceAligner.Side, FaceAligner.Side);
        _output = _run.BindOutput("output", 1, dimensions);
    }

    /// <summary>Writes the encoding of an aligned face.</summary>
    /// <param name="aligned">112x112 RGB, <see cref="FaceAligner.Bytes"/> bytes.</param>
    /// <param name="encoding">Receives as many numbers as the encoder has dimensions, of unit length.</param>
    /// <returns>The length of the network's output before it was scaled.</returns>
    /// <exception cref="ModelException">The network failed or gave no direction (zero, infinite or not a number).</exception>
    public float Encode(ReadOnlySpan<byte> aligned, Span<float> encoding)
    {
        // Plain RGB: each network's own order of colours and scaling was folded into it when it was made (models/builder).
        var red = _run.Input.AsSpan(0, Plane);
        var green = _run.Input.AsSpan(Plane, Plane);
        var blue = _run.Input.AsSpan(2 * Plane, Plane);
        for (var i = 0; i < Plane; i++)
        {
            red[i] = aligned[3 * i];
            green[i] = aligned[(3 * i) + 1];
            blue[i] = aligned[(3 * i) + 2];
        }
        _run.Run();
        return Normalise(_output, encoding);
    }

    /// <summary>Writes <paramref name="vector"/> scaled to unit length.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="ModelException">It has no direction: its length is zero, infinite or not a number.</exception>
    public static float Normalise(ReadOnlySpan<float> vector, Span<float> unit)
    {
        var length = TensorPrimitives.Norm(vector);
        if (!float.IsNormal(length))
        {
            throw new ModelException($"The encoder gave a vector of length {length}: the model or its runtime is broken.");
        }
        TensorPrimitives.Divide(vector, length, unit);
        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
