using Microsoft.Data.Sqlite;

namespace FaceEdge.SystemTests.Support;

/// <summary>A stored face as the seed's view shows it.</summary>
internal sealed record ViewRow(long Person, byte[]? Image, byte[] Encoding);

/// <summary>Image.db seen from outside, beside a running daemon or after it.</summary>
internal sealed class ImageDb(string folder)
{
    static ImageDb() => SQLitePCL.Batteries_V2.Init();

    public string File { get; } = Path.Combine(folder, "Image.db");

    public string Log => File + "-wal";

    /// <summary>People and faces: what may not change when a photo was refused.</summary>
    public (long People, long Faces) Counts() => (Number("SELECT count(*) FROM person"), Number("SELECT count(*) FROM face"));

    public long Number(string sql)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // every caller passes a constant
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    public void AssertWhole()
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
        command.CommandText = "SELECT count(*) FROM person WHERE id NOT IN (SELECT person_id FROM face)";
        Assert.Equal(0L, command.ExecuteScalar());
        command.CommandText = "SELECT count(*) FROM face WHERE person_id NOT IN (SELECT id FROM person)";
        Assert.Equal(0L, command.ExecuteScalar());
    }

    public List<ViewRow> View()
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT Person, Person_Img, Face_Encoding FROM Image ORDER BY Person";
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<ViewRow>();
        while (reader.Read())
        {
            rows.Add(new ViewRow(reader.GetInt64(0), reader.IsDBNull(1) ? null : (byte[])reader[1], (byte[])reader[2]));
        }

        return rows;
    }

    private SqliteConnection Open()
    {
        // Not pooled: the file must be free when the test moves or damages it.
        var connection = new SqliteConnection($"Data Source={File};Mode=ReadOnly;Pooling=False;Default Timeout=10");
        connection.Open();
        return connection;
    }
}
