using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class DetectionTests
{
    [Fact]
    public void EveryFaceTakesOneBoxTheNearest()
    {
        // Two faces side by side; the wide box holds the middles of both, the small one only the left's.
        DetectionScore score = DetectionScore.Of(
            [new(10, 10, 0, 0), new(30, 10, 0, 0), new(90, 90, 0, 0)],
            [new(0, 0, 50, 20, 1), new(5, 5, 16, 16, 1), new(60, 60, 70, 70, 1)]);
        Assert.Equal(new DetectionScore(Hits: 2, Misses: 1, FalseBoxes: 1), score);
    }

    [Fact]
    public void ASecondBoxOfAFaceIsFalse() =>
        Assert.Equal(new DetectionScore(1, 0, 1), DetectionScore.Of([new(10, 10, 0, 0)], [new(0, 0, 20, 20, 1), new(1, 1, 20, 20, 1)]));

    [Theory]
    [InlineData(20, 1)]
    [InlineData(12, 1)] // A third of the area is enough.
    [InlineData(8, 0)]
    public void AnAnnotatedSizeMustBeAboutRight(float size, int hits) =>
        Assert.Equal(hits, DetectionScore.Of([new(10, 10, size, size)], [new(0, 0, 20, 20, 1)]).Hits);

    [Fact]
    public void AnnotationsWithAndWithoutFaces()
    {
        AnnotatedPhoto[] photos = Annotations.Parse(["photo,x,y,w,h", "a.jpg,10,20.5,4,6", "b/c.jpg", "a.jpg,1,2", "", "d.jpg,,,,"], "faces.csv");
        Assert.Equal(["a.jpg", "b/c.jpg", "d.jpg"], photos.Select(static photo => photo.Name));
        Assert.Equal([new AnnotatedFace(10, 20.5f, 4, 6), new AnnotatedFace(1, 2, 0, 0)], photos[0].Faces);
        Assert.Empty(photos[1].Faces);
        Assert.Empty(photos[2].Faces);
    }

    [Theory]
    [InlineData("first line", "a.jpg,1,2")]
    [InlineData("no photo", "photo,x,y")]
    [InlineData("line 2", "photo,x,y", "a.jpg,1")]
    [InlineData("line 3", "photo,x,y", "a.jpg,1,2", "a.jpg,1,NaN")]
    [InlineData("line 2", "photo,x,y,w,h", "a.jpg,1,2,0,5")]
    public void WhatIsWrongIsNamed(string expected, params string[] lines) =>
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => Annotations.Parse(lines, "faces.csv")).Message, StringComparison.Ordinal);
}
