namespace FaceEdge.SystemTests.Promises;

public class OneIdPerPersonTests
{
    [Fact]
    public async Task ThirtyTwoParallelPostsOfANewFaceGiveOneId()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        int number = 0;
        foreach (PersonPhoto person in People.All.Take(6))
        {
            // Four kinds of the photo, so that the encodings differ as those of a camera's frames do.
            byte[][] kinds =
            [
                person.Jpeg,
                People.Variant(person.Jpeg, "jpg", "-quality", "80"),
                People.Variant(person.Jpeg, "jpg", "-resize", "90%"),
                People.Variant(person.Jpeg, "png", "-modulate", "110"),
            ];
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => daemon.Client.PredictAsync(FaceClient.Form(kinds[i % 4]), "?details=true")));
            number++;
            Assert.All(answers, answer => Assert.Equal(number, answer.Id));
            Assert.Single(answers, answer => answer.Json.GetProperty("data").GetProperty("new").GetBoolean());
            Assert.Equal(number, daemon.Database.Counts().People);
        }

        daemon.Database.AssertWhole();
    }

    [Fact]
    public async Task EverybodyOnThePhotosIsSomebodyElseAndStaysSo()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        var ids = new Dictionary<string, long>();
        foreach (PersonPhoto person in People.All)
        {
            ids[person.Name] = await daemon.Client.IdOfAsync(person.Jpeg);
        }

        Assert.Equal(Enumerable.Range(1, People.All.Count).Select(n => (long)n), ids.Values);
        foreach (PersonPhoto person in People.All.Reverse())
        {
            Assert.Equal(ids[person.Name], await daemon.Client.IdOfAsync(People.Variant(person.Jpeg, "jpg", "-resize", "90%")));
        }
    }

    [Fact]
    public async Task ManyNewPeopleAtOnceAndInDisorderGetOneIdEach()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        PersonPhoto[] order = [.. People.All, .. People.All];
        new Random(11).Shuffle(order);
        (string Name, long Id)[] answers = await Task.WhenAll(order.Select(async p => (p.Name, await daemon.Client.IdOfAsync(p.Jpeg))));
        Assert.All(answers.GroupBy(a => a.Name), person => Assert.Single(person.Select(a => a.Id).Distinct()));
        Assert.Equal(People.All.Count, answers.Select(a => a.Id).Distinct().Count());
        Assert.Equal(People.All.Count, answers.Max(a => a.Id));
        Assert.Equal(People.All.Count, daemon.Database.Counts().People);
    }
}
