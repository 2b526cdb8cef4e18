namespace FaceEdge.SystemTests.Support;

/// <summary>
/// One daemon that knows two people (1 and 2), for the tests that enrol nobody. It learns no further faces, so what it stores may
/// not change at all while they run.
/// </summary>
public sealed class KnownPeople : IAsyncLifetime
{
    private (long, long) _stored;

    internal DaemonProcess Daemon { get; private set; } = null!;

    internal FaceClient Client => Daemon.Client;

    /// <summary>The answers to the very first photos of a new database.</summary>
    internal Answer First { get; private set; } = null!;

    internal Answer Second { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Daemon = await DaemonProcess.StartAsync("--Gallery:MaxFacesPerPerson", "1");
        First = await Client.PredictAsync(People.Cage);
        Second = await Client.PredictAsync(People.Audrey);
        _stored = Daemon.Database.Counts();
        Assert.Equal((2, 2), _stored);
    }

    public async ValueTask DisposeAsync() => await Daemon.DisposeAsync();

    /// <summary>Fails when a test left something behind or ended the daemon.</summary>
    internal async Task AssertUnharmedAsync()
    {
        Assert.True(Daemon.IsAlive, "The daemon has ended: " + Daemon.ErrorText);
        Assert.Equal(_stored, Daemon.Database.Counts());
        Assert.Equal(2, await Client.PeopleAsync());
        Assert.Equal(1, await Client.IdOfAsync(People.Cage));
        Assert.Equal(_stored, Daemon.Database.Counts());
    }
}

/// <summary>The tests that share <see cref="KnownPeople"/>; they run one after the other.</summary>
[CollectionDefinition(nameof(KnownPeople))]
public sealed class KnownPeopleCollection : ICollectionFixture<KnownPeople>;
