using FaceEdge.Evaluation;
using FaceEdge.Gallery;

namespace FaceEdge.Tests.Evaluation;

public class CalibrationTests
{
    [Theory]
    [InlineData(0, 0.05)]
    [InlineData(-0.1, 0.05)]
    [InlineData(0.1, 0.03)]
    public void AKnownTailIsFoundAgainInSpiteOfWrongLabels(double shape, double scale)
    {
        var known = new Calibration(0.3, shape, scale, 1, 1, 0);
        const int total = 2_000_000;
        // The quantiles themselves, so that nothing is left to chance; then the ten most similar strangers turn out to be one person under two names.
        float[] scores = [.. Enumerable.Range(0, 30_000).Select(i => (float)known.ThresholdFor((i + 0.5) / total))];
        scores.AsSpan(0, 10).Fill(0.9f);

        (double body, double foundShape, double foundScale) = TailFit.Of(scores, total);

        Assert.Equal(0.3, body, 1e-3);
        Assert.Equal(shape, foundShape, 0.011);
        Assert.Equal(scale, foundScale, 1e-3);
    }

    [Fact]
    public void TooFewStrangersAreToldAbout() =>
        Assert.Contains("too few", Assert.Throws<EvaluationException>(static () => TailFit.Of([0.5f, 0.4f], 200)).Message, StringComparison.Ordinal);

    /// <summary>
    /// Four people; the photo of the first resembles two of the three others at 0.6. A gallery of one of the three matches it with
    /// probability 2/3, one of two always; at 0.65 never.
    /// </summary>
    [Fact]
    public void FpirIsTheExpectationOverAllGalleries()
    {
        var probe = new ScoredProbe(0, 0, [new(0.6f, 1), new(0.6f, 3), new(0.1f, 2)], Own: 0.75f, OwnEvidence: 0);
        var rates = new IdentificationRates(new TemplateScores(["a", "b", "c", "d"], [probe], [0, 0, 0, 0]), new Calibration(0, 0, 1, 1, 1, 0));
        Assert.Equal(2.0 / 3, rates.Fpir(1, 0.5), 1e-12);
        Assert.Equal(1, rates.Fpir(2, 0.5), 1e-12);
        Assert.Equal(0, rates.Fpir(3, 0.65), 1e-12);
        Assert.Equal((0, 1), (rates.Fnmr(0.75), rates.Fnmr(0.76)));
    }

    [Fact]
    public void EvidenceOfProbeAndTemplateBothCount()
    {
        // Evidence 2 is one deviation above the mean: +0.05 each.
        var probe = new ScoredProbe(0, 2, [new(0.6f, 1)], Own: null, OwnEvidence: 0);
        var rates = new IdentificationRates(new TemplateScores(["a", "b"], [probe], [2, 2]), new Calibration(0, 0, 1, 1, 1, 0.05));
        Assert.Equal((1, 0), (rates.Fpir(1, 0.49), rates.Fpir(1, 0.51)));
    }

    [Fact]
    public void ATemplateIsMadeOfAPersonsPhotosAndNeverOfTheProbe()
    {
        static EncodedPhoto Photo(string person, float evidence, params float[] encoding) =>
            new(new LabelledPhoto(person, person, person), encoding, evidence, null);
        TemplateScores scores = TemplateScores.Of(
            [Photo("a", 2, 1, 0, 0), Photo("a", 4, 0, 1, 0), Photo("b", 3, 0, 0, 1), new(new LabelledPhoto("c", "c", "c"), null, 0, "no_face")], "fr512");

        Assert.Equal(["a", "b"], scores.People);
        Assert.Equal([3, 3], scores.TemplateEvidence);
        // The first photo: its person's template without it is the second photo, at right angles; b's template, too.
        Assert.Equal((0, 0f, 4f), (scores.Probes[0].Person, scores.Probes[0].Own, scores.Probes[0].OwnEvidence));
        Assert.Equal([new Impostor(0, 1)], scores.Probes[0].Impostors);
        Assert.Null(scores.Probes[2].Own);
    }
}
