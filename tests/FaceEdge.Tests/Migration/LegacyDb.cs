using FaceEdge.Storage;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Tests.Migration;

/// <summary>A database to import from, and a data folder to import into.</summary>
public sealed class LegacyDb : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("faceedge-legacy-").FullName;

    public string File => In("Image.db");

    public string Target => In("data");

    public string In(string name) => Path.Combine(_root, name);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Creates the original's table, or adds to it.</summary>
    public LegacyDb Add(params (object? Person, object? Picture, object? Encoding)[] rows)
    {
        Run("CREATE TABLE IF NOT EXISTS Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB)");
        foreach (var (person, picture, encoding) in rows)
        {
            Run("INSERT INTO Image VALUES($a, $b, $c)", ("$a", person), ("$b", picture), ("$c", encoding));
        }

        return this;
    }

    public void Run(string sql, params (string Name, object? Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of tests
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
    }

    /// <summary>What NumPy itself writes: runs bench/legacy-db.py.</summary>
    public void Generate(string format, int rows, params string[] more) =>
        Storage.DataFolder.Run("/usr/bin/python3", [Path.Combine(Repository.Root, "bench", "legacy-db.py"), File, "--format", format, "--rows", $"{rows}", .. more]);

    /// <summary>An encoding of the length that face_recognition's have; equal seeds give equal numbers.</summary>
    public static double[] Encoding(int seed)
    {
        var random = new Random(seed);
        double[] numbers = [.. Enumerable.Range(0, 128).Select(_ => random.NextDouble() - 0.5)];
        double length = Math.Sqrt(numbers.Sum(x => x * x));
        return [.. numbers.Select(x => x * 1.4 / length)];
    }

    public static byte[] Bytes(double[] numbers) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();

    public static byte[] Photo(string name) => System.IO.File.ReadAllBytes(Repository.Photo(name));

    /// <summary>All rows as they are read for an import.</summary>
    public List<LegacyRow> Rows()
    {
        using var source = LegacySource.Open(File, null);
        return [.. source.Read(30_000_000, 256 * 1024)];
    }
}
