using FaceEdge.Evaluation;

namespace FaceEdge.Tests.Evaluation;

public sealed class LabelledPhotosTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faceedge-labelled-").FullName;

    [Theory]
    [InlineData("Ann_Smith_0001.jpg", "Ann_Smith")]
    [InlineData("ann/0001.jpg", "ann")]
    [InlineData("family/ann/x_1.png", "family/ann")]
    [InlineData("ann.jpg", "ann")]
    public void ThePersonIsTheFolderOrTheNameWithoutNumber(string name, string person) => Assert.Equal(person, LabelledPhotos.PersonOf(name));

    [Fact]
    public void PhotosComeInTheOrderOfTheirNamesWithoutOtherFiles()
    {
        foreach (string name in (ReadOnlySpan<string>)["b/2.jpg", "b/10.JPG", "A_0002.webp", "notes.txt", "a_0001.png"])
        {
            string path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        Assert.Equal(["A_0002.webp", "a_0001.png", "b/10.JPG", "b/2.jpg"], LabelledPhotos.In(_folder).Select(static photo => photo.Name));
    }

    [Fact]
    public void AnEmptyOrMissingFolderIsToldAbout()
    {
        Assert.Contains("no photo", Assert.Throws<EvaluationException>(() => LabelledPhotos.In(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("no folder", Assert.Throws<EvaluationException>(() => LabelledPhotos.In(_folder + "-not")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASmallDrawIsPartOfALargerOne()
    {
        LabelledPhoto[] photos = [.. Enumerable.Range(0, 90).Select(static i => new LabelledPhoto($"p{i % 30}_{i}.jpg", "", $"p{i % 30}"))];
        LabelledPhoto[] small = LabelledPhotos.Draw(photos, 5, seed: 2);
        Assert.Equal(15, small.Length);
        Assert.Equal(5, small.DistinctBy(static photo => photo.Person).Count());
        Assert.Empty(small.Except(LabelledPhotos.Draw(photos, 12, seed: 2)));
    }

    /// <summary>The order bench/clusters.mjs makes of 0..9 with seed 1 (node -e).</summary>
    [Fact]
    public void TheOrderIsThatOfTheBenchmarks() => Assert.Equal((int[])[7, 8, 3, 2, 1, 5, 9, 4, 0, 6], SeededOrder.Shuffle([.. Enumerable.Range(0, 10)], 1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
