using System.Buffers.Binary;

namespace FaceEdge.Migration;

/// <summary>A NumPy dtype of floating-point numbers: <c>f8</c>, <c>&lt;f4</c>, <c>&gt;f2</c>.</summary>
/// <param name="description">As NumPy writes it, with or without the byte order.</param>
/// <exception cref="CellException">Not a floating-point type.</exception>
internal sealed class NumberType(string description)
{
    private readonly int _size = description.TrimStart('<', '>', '=', '|') switch
    {
        "f8" => 8,
        "f4" => 4,
        "f2" => 2,
        _ => throw new CellException($"an array of type '{(description.Length > 40 ? description[..40] : description)}', not of floating-point numbers"),
    };

    /// <summary><c>&gt;</c> for big-endian; anything else is little-endian, as on every machine that face_recognition runs on.</summary>
    public string ByteOrder { get; set; } = description.StartsWith('>') ? ">" : "<";

    /// <summary>That many numbers.</summary>
    /// <exception cref="CellException">There are more or fewer bytes.</exception>
    public double[] Read(ReadOnlySpan<byte> bytes, long count)
    {
        // Divided, not multiplied: the count may be anything.
        if (bytes.Length % _size != 0 || bytes.Length / _size != count)
        {
            throw new CellException($"an array said to hold {count} numbers of {_size} bytes, with {bytes.Length} bytes");
        }

        var numbers = new double[count];
        bool big = ByteOrder == ">";
        for (int i = 0; i < numbers.Length; i++)
        {
            ReadOnlySpan<byte> number = bytes.Slice(i * _size, _size);
            numbers[i] = _size switch
            {
                8 => big ? BinaryPrimitives.ReadDoubleBigEndian(number) : BinaryPrimitives.ReadDoubleLittleEndian(number),
                4 => big ? BinaryPrimitives.ReadSingleBigEndian(number) : BinaryPrimitives.ReadSingleLittleEndian(number),
                _ => (double)(big ? BinaryPrimitives.ReadHalfBigEndian(number) : BinaryPrimitives.ReadHalfLittleEndian(number)),
            };
        }

        return numbers;
    }
}

/// <summary>An array out of a pickle; empty until its content was met.</summary>
internal sealed class NumberArray
{
    /// <summary>The numbers in the order of memory.</summary>
    public double[] Numbers { get; set; } = [];

    /// <summary>Numbers in an array of that shape.</summary>
    /// <exception cref="CellException">A side is negative, or the product is above 2^62.</exception>
    public static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long side in shape)
        {
            if (side < 0 || (side > 0 && count > (1L << 62) / side))
            {
                throw new CellException("an array of an impossible shape");
            }

            count *= side;
        }

        return count;
    }
}
