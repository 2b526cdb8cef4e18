using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FaceEdge.Migration;

/// <summary>A <c>.npy</c> file of floating-point numbers, format versions 1 to 3.</summary>
/// <remarks>https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html</remarks>
internal static partial class NpyReader
{
    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The numbers in the order of the file.</summary>
    /// <exception cref="CellException">Damaged, cut off, or not of floating-point numbers.</exception>
    public static double[] Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10)
        {
            throw new CellException("a .npy file that is cut off");
        }

        byte version = file[6];
        (int begin, uint length) = version switch
        {
            1 => (10, (uint)BinaryPrimitives.ReadUInt16LittleEndian(file[8..])),
            2 or 3 when file.Length >= 12 => (12, BinaryPrimitives.ReadUInt32LittleEndian(file[8..])),
            _ => throw new CellException($"a .npy file of version {version}, or cut off"),
        };
        if (length > file.Length - begin)
        {
            throw new CellException("a .npy file whose header is cut off");
        }

        string header = Encoding.UTF8.GetString(file.Slice(begin, (int)length));
        if (Header().Match(header) is not { Success: true } match)
        {
            throw new CellException("a .npy file whose header is not that of an array of numbers");
        }

        long[] shape = [.. match.Groups["side"].Captures.Select(side =>
            long.TryParse(side.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1)];
        return new NumberType(match.Groups["type"].Value).Read(file[(begin + (int)length)..], NumberArray.Count(shape));
    }

    /// <summary>NumPy writes the three keys in this order, and demands just these when it reads.</summary>
    [GeneratedRegex(
        @"^\{\s*'descr':\s*'(?<type>[^']{1,40})',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(((?<side>\d{1,19})L?\s*(,\s*|(?=\)))){0,8}\),?\s*\}\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
