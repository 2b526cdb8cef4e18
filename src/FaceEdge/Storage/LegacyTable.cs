using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage;

/// <summary>A table or view of somebody else's database that holds people.</summary>
/// <param name="Select">Reads the columns Person, Person_Img, Face_Encoding and Name of it.</param>
internal sealed record LegacyTable(string Select)
{
    /// <summary>Tables and views that are looked at; a database of people has few.</summary>
    private const int MaxTables = 1000;

    /// <summary>The row that only keeps the original above every id given: see <see cref="ExportFile.HoldAbove"/>.</summary>
    private static readonly string Nobody = $"Person_Img IS NULL AND Face_Encoding = zeroblob({ExportFile.OriginalNumbers * sizeof(double)})";

    private const string Columns = "Person and Face_Encoding (and mostly Person_Img)";

    /// <summary>
    /// Where the people are. A view shows what is in a table, so the only table goes before views; of an export of ours all tables together.
    /// </summary>
    /// <param name="connection">Open.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="wanted">What the user named; null for nothing.</param>
    /// <exception cref="SourceException">None fits, or several do.</exception>
    public static LegacyTable[] Find(SqliteConnection connection, string path, string? wanted)
    {
        List<string> all = Names(connection, "'table', 'view'");
        string[] fitting = [.. all.Where(name => Fits(ColumnsOf(connection, name)))];
        bool ours = Sqlite.Number(connection, "PRAGMA application_id") == ExportFile.ApplicationId;
        if (wanted is not null)
        {
            string[] named = [.. fitting.Where(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))];
            return named.Length > 0 ? Create(named)
                : throw new SourceException(all.Exists(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                    ? $"The table {wanted} of {path} has not the columns {Columns}."
                    : $"{path} has no table {wanted}; it has: {Listed(all)}.");
        }

        if (fitting.Length > 1)
        {
            List<string> tables = Names(connection, "'table'");
            string[] stored = [.. fitting.Where(tables.Contains)];
            fitting = stored.Length == 1 || (ours && stored.Length > 0) ? stored : fitting;
        }

        return fitting.Length == 1 || (ours && fitting.Length > 0) ? Create(fitting)
            : throw new SourceException(fitting.Length == 0
                ? $"{path} is a database of something else: no table has the columns {Columns}. It has: {Listed(all)}."
                : $"Several tables of {path} have the columns {Columns}: {Listed(fitting)}. Say which with --table NAME.");

        LegacyTable[] Create(string[] names) =>
            [.. names.Select(name => Of(name, ColumnsOf(connection, name), ours && all.Contains("Image_Name"), ours))];
    }

    /// <summary>What an export of ours notes as the highest id ever given; 0 when it does not.</summary>
    public static long HighestGiven(SqliteConnection connection) =>
        Sqlite.Number(connection, "PRAGMA application_id") == ExportFile.ApplicationId && Names(connection, "'table'").Contains("ImageDB")
            ? Sqlite.Number(connection, $"SELECT max(Person) FROM ImageDB WHERE {Nobody}")
            : 0;

    private static LegacyTable Of(string table, List<string> columns, bool namesBeside, bool ours)
    {
        string picture = columns.Contains("person_img") ? "Person_Img" : "NULL";
        string name = namesBeside ? "(SELECT n.Name FROM Image_Name AS n WHERE n.Person = t.Person)"
            : columns.Contains("encoder") && columns.Contains("name") ? "Name" // people.csv of an export; elsewhere the column may mean anything
            : "NULL";

        string people = ours ? $" WHERE NOT ({Nobody})" : "";
        return new LegacyTable($"SELECT Person, {picture} AS Person_Img, Face_Encoding, {name} AS Name FROM {Quoted(table)} AS t{people}");
    }

    private static List<string> Names(SqliteConnection connection, string types) => Sqlite.Texts(connection,
        $"SELECT name FROM sqlite_master WHERE type IN ({types}) AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid LIMIT {MaxTables}");

    private static bool Fits(List<string> columns) => columns.Contains("person") && columns.Contains("face_encoding");

    private static List<string> ColumnsOf(SqliteConnection connection, string table)
    {
        // hidden: a virtual table would run code of an extension.
        try
        {
            return Sqlite.Texts(connection, $"SELECT lower(name) FROM pragma_table_info({Literal(table)})");
        }
        catch (SqliteException)
        {
            return []; // a view of what is not there any more
        }
    }

    private static string Listed(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? "no tables at all" : string.Join(", ", names.Take(20)) + (names.Count > 20 ? ", .." : "");

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
