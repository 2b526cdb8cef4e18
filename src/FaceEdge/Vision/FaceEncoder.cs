using System.Numerics.Tensors;

namespace FaceEdge.Vision;

/// <summary>
/// Turns a face, cut out as its encoder learned it, into its encoding. An ArcFace-style encoder may look twice: at the face, and at its mirror image
/// moved up by <see cref="SecondLookRise"/> pixels; what it says of both is added (docs/decisions/0014). Used by one thread at a time.
/// </summary>
public sealed class FaceEncoder : IDisposable
{
    /// <summary>
    /// Pixels by which the second look moves the face up; the last row is repeated below it. A second look from elsewhere tells more than one from
    /// the same place.
    /// </summary>
    public const int SecondLookRise = 2;

    private readonly EncoderKind _kind;
    private readonly int _side;
    private readonly ModelRun _run;
    private readonly float[] _output;
    private readonly float[] _firstOutput;

    /// <summary>Buffers for an encoder that gives <paramref name="dimensions"/> numbers.</summary>
    /// <exception cref="ModelException">The model has other inputs or outputs.</exception>
    public FaceEncoder(OnnxModel model, int dimensions, EncoderKind kind = EncoderKind.ArcFace)
    {
        _kind = kind;
        _side = kind is EncoderKind.Dlib ? DlibChip.Side : FaceAligner.Side;
        _run = new ModelRun(model, "input", 1, 3, _side, _side);
        _output = _run.BindOutput("output", 1, dimensions);
        _firstOutput = new float[dimensions];
    }

    /// <summary>Whether there is a second look. A dlib encoding is one look, or it would not compare with encodings made elsewhere.</summary>
    public bool LooksTwice => _kind is not EncoderKind.Dlib;

    /// <summary>Writes the encoding of an aligned face after one look at it.</summary>
    /// <param name="aligned">RGB as the kind of encoder wants it: <see cref="FaceAligner.Bytes"/> or <see cref="DlibChip.Bytes"/> bytes.</param>
    /// <param name="encoding">Receives as many numbers as the encoder has dimensions; of unit length unless the kind leaves them as they are.</param>
    /// <returns>The evidence, see <see cref="Face.Evidence"/>: the length of the network's output; for dlib's how upright it looks.</returns>
    /// <exception cref="ModelException">The network failed or gave no direction (zero, infinite or not a number).</exception>
    public float Look(ReadOnlySpan<byte> aligned, Span<float> encoding)
    {
        // Plain RGB: each network's own order of colours and scaling was folded into it when it was made (models/builder).
        var plane = _side * _side;
        var red = _run.Input.AsSpan(0, plane);
        var green = _run.Input.AsSpan(plane, plane);
        var blue = _run.Input.AsSpan(2 * plane, plane);
        for (var i = 0; i < plane; i++)
        {
            red[i] = aligned[3 * i];
            green[i] = aligned[(3 * i) + 1];
            blue[i] = aligned[(3 * i) + 2];
        }
        _run.Run();
        if (!LooksTwice)
        {
            ThrowUnlessDirection(TensorPrimitives.Norm<float>(_output));
            _output.CopyTo(encoding);
            return DlibUprightness.Of(encoding);
        }
        _output.CopyTo(_firstOutput, 0);
        return Normalise(_output, encoding);
    }

    /// <summary>
    /// Looks a second time at the face of the last <see cref="Look"/> and writes the encoding of both looks, whose outputs are added before they are
    /// scaled: the look that sees more of a face counts more. Only for an encoder that <see cref="LooksTwice"/>, once.
    /// </summary>
    /// <exception cref="ModelException">As for <see cref="Look"/>.</exception>
    public void LookAgain(Span<float> encoding)
    {
        // Mirrors what the first look left in the input and moves it up.
        for (var row = 0; row < 3 * _side; row++)
        {
            // From the top of each plane of colour on, so that the rows below are still those of the first look.
            var last = (((row / _side) + 1) * _side) - 1;
            var to = _run.Input.AsSpan(row * _side, _side);
            _run.Input.AsSpan(Math.Min(row + SecondLookRise, last) * _side, _side).CopyTo(to);
            to.Reverse();
        }
        _run.Run();
        TensorPrimitives.Add(_firstOutput, _output, encoding);
        Normalise(encoding, encoding);
    }

    /// <summary>Writes <paramref name="vector"/> scaled to unit length.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="ModelException">It has no direction: its length is zero, infinite or not a number.</exception>
    public static float Normalise(ReadOnlySpan<float> vector, Span<float> unit)
    {
        var length = TensorPrimitives.Norm(vector);
        ThrowUnlessDirection(length);
        TensorPrimitives.Divide(vector, length, unit);
        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private static void ThrowUnlessDirection(float length)
    {
        if (!float.IsNormal(length))
        {
            throw new ModelException($"The encoder gave a vector of length {length}: the model or its runtime is broken.");
        }
    }
}
