namespace FaceEdge.SystemTests.Promises;

/// <summary>After a kill, the end of the log of recent writes may be anything: what was committed before it must still be there.</summary>
public class TornLogTests
{
    [Fact]
    public async Task GarbageBehindTheLastCommitIsIgnored()
    {
        using var folder = new TempFolder();
        ImageDb database = await ThreePeopleThenKillAsync(folder);
        long end = WriteAheadLog.CommitEnds(await File.ReadAllBytesAsync(database.Log))[^1];
        await using (FileStream log = File.OpenWrite(database.Log))
        {
            log.Seek(end, SeekOrigin.Begin);
            byte[] garbage = new byte[30_000];
            new Random(5).NextBytes(garbage);
            log.Write(garbage);
        }

        await using DaemonProcess daemon = await StartAgainAsync(folder);
        await AssertKnowsAsync(daemon, (People.Cage, 1), (People.Audrey, 2), (People.Connery, 3));
        Assert.Equal(4, await daemon.Client.IdOfAsync(People.All[3].Jpeg));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(5000)]
    public async Task ATransactionTornInTheMiddleTakesNoEarlierOneWithIt(int missing)
    {
        // 1. Three people, each committed on its own; the last commit loses its end, as if the disk had lied about it.
        using var folder = new TempFolder();
        ImageDb database = await ThreePeopleThenKillAsync(folder);
        List<long> ends = WriteAheadLog.CommitEnds(await File.ReadAllBytesAsync(database.Log));
        Assert.True(ends.Count >= 3, $"{ends.Count} commits are in the log.");
        await using (FileStream log = File.OpenWrite(database.Log))
        {
            log.SetLength(ends[^1] - missing);
        }

        // 2. The daemon is ready, without a word about damage, and knows those whose commits are whole.
        await using DaemonProcess daemon = await StartAgainAsync(folder);
        await AssertKnowsAsync(daemon, (People.Cage, 1), (People.Audrey, 2));
        Assert.Equal(2, await daemon.Client.PeopleAsync());

        // 3. The third is nobody's half: a stranger, who registers whole.
        long third = await daemon.Client.IdOfAsync(People.Connery);
        Assert.DoesNotContain(third, (long[])[1, 2]);
        Assert.Equal(third, await daemon.Client.IdOfAsync(People.Connery));
        daemon.Database.AssertWhole();
        Assert.Equal((3, 3), daemon.Database.Counts());
    }

    [Fact]
    public async Task ATransactionThatWasNeverAcknowledgedMayBeTornAnywhere()
    {
        using var folder = new TempFolder();
        ImageDb database = await ThreePeopleThenKillAsync(folder);
        byte[] whole = await File.ReadAllBytesAsync(database.Log);
        List<long> ends = WriteAheadLog.CommitEnds(whole);
        long twoPeople = ends[^2];
        var random = new Random(9);
        for (int i = 0; i < 5; i++)
        {
            using var copy = new TempFolder();
            foreach (string file in Directory.GetFiles(folder.Path).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
            {
                File.Copy(file, copy.File(Path.GetFileName(file)));
            }

            await using (FileStream log = File.OpenWrite(new ImageDb(copy.Path).Log))
            {
                log.SetLength(random.NextInt64(twoPeople, ends[^1]));
            }

            await using DaemonProcess daemon = await StartAgainAsync(copy);
            await AssertKnowsAsync(daemon, (People.Cage, 1), (People.Audrey, 2));
        }
    }

    private static async Task<ImageDb> ThreePeopleThenKillAsync(TempFolder folder)
    {
        await using DaemonProcess daemon = await StartAgainAsync(folder);
        Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
        Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
        Assert.Equal(3, await daemon.Client.IdOfAsync(People.Connery));
        daemon.KillHard();
        return new ImageDb(folder.Path);
    }

    /// <summary>Without learning, so that each person is just one transaction.</summary>
    private static Task<DaemonProcess> StartAgainAsync(TempFolder folder) =>
        DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path, Settings = ["--Gallery:MaxFacesPerPerson", "1"] });

    private static async Task AssertKnowsAsync(DaemonProcess daemon, params (byte[] Photo, long Id)[] people)
    {
        Assert.Empty(Directory.GetFiles(daemon.DataDirectory, "*corrupt*"));
        foreach ((byte[] photo, long id) in people)
        {
            Assert.Equal(id, await daemon.Client.IdOfAsync(photo));
        }
    }
}
