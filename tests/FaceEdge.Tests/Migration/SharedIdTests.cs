using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

public class SharedIdTests
{
    [Fact]
    public void OnePersonsPhotosStayTogetherThoughSomeAreFar()
    {
        // Each is 0.55 from the next, the ends are far apart.
        float[][] chain = [At(0, 0), At(0.55f, 0), At(1.1f, 0), At(1.1f, 0.55f)];
        Assert.Equal([0, 0, 0, 0], SharedId.People([chain[0], chain[1], chain[2], chain[2]], default));
        Assert.Equal([0, 0, 0, 0, 0], SharedId.People([.. chain, At(1.1f, 0.9f)], default));
    }

    [Fact]
    public void ClearlyDifferentFacesAreTwoPeople() =>
        Assert.Equal([0, 1, 0, 1], SharedId.People([At(0, 0), At(0.8f, 0), At(0.1f, 0), At(0.8f, 0.1f)], default));

    [Fact]
    public void WhereTheOriginalNeverRecognisedAnybodyEachFaceIsAPerson()
    {
        // 0.6 from each other: one person's, if they were two.
        float[][] corners = [At(0, 0), At(0.6f, 0), At(0, 0.6f), At(0.6f, 0.6f)];
        Assert.Equal([0, 0], SharedId.People(corners[..2], default));
        Assert.Equal([0, 1, 2, 3], SharedId.People(corners, default));
    }

    [Fact]
    public void WithoutAnEncodingARowGoesWithTheFirst() =>
        Assert.Equal([1, 1, 1, 3], SharedId.People([null, At(0, 0), null, At(2, 0)], default));

    private static float[] At(float x, float y)
    {
        var face = new float[128];
        (face[0], face[1], face[2]) = (x, y, 1);
        return face;
    }
}
