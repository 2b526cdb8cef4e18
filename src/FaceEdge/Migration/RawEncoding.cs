namespace FaceEdge.Migration;

/// <summary>An encoding as its bytes in memory, told by their number alone: what they are decides which reading makes sense.</summary>
internal static class RawEncoding
{
    private static readonly (int Count, string Type, string Name)[] Readings =
    [
        (128, "f8", "float64"), (128, "f4", "float32"), (128, "f2", "float16"),
        (192, "f8", "float64"), (192, "f4", "float32"), (192, "f2", "float16"),
        (512, "f8", "float64"), (512, "f4", "float32"), (512, "f2", "float16"), // as long as 128 float64, which are tried before
    ];

    /// <summary>Whether an encoding can have that many bytes.</summary>
    public static bool HasLength(int bytes) => Array.Exists(Readings, reading => Size(reading) == bytes);

    /// <summary>The first reading that gives the numbers of a face; little-endian before big-endian.</summary>
    /// <exception cref="CellException">None does.</exception>
    public static FoundEncoding Read(ReadOnlySpan<byte> bytes, string packing)
    {
        int length = bytes.Length;
        CellException? first = null;
        foreach ((int count, string type, string name) in Readings.Where(reading => Size(reading) == length))
        {
            foreach (string order in (ReadOnlySpan<string>)["<", ">"])
            {
                try
                {
                    return FoundEncoding.From(new NumberType(order + type).Read(bytes, count), packing + (order == "<" ? name : name + " (big-endian)"));
                }
                catch (CellException e)
                {
                    first ??= e;
                }
            }
        }

        throw first ?? new CellException($"the encoding is {length} bytes of no known kind (float64 would be 1024, float32 512)");
    }

    private static int Size((int Count, string Type, string Name) reading) => reading.Count * (reading.Type[1] - '0');
}
