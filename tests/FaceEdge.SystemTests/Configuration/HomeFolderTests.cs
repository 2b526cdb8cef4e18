namespace FaceEdge.SystemTests.Configuration;

/// <summary>A service's user often has no home folder, or one that nobody can write. FaceEdge needs none.</summary>
public class HomeFolderTests
{
    [Theory]
    [InlineData("/nonexistent/home")]
    [InlineData("/dev/null")]
    [InlineData("")]
    [InlineData("read-only")]
    public async Task AHomeFolderThatCannotBeWrittenDisturbsNobody(string home)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("home"));
        DaemonStart start = home is "read-only"
            ? new DaemonStart { Environment = { ["HOME"] = folder.File("home") }, Wrapper = MountNamespace.ReadOnly(folder.File("home")) }
            : new DaemonStart { Environment = { ["HOME"] = home } };
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(start with { DataDirectory = folder.File("data") }))
        {
            Assert.Equal(1, await daemon.Client.IdOfAsync(People.Cage));
            Assert.Equal(0, await daemon.StopAsync());
        }

        DaemonEnd doctor = await DaemonProcess.RunToEndAsync(start, "doctor", "--DataDirectory", folder.File("data"), "--Urls", "http://127.0.0.1:1");
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Error);

        Directory.CreateDirectory(folder.File("photos"));
        await File.WriteAllBytesAsync(folder.File("photos/Cage_0001.jpg"), People.Cage, TestContext.Current.CancellationToken);
        DaemonEnd evaluate = await DaemonProcess.RunToEndAsync(start, "evaluate", "stream", "--folder", folder.File("photos"), "--seeds", "1", "--sizes", "100");
        Assert.True(evaluate.ExitCode == 0, evaluate.Output + evaluate.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.File("home")));
    }
}
