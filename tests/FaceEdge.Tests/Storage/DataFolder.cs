using System.Collections.Concurrent;
using System.Diagnostics;
using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

/// <summary>A data folder of one test, with everything a test does to it from outside.</summary>
public sealed class DataFolder : IDisposable, ILogger
{
    private readonly string _root = Directory.CreateTempSubdirectory("faceedge-storage-").FullName;

    public DataFolder() => Folder = Path.Combine(_root, "data");

    public string Folder { get; set; }

    public string Database => Path.Combine(Folder, "Image.db");

    public ConcurrentQueue<(LogLevel Level, string Text)> Log { get; } = new();

    public ImageDatabase Open() => ImageDatabase.Open(Folder, this);

    /// <summary>Faces are told apart by their seed; equal seeds give equal bytes.</summary>
    public static NewFace Face(int seed, int imageBytes = 100, string encoder = "fr512") =>
        new(Encoding(seed), encoder, 0.5f, imageBytes == 0 ? null : Image(seed, imageBytes));

    public static float[] Encoding(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 512).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    public static byte[] Image(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(~seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Opens, enrols faces 1..count one after the other, closes; returns the person ids.</summary>
    public async Task<List<long>> Fill(int count, int imageBytes = 100)
    {
        await using var database = Open();
        var ids = new List<long>();
        for (int seed = 1; seed <= count; seed++)
        {
            ids.Add((await database.EnrolAsync(Face(seed, imageBytes))).PersonId);
        }

        return ids;
    }

    /// <summary>A file of an older schema with face 1 of person 1, made by hand: the statements of today need today's tables.</summary>
    public void FillOlder(int version)
    {
        Directory.CreateDirectory(Folder);
        string checksum = version < Schema.WithChecksums ? ""
            : $"UPDATE face SET checksum = {EncodingChecksum.OfFace(1, "fr512", 0.5, 0, EncodingBlob.ToBytes(Encoding(1)))};";
        Shell($"""
            {string.Join('\n', Schema.Steps.Take(version))}
            INSERT INTO meta VALUES('schema_version', '{version}');
            INSERT INTO person DEFAULT VALUES;
            INSERT INTO face(person_id, encoder, quality, encoding) VALUES(1, 'fr512', 0.5, x'{Convert.ToHexString(EncodingBlob.ToBytes(Encoding(1)))}');
            {checksum}
            """);
    }

    /// <summary>
    /// Copies the files as a kill would leave them. By another process: SQLite's locks are POSIX locks, which this process would
    /// lose by opening and closing the file.
    /// </summary>
    public string CopyWhileOpen()
    {
        string copy = Path.Combine(_root, "copy-" + Guid.NewGuid().ToString("n"));
        Run("cp", "-a", Folder, copy);
        return copy;
    }

    public string Shell(string sql) => Run("sqlite3", "-batch", "-bail", Database, sql);

    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {error}");
        return output;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format) =>
        Log.Enqueue((level, format(state, exception)));
}
