using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FaceEdge.Cli.Doctor;
using FaceEdge.Hosting;
using FaceEdge.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceEdge.Tests.Cli;

public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faceedge-doctor-").FullName;

    [Fact]
    public async Task AHealthyFolderIsOkAndNotTouched()
    {
        await MakeDatabaseAsync();
        string[] before = Listing();

        Assert.Equal(Verdict.Ok, DataChecks.Folder(_folder).Verdict);
        Finding database = DataChecks.Database(_folder);

        Assert.Equal(Verdict.Ok, database.Verdict);
        Assert.StartsWith("1 people, 1 faces", database.What);
        Assert.Equal(before, Listing());
    }

    [Fact]
    public async Task AnEncoderThatIsNotInForceIsTold()
    {
        await MakeDatabaseAsync();
        string inForce = DatabaseReport.Read(_folder).Encoder!;
        Assert.Equal(Verdict.Ok, DataChecks.Database(_folder, inForce).Verdict);

        Finding other = DataChecks.Database(_folder, "other9");
        Assert.Equal(Verdict.Warn, other.Verdict);
        Assert.Contains($"{inForce} is in force, Vision:Encoder says other9", other.What);
        Assert.Contains("faceedge reencode --encoder other9", other.Do);
    }

    [Fact]
    public async Task ARunningDaemonIsSeenAndNotDisturbed()
    {
        await using ImageDatabase daemon = ImageDatabase.Open(_folder, NullLogger.Instance);
        await daemon.EnrolAsync(Face());

        Finding database = DataChecks.Database(_folder);

        Assert.Equal(Verdict.Ok, database.Verdict);
        Assert.Contains("1 people", database.What); // still in the log, not yet in the file
        Assert.Contains("in use by a daemon", database.What);
        await daemon.EnrolAsync(Face());
    }

    [Fact]
    public async Task ADamagedDatabaseFailsAndIsLeftAsItIs()
    {
        await MakeDatabaseAsync();
        using (FileStream file = File.OpenWrite(Path.Combine(_folder, "Image.db")))
        {
            file.Position = 8192;
            file.Write(new byte[16384]);
        }

        string[] before = Listing();
        Finding database = DataChecks.Database(_folder);
        Assert.Equal(Verdict.Fail, database.Verdict);
        Assert.Contains("damaged", database.What);
        Assert.NotNull(database.Do);
        Assert.Equal(before, Listing());
    }

    [Fact]
    public void AnotherProgramsFileFails()
    {
        File.WriteAllText(Path.Combine(_folder, "Image.db"), new string('x', 5000));
        Assert.Equal(Verdict.Fail, DataChecks.Database(_folder).Verdict);
    }

    [Fact]
    public void AMissingFolderIsMadeByTheFirstStart()
    {
        string missing = Path.Combine(_folder, "missing");
        Assert.Equal(Verdict.Warn, DataChecks.Folder(missing).Verdict);
        Assert.Equal(Verdict.Ok, DataChecks.Disk(missing).Verdict);
        Assert.Equal(Verdict.Ok, DataChecks.Database(missing).Verdict);
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void AFolderOpenToOthersIsAWarning()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        Finding folder = DataChecks.Folder(_folder);
        Assert.Equal(Verdict.Warn, folder.Verdict);
        Assert.Contains("chmod 700", folder.Do);
    }

    [Fact]
    public void TheOwnerOfAFileIsKnown()
    {
        Assert.Equal(FileFacts.User, FileFacts.OwnerOf(_folder));
        Assert.Equal(0u, FileFacts.OwnerOf("/"));
        Assert.Equal("root", FileFacts.NameOf(0));
        Assert.Throws<IOException>(() => FileFacts.OwnerOf(Path.Combine(_folder, "missing")));
    }

    [Theory]
    [InlineData(1_000_000_000, 1000, 900, false, nameof(Verdict.Ok))]
    [InlineData(1_000_000_000, 0, 0, false, nameof(Verdict.Ok))]
    [InlineData(100_000_000, 1000, 900, false, nameof(Verdict.Warn))]
    [InlineData(1_000_000, 1000, 900, false, nameof(Verdict.Fail))]
    [InlineData(1_000_000_000, 1000, 3, false, nameof(Verdict.Fail))]
    [InlineData(1_000_000_000, 1000, 900, true, nameof(Verdict.Fail))]
    public void ADiskIsJudgedByRoomInodesAndMount(ulong bytes, ulong inodes, ulong freeInodes, bool readOnly, string verdict) =>
        Assert.Equal(verdict, DataChecks.Judge("disk", new FileSystemRoom(bytes, inodes, freeInodes, readOnly)).Verdict.ToString());

    [Theory]
    [InlineData(2_000_000_000, 4_000_000_000, nameof(Verdict.Ok))]
    [InlineData(2_000_000_000, 200_000_000, nameof(Verdict.Warn))]
    [InlineData(50_000_000, 4_000_000_000, nameof(Verdict.Fail))]
    public void MemoryIsJudgedByWhatIsFreeAndAllowed(long free, long limit, string verdict) =>
        Assert.Equal(verdict, MachineChecks.Memory(free, limit).Verdict.ToString());

    [Fact]
    public void ACpuWithoutVectorsIsAWarning()
    {
        Assert.Equal(Verdict.Warn, MachineChecks.Cpu(["model name\t: Celeron", "flags\t\t: fpu sse4_2"]).Verdict);
        Assert.Equal(Verdict.Ok, MachineChecks.Cpu(["model name\t: Xeon", "flags\t\t: fpu avx2 fma"]).Verdict);
        Assert.Equal(Verdict.Ok, MachineChecks.Cpu(["Features\t: fp asimd asimddp"]).Verdict);
    }

    [Fact]
    public async Task AClockThatWasNeverSetOrWentBackIsAWarning()
    {
        Assert.Equal(Verdict.Warn, Clock(DateTimeOffset.UnixEpoch).Verdict);
        await MakeDatabaseAsync();
        Assert.Equal(Verdict.Ok, Clock(DateTimeOffset.UtcNow).Verdict);
        Assert.Contains("went back", Clock(DateTimeOffset.UtcNow.AddDays(-30)).What);
    }

    [Fact]
    public async Task AnAddressIsFreeOrSomebodyElses()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string url = $"http://{other.LocalEndpoint}";
        Task<TcpClient> asked = other.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        Task<Finding> asking = AddressCheck.RunAsync(url);
        (await asked).Dispose(); // hangs up on HTTP
        Assert.Equal(Verdict.Fail, (await asking).Verdict);
        other.Stop();
        Finding free = await AddressCheck.RunAsync(url);
        Assert.Equal(Verdict.Warn, free.Verdict); // No daemon answers there.
        Assert.Contains("systemctl start", free.Do, StringComparison.Ordinal);
    }

    [Fact]
    public void LibrariesAndModelsOfTheBuildAreFound()
    {
        Assert.Equal(Verdict.Ok, ModelChecks.Libraries().Verdict);
        Assert.Equal(Verdict.Ok, ModelChecks.Models(OptionsLoader.Defaults().ModelsDirectory).Verdict);
        Finding missing = ModelChecks.Models(_folder);
        Assert.Equal(Verdict.Fail, missing.Verdict);
        Assert.NotNull(missing.Do);
    }

    [Fact]
    public async Task AWrongConfigurationFailsAndTheRestIsStillLookedAt()
    {
        Diagnosis diagnosis = await DoctorCommand.ExamineAsync(() => throw new ConfigurationException("line 3: wrong"));

        Assert.Equal(Verdict.Fail, diagnosis.Verdict);
        Assert.True(diagnosis.Checks.Count > 8);
        Assert.Contains("FAIL  configuration  line 3: wrong", DoctorCommand.Write(diagnosis));
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(diagnosis, DoctorJson.Default.Diagnosis));
        JsonElement first = json.RootElement.GetProperty("checks")[0];
        Assert.Equal("fail", first.GetProperty("verdict").GetString());
        Assert.Equal("line 3: wrong", first.GetProperty("what").GetString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static NewFace Face() => new(new float[] { 1, 0 }, "test", 1, null);

    private async Task MakeDatabaseAsync()
    {
        await using ImageDatabase database = ImageDatabase.Open(_folder, NullLogger.Instance);
        await database.EnrolAsync(Face());
    }

    private Finding Clock(DateTimeOffset now) => MachineChecks.Clock(_folder, new FixedTime(now));

    private string[] Listing() =>
        [.. Directory.EnumerateFiles(_folder).Order(StringComparer.Ordinal).Select(path => $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}")];

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
