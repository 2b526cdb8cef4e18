using System.Globalization;
using System.Numerics.Tensors;

namespace FaceEdge.Migration;

/// <summary>An encoding as it was found.</summary>
/// <param name="Encoder">Which encoder made it, told by its length: <c>dlib128</c> (Python's face_recognition), <c>mfn192</c>, <c>fr512</c>.</param>
/// <param name="Values">128, 192 or 512 finite numbers; of unit length but for dlib128.</param>
/// <param name="Format">How it was written, e.g. <c>float64</c> or <c>pickle</c>.</param>
internal sealed record FoundEncoding(string Encoder, float[] Values, string Format)
{
    /// <summary>
    /// Lengths that an encoding can have. Those of face_recognition are about 1.4 (measured: 1.2 to 1.6), ours 1; bytes taken for numbers
    /// that are none are far away.
    /// </summary>
    private const float Shortest = 0.1f, Longest = 10;

    /// <summary>Checks numbers and makes them an encoding.</summary>
    /// <exception cref="CellException">Wrong count, not finite, or no direction.</exception>
    public static FoundEncoding From(ReadOnlySpan<double> numbers, string format)
    {
        string encoder = numbers.Length switch
        {
            128 => "dlib128",
            192 => "mfn192",
            512 => "fr512",
            0 => throw new CellException($"the encoding ({format}) holds no numbers"),
            _ when numbers.Length % 128 == 0 && numbers.Length <= LiteralReader.MaxNumbers =>
                throw new CellException($"{numbers.Length / 128} encodings in one ({format}), one is needed"),
            _ => throw new CellException($"the encoding ({format}) has {numbers.Length} numbers; face_recognition's have 128"),
        };
        var values = new float[numbers.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(numbers[i]))
            {
                throw new CellException($"the encoding ({format}) holds {(double.IsNaN(numbers[i]) ? "NaN" : "an infinity")}");
            }

            values[i] = (float)numbers[i];
        }

        float norm = TensorPrimitives.Norm(values);
        if (norm is not (>= Shortest and <= Longest))
        {
            throw new CellException(norm == 0
                ? $"the encoding ({format}) is all zeros"
                : string.Create(CultureInfo.InvariantCulture, $"the encoding ({format}) has length {norm:g3}; those of faces are near 1.4, so these are other numbers"));
        }

        if (encoder != "dlib128")
        {
            TensorPrimitives.Divide(values, norm, values); // compared by cosine
        }

        return new FoundEncoding(encoder, values, format);
    }
}
