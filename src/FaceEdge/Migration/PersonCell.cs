using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace FaceEdge.Migration;

/// <summary>Whom the column Person means: a number that becomes the id, or a name.</summary>
/// <param name="Id">The id; 0 when there is a name.</param>
/// <param name="Name">The name; null when there is an id.</param>
internal readonly record struct PersonKey(long Id, string? Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name ?? Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The column Person: the id that the loyalty system knows, or a name.</summary>
internal static class PersonCell
{
    /// <summary>2^53 - 1: the largest id that every JSON reader keeps exact, and far from where SQLite has no next one.</summary>
    public const long Highest = 9_007_199_254_740_991;

    /// <summary>The longest name taken; what is longer is no name.</summary>
    private const int LongestName = 200;

    /// <summary>Who.</summary>
    /// <param name="cell">As SQLite gives it; null for NULL.</param>
    /// <exception cref="CellException">Neither an id that can be kept nor a name.</exception>
    public static PersonKey ReadKey(object? cell) => cell switch
    {
        long id => InRange(id),
        double number when number == Math.Floor(number) && Math.Abs(number) <= Highest => InRange((long)number),
        string text => FromText(text.Trim()),
        byte[] bytes when bytes.Length > 0 && bytes.AsSpan().IndexOfAnyInRange((byte)0, (byte)0x1f) < 0 && Utf8.IsValid(bytes) =>
            FromText(Encoding.UTF8.GetString(bytes).Trim()),

        // What Python's sqlite3 makes of a numpy.int64, int32, int16 or uint8.
        byte[] { Length: sizeof(long) } bytes => InRange(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        byte[] { Length: sizeof(int) } bytes => InRange(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        byte[] { Length: sizeof(short) } bytes => InRange(BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        byte[] { Length: 1 } bytes => InRange(bytes[0]),
        null => throw new CellException("Person is empty"),
        _ => throw new CellException("Person is neither a whole number nor a name"),
    };

    /// <summary>The id, where only an id will do.</summary>
    /// <param name="cell">As SQLite gives it; null for NULL.</param>
    /// <exception cref="CellException">No id that can be kept.</exception>
    public static long Read(object? cell) => ReadKey(cell) is { Name: null } key ? key.Id : throw new CellException($"Person is '{cell}', not a whole number");

    private static PersonKey FromText(string text)
    {
        if (text.Length == 0 || text.Equals("none", StringComparison.OrdinalIgnoreCase) || text.Equals("null", StringComparison.OrdinalIgnoreCase))
        {
            throw new CellException("Person is empty");
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long id))
        {
            return InRange(id);
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return number == Math.Floor(number) && Math.Abs(number) <= Highest ? InRange((long)number)
                : throw new CellException($"Person is '{(text.Length > 40 ? text[..40] : text)}', not a whole number");
        }

        return text.Length <= LongestName
            ? new PersonKey(0, new string([.. text.Select(static c => char.IsControl(c) ? ' ' : c)]))
            : throw new CellException($"Person is a text of {text.Length} characters, too long for a name");
    }

    private static PersonKey InRange(long id) =>
        id is >= 1 and <= Highest ? new PersonKey(id, null) : throw new CellException($"Person is {id}; ids are 1 to {Highest}");
}
