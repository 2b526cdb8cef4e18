using System.Numerics.Tensors;

namespace FaceEdge.Gallery;

/// <summary>
/// How the encodings of an encoder compare, in the form that the matrix searches: whoever is most alike has the highest dot product of
/// row and probe.
/// </summary>
internal abstract class EncodingMetric
{
    private static readonly EncodingMetric Cosine = new CosineMetric();
    private static readonly EncodingMetric Euclid = new EuclideanMetric();

    /// <summary>The metric of an encoder: Euclidean distance for <c>dlib128</c>, whose length means something, the cosine for all others.</summary>
    /// <param name="encoder">Its name, as stored beside its encodings.</param>
    public static EncodingMetric Of(string encoder) => encoder == "dlib128" ? Euclid : Cosine;

    /// <summary>Numbers in a row of the matrix.</summary>
    public abstract int RowLength(int dimensions);

    /// <summary>Writes the template of a person as a row.</summary>
    /// <param name="sum">The sum of the person's encodings.</param>
    /// <param name="faces">How many they are, at least 1.</param>
    /// <param name="row">Receives <see cref="RowLength"/> numbers; the first ones times what is returned are the sum again.</param>
    /// <returns>0 when there is no template, because the encodings cancel out.</returns>
    public abstract float WriteTemplate(ReadOnlySpan<float> sum, int faces, Span<float> row);

    /// <summary>What is multiplied with the rows to look an encoding up.</summary>
    public abstract float[] Probe(float[] encoding);

    /// <summary>How alike an encoding is to a template; 1 means equal, larger is more alike.</summary>
    /// <param name="dot">Dot product of the template's row and the probe.</param>
    /// <param name="encoding">The encoding of the probe.</param>
    public abstract float Similarity(float dot, ReadOnlySpan<float> encoding);

    /// <summary>The template of one encoding alone, as a row.</summary>
    public float[] TemplateOf(float[] encoding)
    {
        var row = new float[RowLength(encoding.Length)];
        WriteTemplate(encoding, 1, row);
        return row;
    }

    /// <summary>How alike two encodings are.</summary>
    public float Compare(float[] a, float[] b) => Similarity(TensorPrimitives.Dot<float>(TemplateOf(a), Probe(b)), b);

    /// <summary>Encodings of unit length; the template is the renormalised mean.</summary>
    private sealed class CosineMetric : EncodingMetric
    {
        public override int RowLength(int dimensions) => dimensions;

        public override float WriteTemplate(ReadOnlySpan<float> sum, int faces, Span<float> row)
        {
            float length = TensorPrimitives.Norm(sum);
            if (!(length > 0))
            {
                return 0;
            }

            TensorPrimitives.Divide(sum, length, row);
            return length;
        }

        public override float[] Probe(float[] encoding) => encoding;

        public override float Similarity(float dot, ReadOnlySpan<float> encoding) => Math.Min(dot, 1); // Rounding may say 1.0000001.
    }

    /// <summary>
    /// Encodings of any length; the template m is their mean, the similarity 1 - |e - m|. As |e - m|^2 = |e|^2 - 2 (e.m - |m|^2 / 2), the
    /// nearest template is the one with the highest e.m - |m|^2 / 2: the dot product of (e, 1) and (m, c - |m|^2 / 2), less c. The constant c
    /// keeps the last number as small as the others, for rows that are searched with less precision.
    /// </summary>
    private sealed class EuclideanMetric : EncodingMetric
    {
        /// <summary>Half the square of the usual length of dlib's encodings, 1.37.</summary>
        private const float HalfSquare = 0.94f;

        public override int RowLength(int dimensions) => dimensions + 1;

        public override float WriteTemplate(ReadOnlySpan<float> sum, int faces, Span<float> row)
        {
            Span<float> mean = row[..sum.Length];
            TensorPrimitives.Divide(sum, faces, mean);
            row[sum.Length] = HalfSquare - (TensorPrimitives.SumOfSquares<float>(mean) / 2);
            return faces;
        }

        public override float[] Probe(float[] encoding) => [.. encoding, 1];

        public override float Similarity(float dot, ReadOnlySpan<float> encoding) =>
            1 - MathF.Sqrt(Math.Max(0, TensorPrimitives.SumOfSquares(encoding) - (2 * (dot - HalfSquare))));
    }
}
