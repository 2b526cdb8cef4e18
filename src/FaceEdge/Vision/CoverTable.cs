namespace FaceEdge.Vision;

/// <summary>One row of a <see cref="CoverTable"/>.</summary>
/// <param name="Mean">Of the feature on clean faces.</param>
/// <param name="Deviation">Its standard deviation there.</param>
/// <param name="Eyes">What one deviation adds to the suspicion that the eyes are covered (logit).</param>
/// <param name="Mouth">The same of mouth and nose.</param>
/// <param name="Brow">The same of the brow.</param>
/// <param name="WashedOut">The same of too much light.</param>
internal readonly record struct CoverWeights(float Mean, float Deviation, float Eyes, float Mouth, float Brow, float WashedOut);

/// <summary>How <see cref="CoverFeatures"/> are weighed for an encoder: four logistic regressions.</summary>
internal sealed partial class CoverTable
{
    // What is stranger than this is not more telling for it: a linear model must not be carried away by one feature.
    private const float MostDeviations = 4;

    private readonly CoverWeights[] _rows;
    private readonly CoverWeights _bias;

    private CoverTable(CoverWeights bias, params CoverWeights[] rows)
    {
        _bias = bias;
        _rows = rows;
    }

    /// <summary>What was measured of an encoder; null where nothing was, and nobody is refused for being covered.</summary>
    /// <param name="encoder">Its name.</param>
    public static CoverTable? Of(string encoder) => encoder switch
    {
        "fr512" => Fr512,
        _ => null,
    };

    /// <summary>Weighs what was measured of a face.</summary>
    /// <param name="features">As <see cref="CoverFeatures.Measure"/> writes them.</param>
    public FaceCover Judge(ReadOnlySpan<float> features)
    {
        (float eyes, float mouth, float brow, float washedOut) = (_bias.Eyes, _bias.Mouth, _bias.Brow, _bias.WashedOut);
        for (int i = 0; i < _rows.Length; i++)
        {
            CoverWeights row = _rows[i];
            float deviations = Math.Clamp((features[i] - row.Mean) / row.Deviation, -MostDeviations, MostDeviations);
            eyes += row.Eyes * deviations;
            mouth += row.Mouth * deviations;
            brow += row.Brow * deviations;
            washedOut += row.WashedOut * deviations;
        }

        return new FaceCover(Sigmoid(eyes), Sigmoid(mouth), Sigmoid(brow), Sigmoid(washedOut));
    }

    private static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));
}
