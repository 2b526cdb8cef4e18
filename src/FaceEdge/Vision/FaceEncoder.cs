using System.Numerics.Tensors;

namespace FaceEdge.Vision;

/// <summary>Turns a face, cut out as its encoder learned it, into its encoding. Used by one thread at a time.</summary>
public sealed class FaceEncoder : IDisposable
{
    private readonly EncoderKind _kind;
    private readonly int _plane;
    private readonly ModelRun _run;
    private readonly float[] _output;

    /// <summary>Buffers for an encoder that gives <paramref name="dimensions"/> numbers.</summary>
    /// <exception cref="ModelException">The model has other inputs or outputs.</exception>
    public FaceEncoder(OnnxModel model, int dimensions, EncoderKind kind = EncoderKind.ArcFace)
    {
        int side = kind is EncoderKind.Dlib ? DlibChip.Side : FaceAligner.Side;
        _kind = kind;
        _plane = side * side;
        _run = new ModelRun(model, "input", 1, 3, side, side);
        _output = _run.BindOutput("output", 1, dimensions);
    }

    /// <summary>Writes the encoding of an aligned face.</summary>
    /// <param name="aligned">RGB as the kind of encoder wants it: <see cref="FaceAligner.Bytes"/> or <see cref="DlibChip.Bytes"/> bytes.</param>
    /// <param name="encoding">Receives as many numbers as the encoder has dimensions; of unit length unless the kind leaves them as they are.</param>
    /// <returns>The evidence, see <see cref="Face.Evidence"/>: the length of the network's output before it was scaled; for dlib's how upright it looks.</returns>
    /// <exception cref="ModelException">The network failed or gave no direction (zero, infinite or not a number).</exception>
    public float Encode(ReadOnlySpan<byte> aligned, Span<float> encoding)
    {
        // Plain RGB: each network's own order of colours and scaling was folded into it when it was made (models/builder).
        var red = _run.Input.AsSpan(0, _plane);
        var green = _run.Input.AsSpan(_plane, _plane);
        var blue = _run.Input.AsSpan(2 * _plane, _plane);
        for (var i = 0; i < _plane; i++)
        {
            red[i] = aligned[3 * i];
            green[i] = aligned[(3 * i) + 1];
            blue[i] = aligned[(3 * i) + 2];
        }
        _run.Run();
        var length = Normalise(_output, encoding);
        if (_kind is EncoderKind.Dlib)
        {
            _output.CopyTo(encoding);
            return DlibUprightness.Of(encoding);
        }
        return length;
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
