using FaceEdge.Storage;

namespace FaceEdge.Tests.Storage;

/// <summary>A change of the encoder, as the file sees it: prepared beside the old encodings, then put in force by one write.</summary>
public sealed class EncodingStoreTests : IDisposable
{
    private const string New = "mfn192";
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task AnEmptyGalleryHasNoEncoderAndTheFirstFaceBringsItsOwn()
    {
        await using var database = _data.Open();
        Assert.Null(database.Encoder);
        await database.SetEncoderAsync("fr512");
        Assert.Null(database.Encoder);
        await database.EnrolAsync(DataFolder.Face(1));
        Assert.Equal("fr512", database.Encoder);
    }

    [Fact]
    public async Task WithoutANoteTheEncoderIsThatOfMostFaces()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1, encoder: "dlib128"));
        await database.EnrolAsync(DataFolder.Face(2, encoder: "fr512"));
        await database.EnrolAsync(DataFolder.Face(3, encoder: "dlib128"));
        Assert.Equal("dlib128", database.Encoder);
    }

    [Fact]
    public async Task TheNoteOfWhatWasFoundChangesNothingThatIsKnown()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(DataFolder.Face(1, encoder: "dlib128"));
        using var store = EncodingStore.Open(_data.Folder);
        store.Want(New);
        await database.NoteEncoderAsync("dlib128");
        Assert.Equal(("dlib128", New), (database.Encoder, database.WantedEncoder));
        await database.NoteEncoderAsync("fr512");
        await database.EnrolAsync(DataFolder.Face(2));
        await database.EnrolAsync(DataFolder.Face(3));
        Assert.Equal("dlib128", database.Encoder);
    }

    [Fact]
    public async Task WhatIsPreparedIsNotInForceUntilItIsSaid()
    {
        await using var database = _data.Open();
        for (int seed = 1; seed <= 3; seed++)
        {
            await database.EnrolAsync(Pictured(seed));
        }

        using var store = EncodingStore.Open(_data.Folder);
        Assert.Equal(new EncodingProgress(3, 3, 0, 3, 0, 0), store.Progress(New));
        Assert.Equal([1L, 2L], store.Next(New, 2).Select(picture => picture.FaceId));
        store.Add(New, [(1, [1f, 2f]), (2, null)]);
        Assert.Equal(new EncodingProgress(3, 3, 1, 1, 1, 0), store.Progress(New));
        Assert.Equal([3L], store.Next(New, 10).Select(picture => picture.FaceId));
        Assert.Equal([2L], store.LeftBehind(New));
        Assert.Equal("fr512", database.Encoder);
        Assert.Equal([1L], database.ReadFaces(New, 2).Select(face => face.PersonId));
        Assert.Equal(3, database.ReadFaces("fr512", 512).Count());

        store.RetryUnreadable(New);
        store.Add(New, [(2, [3f, 4f]), (3, [5f, 6f])]);
        Assert.Empty(store.LeftBehind(New));
        store.Want(New);
        Assert.Equal(New, database.WantedEncoder);
        Assert.True(store.IsWaiting);
        await database.SetEncoderAsync(New);
        Assert.Equal((New, null), (database.Encoder, database.WantedEncoder));
        Assert.False(store.IsWaiting);
        Assert.Equal([5f, 6f], database.ReadFaces(New, 2).Last().Encoding);
        Assert.Equal("1|8", _data.Shell("SELECT Person, length(Face_Encoding) FROM Image LIMIT 1").Trim());

        // And back: nothing is to be made again.
        Assert.Equal(new EncodingProgress(3, 3, 3, 0, 0, 0), store.Progress("fr512"));
    }

    [Fact]
    public async Task ARefusalIsToldAndForgottenByTheNextWish()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(Pictured(1));
        using var store = EncodingStore.Open(_data.Folder);
        store.Want(New);
        await database.RefuseEncoderAsync("no such model");
        Assert.Equal(("no such model", false), (store.Refusal, store.IsWaiting));
        store.Want(New);
        Assert.Null(store.Refusal);
    }

    [Fact]
    public async Task WhoHasNoPictureIsNamed()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(Pictured(1));
        await database.EnrolAsync(DataFolder.Face(2) with { Image = null });
        await database.LearnAsync(2, DataFolder.Face(3) with { Image = null });
        await database.EnrolAsync(DataFolder.Face(4) with { Image = null });
        await database.LearnAsync(3, Pictured(5));
        await database.EnrolAsync(DataFolder.Face(6, encoder: New) with { Image = null });
        using var store = EncodingStore.Open(_data.Folder);
        Assert.Equal([2L], store.LeftBehind(New));
        Assert.Equal(new EncodingProgress(4, 6, 1, 2, 0, 3), store.Progress(New));
    }

    [Fact]
    public async Task AForgottenFaceTakesItsPreparedEncodingWithIt()
    {
        await using var database = _data.Open();
        await database.EnrolAsync(Pictured(1));
        using var store = EncodingStore.Open(_data.Folder);
        store.Add(New, [(1, [1f])]);
        await database.ForgetAsync(1);
        store.Add(New, [(1, [1f])]); // was on its way
        Assert.Equal("0", _data.Shell("SELECT count(*) FROM face_encoding").Trim());
    }

    private static NewFace Pictured(int seed) => DataFolder.Face(seed) with { Image = [1, 2, 3] };
}
