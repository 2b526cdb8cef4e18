using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceEdge.Storage;
using Microsoft.Data.Sqlite;

namespace FaceEdge.Tests.Storage;

/// <summary>
/// The real binary, killed before each system call that changes the data folder, one after the other until it ends by itself: what is before one is
/// after the one before. After every kill, verify and a start must find everybody, and no id may be given twice.
/// </summary>
public sealed partial class KillPointTests(ITestOutputHelper output) : IDisposable
{
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string> Killer = new(Compile);
    private readonly DataFolder _data = new();

    private string Root => Path.GetDirectoryName(_data.Folder)!;

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("nothing is lost")]
    [InlineData("people are lost")]
    [InlineData("the gallery was killed")]
    [InlineData("the gallery is damaged")]
    public async Task ARestore(string when)
    {
        await _data.Fill(5);
        string backup = Path.Combine(Root, "backup.db");
        Backup.Write(_data.Folder, backup);
        long highest = 5;
        if (when is "people are lost" or "the gallery was killed")
        {
            await using ImageDatabase database = _data.Open();
            await database.EnrolAsync(DataFolder.Face(6));
            highest = (await database.EnrolAsync(DataFolder.Face(7))).PersonId;
            _data.Folder = when is "the gallery was killed" ? _data.CopyWhileOpen() : _data.Folder;
        }

        if (when is "the gallery is damaged")
        {
            await DamageAsync();
        }

        // The old gallery or the backup, and people 1 to 5 are in both; a start salvages a damaged one.
        await KillEverywhere(folder => ["restore", backup, "--force", "--DataDirectory", folder], 5, highest);
    }

    [Fact]
    public async Task AnUpgradeOfTheSchema()
    {
        _data.FillOlder(1);
        await KillEverywhere(folder => ["reencode", "--encoder", "mfn192", "--DataDirectory", folder], 1, 1);
    }

    [Fact]
    public async Task AStartThatSetsADamagedFileAside()
    {
        await _data.Fill(5);
        await DamageAsync();
        string source = WriteSource(20, 1);
        await KillEverywhere(folder => ["import", source, "--DataDirectory", folder], 5, 5);
    }

    [Fact]
    public async Task AStartThatFindsWhatADaemonSaved()
    {
        using (var before = new DataFolder())
        {
            await before.Fill(5);
            Directory.CreateDirectory(_data.Folder);
            File.Copy(before.Database, _data.Database + ".rescued");
            File.Copy(before.Database + ".ids", _data.Database + ".ids");
        }

        string source = WriteSource(20, 1);
        await KillEverywhere(folder => ["import", source, "--DataDirectory", folder], 5, 5);
    }

    [Fact]
    public async Task AnImport()
    {
        await _data.Fill(5);
        string source = WriteSource(100, 30);
        await KillEverywhere(folder => ["import", source, "--DataDirectory", folder], 5, 5, async folder =>
        {
            // The same command goes on from there.
            (int code, string said) = Run(["import", source, "--DataDirectory", folder]);
            Assert.True(code == 0, said);
            await using var after = ImageDatabase.Open(folder, _data);
            Assert.Equal(30, after.ReadFaces("dlib128", 128).Count(face => face.PersonId is >= 100 and < 130));
        });
    }

    [Fact]
    public async Task AChangeOfTheEncoder()
    {
        await using (var database = _data.Open())
        {
            int seed = 0;
            foreach (string photo in (string[])["cage.jpg", "audrey.jpg"])
            {
                await database.EnrolAsync(DataFolder.Face(++seed, 0) with { Image = await File.ReadAllBytesAsync(Repository.Photo(photo)) });
            }
        }

        await KillEverywhere(folder => ["reencode", "--encoder", "mfn192", "--leave-behind", "--DataDirectory", folder], 2, 2);
    }

    [Theory]
    [InlineData("backup", "out.db")]
    [InlineData("export", "out.db")]
    [InlineData("export", "out")]
    [InlineData("salvage", "out.db")]
    public async Task WhatWritesAFileElsewhere(string verb, string name)
    {
        await _data.Fill(5);
        await KillEverywhere(
            folder => verb == "salvage"
                ? [verb, Path.Combine(folder, "Image.db"), Path.Combine(folder, name)]
                : [verb, Path.Combine(folder, name), "--DataDirectory", folder, .. (string[])(verb == "export" && name.EndsWith(".db", StringComparison.Ordinal) ? ["--as-stored"] : [])],
            5, 5, folder =>
            {
                // There is none, or it is whole.
                string made = Path.Combine(folder, name);
                if (File.Exists(made))
                {
                    string table = verb == "export" ? "Image_Other" : "face";
                    Assert.Equal("5", DataFolder.Run("sqlite3", made, $"SELECT count(*) FROM {table}").Trim());
                    Assert.Equal("ok", DataFolder.Run("sqlite3", made, "PRAGMA integrity_check").Trim());
                }
                else if (Directory.Exists(made) && File.Exists(Path.Combine(made, "people.csv")))
                {
                    Assert.Equal(6, File.ReadAllLines(Path.Combine(made, "people.csv")).Length);
                }

                return Task.CompletedTask;
            });
    }

    /// <summary>A first start, two registrations, a deletion, a stop.</summary>
    [Fact]
    public async Task ADaemonFromItsFirstStartToItsEnd()
    {
        Directory.CreateDirectory(_data.Folder);
        int points = 0, ended = 0;
        await Parallel.ForEachAsync(Enumerable.Range(1, 1000), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (n, _) =>
        {
            if (Volatile.Read(ref ended) > 0)
            {
                return;
            }

            string folder = Copy(n);
            (bool killed, List<long> acknowledged, bool deleted) = await ServeAsync(n, folder);
            await using (ImageDatabase after = ImageDatabase.Open(folder, _data))
            {
                long[] known = [.. after.ReadFaces("fr512", 512).Select(face => face.PersonId)];
                Assert.All(deleted ? acknowledged.Skip(1) : acknowledged.Skip(killed && acknowledged.Count == 2 ? 1 : 0), id => Assert.Contains(id, known));
                Assert.Null(after.SetAside);
                long next = (await after.EnrolAsync(DataFolder.Face(9))).PersonId;
                Assert.All(acknowledged, id => Assert.True(next > id, $"call {n}: {next} was given before"));
            }

            Directory.Delete(folder, recursive: true);
            Interlocked.Add(ref points, killed ? 1 : 0);
            Interlocked.Add(ref ended, killed ? 0 : 1);
        });

        output.WriteLine($"{points} kill points");
        Assert.True(points > 40, $"{points}");
    }

    private Task KillEverywhere(Func<string, string[]> arguments, int people, long highest, Func<string, Task>? also = null) =>
        KillEverywhere(arguments, [.. Enumerable.Range(1, people).Select(static id => (long)id)], highest, also);

    private async Task KillEverywhere(Func<string, string[]> arguments, long[] people, long highest, Func<string, Task>? also = null)
    {
        var failures = new ConcurrentQueue<string>();
        int points = int.Parse(KilledAt(0, Copy(0), arguments).Output.Trim().Split('\n')[^1], CultureInfo.InvariantCulture);
        await Parallel.ForEachAsync(Enumerable.Range(1, points + 1), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (n, _) =>
        {
            string folder = Copy(n);
            int code = KilledAt(n, folder, arguments).Code;
            try
            {
                Assert.True(code == Killed || n >= points - 2, $"it ended with {code}");
                await LookAsync(folder, people, highest);
                await (also?.Invoke(folder) ?? Task.CompletedTask);
            }
            catch (Exception e)
            {
                failures.Enqueue($"before call {n} of {points}: {e.Message}");
            }

            Directory.Delete(folder, recursive: true);
        });
        output.WriteLine($"{points} kill points, {failures.Count} failures");
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
        Assert.True(points > 5, $"{points} calls only: the test is too tame");
    }

    private async Task LookAsync(string folder, long[] people, long highest)
    {
        Assert.True(Known(folder).Intersect(people).Count() == people.Length || IsDamagedOrWaiting(folder), "verify does not find everybody");
        await using (var started = ImageDatabase.Open(folder, _data))
        {
            var faces = started.ReadFaces("fr512", 512).Where(face => people.Contains(face.PersonId)).ToList();
            Assert.Equal(people, faces.Select(face => face.PersonId).Distinct().Order());
            Assert.All(faces, face => Assert.True(face.Encoding.AsSpan().SequenceEqual(DataFolder.Encoding((int)face.PersonId)), $"{face.PersonId} is somebody else"));
            long next = (await started.EnrolAsync(DataFolder.Face(99))).PersonId;
            Assert.True(next > highest, $"{next} was given before");
        }

        Assert.Empty(DatabaseCheck.OfFolder(folder).Problems);
        Assert.DoesNotContain(Directory.GetFiles(folder, "Image.db.*"), static file => LeftOver().IsMatch(file));
    }

    /// <summary>What verify says before a start: everybody, or that something is to be done by a start first.</summary>
    private static bool IsDamagedOrWaiting(string folder) =>
        File.Exists(Path.Combine(folder, "Image.db.rescued")) || DatabaseCheck.OfFolder(folder).Problems.Any(static problem => problem.Contains("faceedge salvage", StringComparison.Ordinal));

    private static IEnumerable<long> Known(string folder)
    {
        var files = new DatabaseFiles(folder, TimeProvider.System);
        if (!files.HasDatabase || DatabaseCheck.OfFolder(folder).Problems.Count > 0)
        {
            return [];
        }

        using SqliteConnection connection = Sqlite.ConnectToLook(files);
        return [.. Sqlite.Texts(connection, "SELECT CAST(id AS TEXT) FROM person").Select(static id => long.Parse(id, CultureInfo.InvariantCulture))];
    }

    private async Task DamageAsync()
    {
        byte[] file = await File.ReadAllBytesAsync(_data.Database);
        int root = int.Parse(_data.Shell("SELECT rootpage FROM sqlite_master WHERE name = 'face_person'"), CultureInfo.InvariantCulture);
        file.AsSpan((root - 1) * Schema.PageSize, Schema.PageSize).Fill(0xA5);
        await File.WriteAllBytesAsync(_data.Database, file);
    }

    private string WriteSource(int first, int rows)
    {
        string path = Path.Combine(Root, "original.db");
        var random = new Random(3);
        string Row(int id) => $"({id}, NULL, '[{string.Join(',', Enumerable.Range(0, 128).Select(_ => (random.NextDouble() - 0.5).ToString("R", CultureInfo.InvariantCulture)))}]')";
        string rowsText = string.Join(',', Enumerable.Range(first, rows).Select(Row));
        DataFolder.Run("sqlite3", path, $"CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB); INSERT INTO Image VALUES {rowsText}");
        return path;
    }

    private string Copy(int n)
    {
        string folder = Path.Combine(Root, $"at-{n}");
        DataFolder.Run("cp", "-a", _data.Folder, folder);
        return folder;
    }

    private static (int Code, string Output) KilledAt(int n, string folder, Func<string, string[]> arguments) =>
        Run(Killer.Value, [n.ToString(CultureInfo.InvariantCulture), folder, Binary(), .. arguments(folder)]);

    private static (int Code, string Output) Run(string[] arguments) => Run(Binary(), arguments);

    private static (int Code, string Output) Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Long), $"{program} {string.Join(' ', arguments)} hangs");
        return (process.ExitCode, error.Result + said);
    }

    private static async Task<(bool Killed, List<long> Acknowledged, bool Deleted)> ServeAsync(int n, string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo(Killer.Value,
            [n.ToString(CultureInfo.InvariantCulture), folder, Binary(), "serve", "--Urls", "http://127.0.0.1:0", "--DataDirectory", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        var acknowledged = new List<long>();
        bool deleted = false;
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (!line.StartsWith("ready ", StringComparison.Ordinal))
                {
                    continue;
                }

                using var client = new HttpClient { BaseAddress = new Uri(line["ready ".Length..]), Timeout = Long };
                foreach (string photo in (string[])["cage.jpg", "audrey.jpg"])
                {
                    using var body = new ByteArrayContent(await File.ReadAllBytesAsync(Repository.Photo(photo)));
                    body.Headers.ContentType = new("image/jpeg");
                    using HttpResponseMessage answer = await client.PostAsync("/face/predict", body);
                    using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                    acknowledged.Add(json.RootElement.GetProperty("data").GetProperty("id").GetInt64());
                }

                using HttpResponseMessage gone = await client.DeleteAsync($"/v1/people/{acknowledged[0]}");
                deleted = gone.IsSuccessStatusCode;
                DataFolder.Run("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture)); // which passes it on
            }
        }
        catch (HttpRequestException)
        {
            // Killed before it answered: nothing was promised.
        }

        await process.WaitForExitAsync().WaitAsync(Long);
        return (process.ExitCode == Killed, acknowledged, deleted);
    }

    /// <summary>The published binary (<c>FACEEDGE_BINARY</c>), else what was built for these tests.</summary>
    private static string Binary() => Environment.GetEnvironmentVariable("FACEEDGE_BINARY") is { Length: > 0 } given
        ? given
        : Path.Combine(Repository.Root, "artifacts", "build", "bin", "FaceEdge", "debug", "faceedge");

    private static string Compile()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "killat");
        DataFolder.Run("gcc", "-O2", "-Wall", "-Werror", "-o", program, Path.Combine(Repository.Root, "tests", "FaceEdge.Tests", "Storage", "killat.c"));
        return program;
    }

    [GeneratedRegex(@"Image\.db\.(new|ready|aside|rescued|ids\.new)(-|$)")]
    private static partial Regex LeftOver();
}
