using System.Runtime.InteropServices;
using System.Text.Json;

namespace FaceEdge.ModelBuilder;

/// <summary>A tensor of a TensorFlow.js model, as it is stored.</summary>
/// <param name="Shape">Its sides; a convolution's kernel as height, width, inputs, outputs.</param>
/// <param name="Bytes">One byte a value when quantised, else 32-bit floats.</param>
/// <param name="Scale">A quantised value is byte * scale + min; 0 when it is not quantised.</param>
/// <param name="Min">See <paramref name="Scale"/>.</param>
internal sealed record TfjsTensor(int[] Shape, byte[] Bytes, double Scale, double Min)
{
    /// <summary>Whether the values are bytes.</summary>
    public bool Quantised => Scale != 0;

    /// <summary>The values.</summary>
    public float[] Floats() =>
        Quantised ? Array.ConvertAll(Bytes, b => (float)((b * Scale) + Min)) : MemoryMarshal.Cast<byte, float>(Bytes).ToArray();
}

/// <summary>Reads a TensorFlow.js weights manifest and the file of weights beside it.</summary>
internal static class TfjsWeights
{
    /// <summary>The tensors by name.</summary>
    /// <param name="manifest">Path of the JSON manifest, of one group of one file.</param>
    /// <exception cref="InvalidDataException">The manifest is of another kind, or the file of weights has another length.</exception>
    public static Dictionary<string, TfjsTensor> Read(string manifest)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        var group = json.RootElement.EnumerateArray().Single();
        var file = Path.Combine(Path.GetDirectoryName(manifest)!, group.GetProperty("paths").EnumerateArray().Single().GetString()!);
        var rest = File.ReadAllBytes(file).AsSpan();
        var tensors = new Dictionary<string, TfjsTensor>();
        foreach (var entry in group.GetProperty("weights").EnumerateArray())
        {
            var shape = entry.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).ToArray();
            var count = shape.Aggregate(1, (product, side) => product * side);
            double scale = 0, min = 0;
            if (entry.TryGetProperty("quantization", out var quantisation))
            {
                Expect(quantisation, "uint8");
                (scale, min) = (quantisation.GetProperty("scale").GetDouble(), quantisation.GetProperty("min").GetDouble());
            }
            Expect(entry, "float32");
            var length = scale != 0 ? count : 4 * count;
            tensors.Add(entry.GetProperty("name").GetString()!, new TfjsTensor(shape, rest[..length].ToArray(), scale, min));
            rest = rest[length..];
        }
        return rest.IsEmpty ? tensors : throw new InvalidDataException($"{rest.Length} bytes of {file} belong to no tensor.");
    }

    private static void Expect(JsonElement entry, string type)
    {
        if (entry.GetProperty("dtype").GetString() != type)
        {
            throw new InvalidDataException($"A tensor of another type than {type}.");
        }
    }
}
