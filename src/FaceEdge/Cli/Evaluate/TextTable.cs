using System.Text;

namespace FaceEdge.Cli.Evaluate;

/// <summary>Columns for people: the first to the left, figures to the right.</summary>
internal static class TextTable
{
    /// <summary>The lines of a table.</summary>
    /// <param name="rows">The heading first; all equally long.</param>
    public static string Write(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.Append(row[0].PadRight(widths[0]));
            for (int column = 1; column < row.Length; column++)
            {
                text.Append("  ").Append(row[column].PadLeft(widths[column]));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
