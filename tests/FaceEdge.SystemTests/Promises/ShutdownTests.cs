namespace FaceEdge.SystemTests.Promises;

public class ShutdownTests
{
    [Fact]
    public async Task WhatIsInFlightIsAnsweredAndStoredBeforeTheEnd()
    {
        using var folder = new TempFolder();
        PersonPhoto[] people = [.. People.All.Take(8)];
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path }))
        {
            // 1. Eight photos are half sent, an idle connection stands about, then comes SIGTERM.
            await daemon.Client.GetAsync("/home");
            var connections = new List<RawConnection>();
            foreach (PersonPhoto person in people)
            {
                RawConnection connection = await RawConnection.OpenAsync(daemon);
                connections.Add(connection);
                await connection.SendAsync(RawConnection.PredictHead("image/jpeg", person.Jpeg.Length));
                await connection.SendAsync(person.Jpeg.AsMemory(0, person.Jpeg.Length / 2));
            }

            await Task.Delay(300); // The daemon has read the heads: the requests are in flight.
            daemon.Signal();
            await Task.Delay(300);

            // 2. The other halves: each is answered.
            for (int i = 0; i < people.Length; i++)
            {
                await connections[i].SendAsync(people[i].Jpeg.AsMemory(people[i].Jpeg.Length / 2));
            }

            foreach (RawConnection connection in connections)
            {
                string answer = await connection.ReadAnswerAsync();
                Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
                connection.Dispose();
            }

            // 3. It ends well, and nobody new gets in meanwhile.
            Assert.Equal(0, await daemon.WaitForEndAsync("SIGTERM was sent"));
        }

        // 4. Everything is in the one file, and it is whole.
        AssertTidy(folder);
        Assert.Equal(people.Length, new ImageDb(folder.Path).Counts().People);
        await using DaemonProcess again = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path });
        var ids = new List<long>();
        foreach (PersonPhoto person in people)
        {
            ids.Add(await again.Client.IdOfAsync(person.Jpeg));
        }

        Assert.Equal(Enumerable.Range(1, people.Length).Select(n => (long)n), ids.Order());
    }

    [Fact]
    public async Task StoppedUnderLoadItLosesNobodyItAnswered()
    {
        using var folder = new TempFolder();
        var answered = new System.Collections.Concurrent.ConcurrentDictionary<PersonPhoto, long>();
        await using (DaemonProcess daemon = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path }))
        {
            int count = 0;
            var underLoad = new TaskCompletionSource();
            Task load = Parallel.ForEachAsync(People.All, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (person, _) =>
            {
                try
                {
                    answered[person] = await daemon.Client.IdOfAsync(person.Jpeg);
                    if (Interlocked.Increment(ref count) == 5)
                    {
                        underLoad.SetResult();
                    }
                }
                catch (HttpRequestException)
                {
                    // Came after the end had begun: refused at the door.
                }
            });
            await underLoad.Task.WaitAsync(Patience.Seconds(60));
            Assert.Equal(0, await daemon.StopAsync());
            await load;
        }

        AssertTidy(folder);
        Assert.Equal(answered.Count, new ImageDb(folder.Path).Counts().People);
        await using DaemonProcess again = await DaemonProcess.StartAsync(new DaemonStart { DataDirectory = folder.Path });
        foreach ((PersonPhoto person, long id) in answered)
        {
            Assert.Equal(id, await again.Client.IdOfAsync(person.Jpeg));
        }
    }

    [Fact]
    public async Task AClientThatNeverFinishesDoesNotHoldUpTheEnd()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Limits:ShutdownSeconds", "1");
        using RawConnection connection = await RawConnection.OpenAsync(daemon);
        await connection.SendAsync(RawConnection.PredictHead("image/jpeg", 1_000_000) + "\u00ff\u00d8\u00ff");
        await Task.Delay(300);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static void AssertTidy(TempFolder folder)
    {
        var log = new FileInfo(new ImageDb(folder.Path).Log);
        Assert.True(!log.Exists || log.Length == 0, $"The log still has {(log.Exists ? log.Length : 0)} bytes.");
        new ImageDb(folder.Path).AssertWhole();
    }
}
