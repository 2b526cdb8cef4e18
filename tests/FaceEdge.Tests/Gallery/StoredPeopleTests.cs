using FaceEdge.Gallery;
using FaceEdge.Storage;
using FaceEdge.Tests.Storage;

namespace FaceEdge.Tests.Gallery;

/// <summary>What a start makes of the stored faces, against templates worked out one by one.</summary>
public sealed class StoredPeopleTests : IDisposable
{
    private readonly DataFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("fr512")]
    [InlineData("dlib128")]
    public async Task TemplatesAreThoseOfEachPersonsUsableFaces(string encoder)
    {
        const int People = 300;
        await using (var database = _data.Open())
        {
            for (int seed = 1; seed <= People; seed++)
            {
                string its = seed % 7 == 0 ? "mfn192" : encoder;
                await database.EnrolAsync(DataFolder.Face(seed, imageBytes: 0, encoder: its) with { Evidence = seed % 3 == 0 ? 0 : 12 + (seed % 10) });
                for (int more = 0; more < seed % 4; more++)
                {
                    await database.LearnAsync(seed, DataFolder.Face((1000 * seed) + more, imageBytes: 0, encoder: its) with { Evidence = 20 });
                }

                if (seed % 11 == 0)
                {
                    await database.ForgetAsync(seed);
                }
            }
        }

        _data.Shell("UPDATE face SET encoding = substr(encoding, 1, 2044) WHERE id % 13 = 1"); // too short
        _data.Shell("UPDATE face SET encoding = zeroblob(2048) WHERE id % 17 = 1"); // says nothing
        _data.Shell("UPDATE face SET encoding = CAST(x'0000C07F' || substr(encoding, 5) AS BLOB) WHERE id % 19 = 1"); // NaN

        StoredPeople? people = null;
        await using var opened = ImageDatabase.Open(_data.Folder, _data, faces =>
            people = StoredPeople.Load(faces.Read(encoder, 512, reuse: true), faces.People, encoder, 512, _data));

        EncodingMetric metric = EncodingMetric.Of(encoder);
        Calibration calibration = MatchThreshold.Of(encoder);
        int expected = 0;
        foreach (IGrouping<long, StoredFace> person in opened.ReadFaces(encoder, 512).GroupBy(face => face.PersonId))
        {
            var sum = new float[512];
            foreach (StoredFace face in person)
            {
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += face.Encoding[i];
                }
            }

            var template = new float[people!.Matrix.Dimensions];
            float scale = metric.WriteTemplate(sum, person.Count(), template);
            if (scale == 0)
            {
                Assert.DoesNotContain(person.Key, people.ById);
                continue;
            }

            expected++;
            Person loaded = people.ById[person.Key];
            Assert.Same(loaded, people.Rows[loaded.Row]);
            Assert.Equal(person.Key, await loaded.Id);
            Assert.Equal((person.Count(), scale), (loaded.Faces, loaded.SumScale));
            Assert.Equal(person.Sum(face => calibration.Offset(face.Evidence)) / person.Count(), loaded.Offset, 1e-6f);
            var row = new float[template.Length];
            people.Matrix.Read(loaded.Row, row);
            Assert.Equal(template, row);
        }

        Assert.InRange(expected, 200, People);
        Assert.Equal((expected, expected, expected), (people!.ById.Count, people.Rows.Count, people.Matrix.Rows));
        Assert.Contains(_data.Log, l => l.Level == LogLevel.Warning && l.Text.StartsWith($"{opened.Count().People - expected} people have no encoding"));
        people.Dispose();
    }

    [Fact]
    public async Task ADamagedFileLeavesNothingLoaded()
    {
        await _data.Fill(3);
        var boom = new InvalidOperationException();
        Assert.Same(boom, Assert.Throws<InvalidOperationException>(() => StoredPeople.Load(Failing(), 20_000, "fr512", 4, _data)));

        IEnumerable<StoredFace> Failing()
        {
            yield return new StoredFace(1, 1, 1, [1, 0, 0, 0]);
            throw boom;
        }
    }
}
