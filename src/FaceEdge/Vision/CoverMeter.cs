using System.Numerics.Tensors;

namespace FaceEdge.Vision;

/// <summary>
/// Measures <see cref="FaceCover"/>: encodes the face twice more, once with its eyes blanked, once with mouth and nose, and weighs what that and the
/// pixels say by <see cref="CoverTable"/>. Used by one thread at a time.
/// </summary>
/// <param name="encoder">The encoder whose encodings the faces have.</param>
/// <param name="table">What was measured of that encoder.</param>
/// <param name="dimensions">Numbers in its encodings.</param>
internal sealed class CoverMeter(FaceEncoder encoder, CoverTable table, int dimensions)
{
    private static readonly Range EyeRows = 40..64;
    private static readonly Range MouthRows = 64..112;

    private readonly byte[] _blanked = new byte[FaceAligner.Bytes];
    private readonly float[] _withoutEyes = new float[dimensions];
    private readonly float[] _withoutMouth = new float[dimensions];
    private readonly float[] _features = new float[CoverFeatures.Count];

    /// <summary>How covered a face is.</summary>
    /// <param name="aligned">The aligned face, 112x112 RGB.</param>
    /// <param name="encoding">Its encoding.</param>
    /// <param name="evidence">Its evidence.</param>
    /// <exception cref="ModelException">The encoder failed.</exception>
    public FaceCover Measure(ReadOnlySpan<byte> aligned, ReadOnlySpan<float> encoding, float evidence)
    {
        float eyes = Look(aligned, EyeRows, _withoutEyes);
        float mouth = Look(aligned, MouthRows, _withoutMouth);
        var looks = new CoverLooks(
            TensorPrimitives.Dot(encoding, _withoutEyes), TensorPrimitives.Dot(encoding, _withoutMouth), TensorPrimitives.Dot<float>(_withoutEyes, _withoutMouth),
            eyes / evidence, mouth / evidence, evidence);
        CoverFeatures.Measure(aligned, looks, _features);
        return table.Judge(_features);
    }

    /// <summary>The encoding of the face with those rows in one colour, their mean: to the encoder a colour is nothing, its edges would be something.</summary>
    private float Look(ReadOnlySpan<byte> aligned, Range rows, Span<float> encoding)
    {
        aligned.CopyTo(_blanked);
        const int stride = 3 * FaceAligner.Side;
        Span<byte> part = _blanked.AsSpan((stride * rows.Start.Value)..(stride * rows.End.Value));
        Span<long> sums = stackalloc long[3];
        sums.Clear();
        for (int i = 0; i < part.Length; i++)
        {
            sums[i % 3] += part[i];
        }

        for (int i = 0; i < part.Length; i++)
        {
            part[i] = (byte)(3 * sums[i % 3] / part.Length);
        }

        return encoder.Look(_blanked, encoding);
    }
}
