using Microsoft.Data.Sqlite;

namespace FaceEdge.Storage.Salvage;

/// <summary>A table as the schema has it: which rows can be its, and how they are written.</summary>
internal sealed class SalvageTable : IDisposable
{
    private readonly record struct Column(string Name, string Type, bool Required, bool HasDefault, int Key);

    private readonly SqliteConnection _target;
    private readonly Column[] _columns;
    private readonly int _rowIdColumn;
    private readonly Dictionary<int, SqliteCommand> _inserts = [];

    private SalvageTable(SqliteConnection target, string name, bool withoutRowId)
    {
        (_target, Name, WithoutRowId) = (target, name, withoutRowId);
        using SqliteCommand command = Sqlite.Prepare(target, "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk FROM pragma_table_info($table)");
        command.Parameters.AddWithValue("$table", name);
        using SqliteDataReader reader = command.ExecuteReader();
        var columns = new List<Column>();
        while (reader.Read())
        {
            columns.Add(new Column(reader.GetString(0), reader.GetString(1), reader.GetInt64(2) != 0, reader.GetInt64(3) != 0, reader.GetInt32(4)));
        }

        // In a tree without rowids the key's columns come first.
        _columns = withoutRowId ? [.. columns.OrderBy(static column => column.Key == 0 ? int.MaxValue : column.Key)] : [.. columns];
        _rowIdColumn = withoutRowId || columns.Count(static column => column.Key > 0) != 1
            ? -1
            : Array.FindIndex(_columns, static column => column.Key > 0 && column.Type == "INTEGER");
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>Whether its rows have no rowid.</summary>
    public bool WithoutRowId { get; }

    /// <summary>The tables of a new database.</summary>
    public static List<SalvageTable> Of(SqliteConnection target)
    {
        var tables = new List<SalvageTable>();
        using SqliteCommand command = Sqlite.Prepare(target, "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema' ORDER BY name");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            tables.Add(new SalvageTable(target, reader.GetString(0), reader.GetInt64(1) != 0));
        }

        return tables;
    }

    /// <summary>Where a column stands in a row; -1 when there is no such column.</summary>
    public int IndexOf(string column) => Array.FindIndex(_columns, found => found.Name == column);

    /// <summary>How many columns there are.</summary>
    public int Columns => _columns.Length;

    /// <summary>Whether a row can be this table's.</summary>
    public bool Fits(FoundRow row)
    {
        if (row.Values.Length > _columns.Length || row.Values.Length == 0)
        {
            return false;
        }

        for (int i = 0; i < _columns.Length; i++)
        {
            Column column = _columns[i];
            if (i >= row.Values.Length)
            {
                if (column.Required && !column.HasDefault)
                {
                    return false;
                }
            }
            else if (i == _rowIdColumn)
            {
                if (row.Values[i] is not null || row.RowId is < 1 or > IdMark.MaxId)
                {
                    return false;
                }
            }
            else if (!(row.Values[i] switch
            {
                null => !column.Required && !(WithoutRowId && column.Key > 0),
                long => column.Type is "INTEGER" or "REAL" or "",
                double => column.Type is "REAL" or "",
                string => column.Type is "TEXT" or "",
                _ => column.Type is "BLOB" or "",
            }))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a row, unless one with its key is there.</summary>
    /// <returns>Whether it was written.</returns>
    public bool Insert(FoundRow row)
    {
        int count = row.Values.Length;
        if (!_inserts.TryGetValue(count, out SqliteCommand? insert))
        {
            insert = Sqlite.Prepare(_target,
                $"INSERT OR IGNORE INTO \"{Name}\"({string.Join(", ", _columns.Take(count).Select(static column => $"\"{column.Name}\""))}) VALUES({string.Join(", ", Enumerable.Range(0, count).Select(static i => $"$v{i}"))})");
            for (int i = 0; i < count; i++)
            {
                insert.Parameters.AddWithValue($"$v{i}", DBNull.Value);
            }

            _inserts[count] = insert;
        }

        for (int i = 0; i < count; i++)
        {
            insert.Parameters[i].Value = i == _rowIdColumn ? row.RowId : row.Values[i] ?? DBNull.Value;
        }

        return insert.ExecuteNonQuery() > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteCommand insert in _inserts.Values)
        {
            insert.Dispose();
        }
    }
}
