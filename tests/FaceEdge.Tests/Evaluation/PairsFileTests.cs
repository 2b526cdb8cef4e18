using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public class PairsFileTests
{
    [Theory]
    [InlineData("Ann_0001", "b/c.png", null)]
    [InlineData("Ann_0001.jpg", "c", null)]
    [InlineData("Ann_0001", "Ann_0002", "Ann_0002")]
    [InlineData("Bea_0001", "c", "Bea_0001")]
    public void APhotoThatIsNotThereIsToldBeforeAnythingIsEncoded(string a, string b, string? missing)
    {
        LabelledPhoto[] photos = [new("Ann_0001.jpg", "/none/Ann_0001.jpg", "Ann"), new("b/c.png", "/none/b/c.png", "b")];
        Exception? failure = Record.Exception(() => PhotoIndex.Check(photos, [new PhotoPair(0, a, b, false)]));
        Assert.Equal(missing is null ? null : $"the pairs file names {missing}, which is not in the folder", failure?.Message);
    }

    [Fact]
    public void CsvWithFolds() => Assert.Equal(
        [new PhotoPair(3, "A_0001.jpg", "A_0002.jpg", true), new PhotoPair(4, "A_0001.jpg", "b/c.png", false)],
        PairsFile.Parse(["fold,a,b,same", "3,A_0001.jpg,A_0002.jpg,1", "", "4,A_0001.jpg, b/c.png,0"], "pairs.csv"));

    [Fact]
    public void CsvWithoutFoldsIsDealtEvenly()
    {
        PhotoPair[] pairs = PairsFile.Parse(["a,b,same", .. Enumerable.Range(0, 40).Select(static i => $"x,y,{i % 2}")], "pairs.csv");
        Assert.All(pairs.GroupBy(static pair => (pair.Fold, pair.Same)), static group => Assert.Equal(2, group.Count()));
        Assert.Equal(10, pairs.Select(static pair => pair.Fold).Distinct().Count());
    }

    [Fact]
    public void LfwWithFolds() => Assert.Equal(
        [
            new PhotoPair(0, "Abel_Pacheco_0001", "Abel_Pacheco_0004", true), new PhotoPair(0, "Abdel_Madi_0001", "Dean_Barker_0012", false),
            new PhotoPair(1, "Zhu_0001", "Zhu_0002", true), new PhotoPair(1, "Zhu_0001", "Ann_0002", false),
        ],
        PairsFile.Parse(["2\t1", "Abel_Pacheco\t1\t4", "Abdel_Madi\t1\tDean_Barker\t12", "Zhu\t1\t2", "Zhu\t1\tAnn\t2"], "pairs.txt"));

    [Theory]
    [InlineData("pairs.csv, line 3", "fold,a,b,same", "0,a,b,1", "0,a,b,2")]
    [InlineData("pairs.csv, line 2", "fold,a,b,same", "one,a,b,1")]
    [InlineData("pairs.csv, line 2", "10 300", "Abel 1")]
    [InlineData("pairs.csv, line 2", "10 300", "Abel 1 x")]
    [InlineData("neither", "who,knows")]
    [InlineData("neither")]
    public void WhatIsWrongIsNamedWithItsLine(string expected, params string[] lines) =>
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => PairsFile.Parse(lines, "pairs.csv")).Message, StringComparison.Ordinal);
}
