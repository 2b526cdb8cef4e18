namespace FaceEdge.SystemTests.Photos;

/// <summary>
/// A camera hung sideways, or upside down, without EXIF. The detector finds turned faces, and the encoder makes something of them
/// that resembles other turned faces more than the person: such a photo must never make a person, and never merge two.
/// </summary>
public class SidewaysTests
{
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
    public async Task AnUnknownPersonOnATurnedPhotoIsNotRegistered()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        var wrong = new List<string>();
        foreach (PersonPhoto person in People.All.Take(12))
        {
            Answer answer = await daemon.Client.PredictAsync(People.Variant(person.Jpeg, "jpg", "-rotate", "90", "-strip"));
            if (answer.Status != 422)
            {
                wrong.Add($"{person.Name}: {answer.Body}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} people lying on their side were registered:\n{string.Join('\n', wrong)}");
    }
}
