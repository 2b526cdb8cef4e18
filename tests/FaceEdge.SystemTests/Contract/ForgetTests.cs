namespace FaceEdge.SystemTests.Contract;

public class ForgetTests
{
    [Fact]
    public async Task AForgottenPersonIsAStrangerWithANewIdAlsoAfterARestart()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            // 1. Three people; the last, whose id is the highest, is forgotten.
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
            Assert.Equal(3, await daemon.Client.IdOfAsync(People.Connery));
            Assert.Equal(204, await daemon.Client.ForgetAsync(3));

            // 2. Nothing of the person is left; a second time there is nobody to forget.
            Assert.Equal(0, daemon.Database.Number("SELECT count(*) FROM Image WHERE Person = 3"));
            Assert.Equal(2, daemon.Database.Number("SELECT count(*) FROM person"));
            Answer again = await daemon.Client.SendAsync(HttpMethod.Delete, "/v1/people/3");
            Assert.Equal((404, "unknown_person"), (again.Status, again.Code));
            Assert.Equal("application/problem+json", again.ContentType);

            // 3. The same face is somebody new.
            Assert.Equal(4, await daemon.Client.IdOfAsync(People.Connery));
            Assert.Equal(204, await daemon.Client.ForgetAsync(4));
            Assert.Equal(0, await daemon.StopAsync());
        }

        // 4. Also a daemon that has read everything from the disk gives neither 3 nor 4 again.
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Audrey));
            Assert.Equal(5, await daemon.Client.IdOfAsync(People.Connery));
        }
    }

    [Fact]
    public async Task WithEverybodyForgottenIdsGoOn()
    {
        using var folder = new TempFolder();
        var start = new DaemonStart { DataDirectory = folder.Path };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(204, await daemon.Client.ForgetAsync(1));
            daemon.KillHard();
        }

        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start))
        {
            Assert.Equal(0, await daemon.Client.PeopleAsync());
            Assert.Equal(2, await daemon.Client.IdOfAsync(People.Cage));
        }
    }

    [Fact]
    public async Task NobodyHasAnImpossibleId()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        foreach (long id in (long[])[0, -1, 1, long.MaxValue])
        {
            Assert.Equal(404, await daemon.Client.ForgetAsync(id));
        }
    }
}
