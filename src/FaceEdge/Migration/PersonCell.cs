using System.Buffers.Binary;
using System.Globalization;

namespace FaceEdge.Migration;

/// <summary>The column Person: the id that the loyalty system knows.</summary>
internal static class PersonCell
{
    /// <summary>2^53 - 1: the largest id that every JSON reader keeps exact, and far from where SQLite has no next one.</summary>
    public const long Highest = 9_007_199_254_740_991;

    /// <summary>The id.</summary>
    /// <param name="cell">As SQLite gives it; null for NULL.</param>
    /// <exception cref="CellException">No id that can be kept.</exception>
    public static long Read(object? cell) => cell switch
    {
        long id => InRange(id),
        double number when number == Math.Floor(number) && Math.Abs(number) <= Highest => InRange((long)number),
        string text when long.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long id) => InRange(id),
        string text => throw new CellException($"Person is '{Short(text)}', not a whole number"),

        // What Python's sqlite3 makes of a numpy.int64 or int32.
        byte[] { Length: sizeof(long) } bytes => InRange(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        byte[] { Length: sizeof(int) } bytes => InRange(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        null => throw new CellException("Person is empty"),
        _ => throw new CellException("Person is not a whole number"),
    };

    private static long InRange(long id) =>
        id is >= 1 and <= Highest ? id : throw new CellException($"Person is {id}; ids are 1 to {Highest}");

    private static string Short(string text) =>
        new([.. text.Take(40).Select(static c => char.IsControl(c) ? '?' : c)]);
}
