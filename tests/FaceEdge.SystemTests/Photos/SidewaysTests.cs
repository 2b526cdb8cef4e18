namespace FaceEdge.SystemTests.Photos;

/// <summary>
/// A camera hung sideways, or upside down, without EXIF. The detector finds turned faces, and the encoder makes something of them
/// that resembles other turned faces more than the person: such a photo must never make a person, and never merge two.
/// </summary>
public class SidewaysTests
{
    private const double CageWidth = 500;
    private const double CageHeight = 614;

    [Theory]
    [InlineData("90")]
    [InlineData("270")]
    [InlineData("180")]
    public async Task ATurnedPhotoWithoutExifHasNoFaceOrTheRightAnswer(string angle)
    {
        // Every person is known; then each is posted turned.
        await using DaemonProcess daemon = await DaemonProcess.StartAsync("--Gallery:MaxFacesPerPerson", "1");
        var wrong = new List<string>();
        PersonPhoto[] people = [.. People.All.Take(16)];
        foreach (PersonPhoto person in people)
        {
            await daemon.Client.IdOfAsync(person.Jpeg);
        }

        for (int i = 0; i < people.Length; i++)
        {
            Answer answer = await daemon.Client.PredictAsync(People.Variant(people[i].Jpeg, "jpg", "-rotate", angle, "-strip"));
            if (answer.Status == 200 ? answer.Id != i + 1 : answer is not { Status: 422, Code: "no_face" or "face_too_small" or "low_quality" })
            {
                wrong.Add($"{people[i].Name}: {answer.Body}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {people.Length} people turned by {angle} got a wrong answer:\n{string.Join('\n', wrong)}");
        Assert.Equal(people.Length, daemon.Database.Counts().People);
    }

    [Fact]
    public async Task AnUnknownPersonOnATurnedPhotoIsRegisteredUprightOrNotAtAll()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        var wrong = new List<string>();
        foreach (PersonPhoto person in People.All.Take(12))
        {
            Answer turned = await daemon.Client.PredictAsync(People.Variant(person.Jpeg, "jpg", "-rotate", "90", "-strip"));
            Answer upright = await daemon.Client.PredictAsync(person.Jpeg);
            if (turned.Status != 422 && turned.Id != upright.Id)
            {
                wrong.Add($"{person.Name}: {turned.Body} lying, {upright.Body} upright");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} people lying on their side became somebody else:\n{string.Join('\n', wrong)}");
        Assert.Equal(12, daemon.Database.Counts().People);
    }

    [Fact]
    public async Task TheBoxOfATurnedPhotoIsInThePhotoAsItWasPosted()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        string upright = (await daemon.Client.PredictAsync(People.Cage, "?details=true")).Body;
        foreach (string angle in (string[])["90", "180", "270"])
        {
            string turned = (await daemon.Client.PredictAsync(
                People.Variant(People.Cage, "jpg", "-rotate", angle, "-strip"), "?details=true")).Body;
            Assert.Equal(BackFrom(angle, Box(turned)), Box(upright), (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).All(d => d < 30)); // Detections differ by some per cent.
        }
    }

    private static double[] Box(string body)
    {
        using var json = System.Text.Json.JsonDocument.Parse(body);
        var box = json.RootElement.GetProperty("data").GetProperty("box");
        return [.. ((string[])["x", "y", "width", "height"]).Select(name => box.GetProperty(name).GetDouble())];
    }

    /// <summary>A box of a photo turned clockwise, in the upright photo of 500 x 614 pixels.</summary>
    private static double[] BackFrom(string angle, double[] box)
    {
        (double x, double y, double width, double height) = (box[0], box[1], box[2], box[3]);
        return angle switch
        {
            "90" => [y, CageHeight - x - width, height, width],
            "180" => [CageWidth - x - width, CageHeight - y - height, width, height],
            _ => [CageWidth - y - height, x, height, width],
        };
    }
}
