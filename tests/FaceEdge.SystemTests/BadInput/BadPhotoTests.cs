namespace FaceEdge.SystemTests.BadInput;

/// <summary>Each bad photo gets the promised status and code, nothing of it is stored, and the daemon goes on.</summary>
[Collection(nameof(KnownPeople))]
public class BadPhotoTests(KnownPeople known)
{
    public static TheoryData<string> Names => [.. BadPhotos.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task IsRefusedAndLeavesNothing(string name)
    {
        BadPhoto input = BadPhotos.All[name];
        Answer answer = await known.Client.PredictAsync(input.Body());
        Assert.True(input.Codes.Contains(answer.Code), $"{input.Status} {string.Join(" or ", input.Codes)} was expected, but {answer.Status} came: {answer.Body}");
        answer.AssertError(answer.Code == "corrupt_image" ? 422 : input.Status, answer.Code!);
        await known.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("skullmask.jpg")]
    [InlineData("ironman.jpg")]
    [InlineData("vendetta.jpg")]
    [InlineData("picasso_drawing_crop.jpg")]
    [InlineData("scream_crop.jpg")]
    public async Task AMaskOrADrawingIsNobodyKnown(string photo)
    {
        // A detector may take a mask for a face, and then it is somebody new; it is never one of the people. Own daemon: it may enrol.
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        long cage = await daemon.Client.IdOfAsync(People.Cage);
        Answer answer = await daemon.Client.PredictAsync(People.Photo(photo));
        Assert.True(answer.Status == 422 || (answer.Status == 200 && answer.Id != cage), answer.Body);
    }

    [Fact]
    public async Task AFileNameThatClimbsOutOfTheFolderWritesNowhere()
    {
        string[] before = Directory.GetFiles(known.Daemon.DataDirectory, "*", SearchOption.AllDirectories);
        DateTime passwords = File.GetLastWriteTimeUtc("/etc/passwd");
        Answer answer = await known.Client.PredictAsync(FaceClient.Form(People.Cage, name: "../../etc/passwd"));
        Assert.Equal(1, answer.Id);
        Assert.Equal(before.Order(), Directory.GetFiles(known.Daemon.DataDirectory, "*", SearchOption.AllDirectories).Order());
        Assert.Equal(passwords, File.GetLastWriteTimeUtc("/etc/passwd"));
    }
}
