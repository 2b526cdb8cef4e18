using FaceEdge.Gallery;

namespace FaceEdge.Evaluation;

/// <summary>
/// Fits a generalised Pareto distribution to what exceeds a high score (Pickands 1975; S. Coles: "An Introduction to Statistical
/// Modeling of Extreme Values", 2001, chapter 4), by maximum likelihood, with the very highest scores counted but not looked at: in every
/// set of photos the most similar strangers are mostly one person under two names.
/// </summary>
internal static class TailFit
{
    /// <summary>Share of all scores that is only known to lie above the others.</summary>
    public const double CensoredRate = 1e-5;

    private const int FewestExceeding = 1000;
    private const int Bins = 500;
    private const double LowestShape = -0.4, HighestShape = 0.3, ShapeStep = 0.005;

    /// <summary>Checks that so many scores, if there are no more, have a tail that can be fitted.</summary>
    /// <exception cref="EvaluationException">They are too few.</exception>
    public static void Check(long total)
    {
        if ((int)(total * Calibration.TailRate) < FewestExceeding)
        {
            throw TooFew(total);
        }
    }

    /// <summary>Fits the tail of scores.</summary>
    /// <param name="scores">The highest ones, at least <paramref name="total"/> * <see cref="Calibration.TailRate"/>, in falling order.</param>
    /// <param name="total">How many scores there were.</param>
    /// <returns>Where the tail begins, its shape and scale.</returns>
    /// <exception cref="EvaluationException">There are too few scores for a tail.</exception>
    public static (double Body, double Shape, double Scale) Of(ReadOnlySpan<float> scores, long total)
    {
        int exceeding = (int)(total * Calibration.TailRate);
        int censored = (int)(total * CensoredRate);
        if (exceeding < FewestExceeding || scores.Length <= exceeding)
        {
            throw TooFew(total);
        }

        double body = scores[exceeding];
        double limit = scores[censored] - body;
        // In bins, as wide as matters: the likelihood then costs the same however many scores there are.
        var excess = new int[Bins];
        for (int i = censored; i < exceeding; i++)
        {
            excess[Math.Min(Bins - 1, (int)((scores[i] - body) / limit * Bins))]++;
        }

        (double Likelihood, double Shape, double Scale) best = (double.NegativeInfinity, 0, 0);
        for (double shape = LowestShape; shape <= HighestShape; shape += ShapeStep)
        {
            (double likelihood, double scale) = BestScale(excess, limit, censored, shape);
            if (likelihood > best.Likelihood)
            {
                best = (likelihood, shape, scale);
            }
        }

        return (body, best.Shape, best.Scale);
    }

    /// <summary>For one shape, the scale of the highest likelihood: golden section, as the likelihood has one maximum in it.</summary>
    private static (double Likelihood, double Scale) BestScale(int[] excess, double limit, int censored, double shape)
    {
        const double ratio = 0.6180339887498949;
        (double low, double high) = (1e-3, 0.5);
        if (shape < 0)
        {
            low = Math.Max(low, -shape * limit * (1 + 1e-9)); // The distribution ends at -scale / shape, above all scores.
        }

        double a = high - (ratio * (high - low)), b = low + (ratio * (high - low));
        double la = LogLikelihood(excess, limit, censored, shape, a), lb = LogLikelihood(excess, limit, censored, shape, b);
        while (high - low > 1e-5)
        {
            if (la > lb)
            {
                (high, b, lb) = (b, a, la);
                a = high - (ratio * (high - low));
                la = LogLikelihood(excess, limit, censored, shape, a);
            }
            else
            {
                (low, a, la) = (a, b, lb);
                b = low + (ratio * (high - low));
                lb = LogLikelihood(excess, limit, censored, shape, b);
            }
        }

        return (Math.Max(la, lb), (low + high) / 2);
    }

    private static double LogLikelihood(int[] excess, double limit, int censored, double shape, double scale)
    {
        bool exponential = Math.Abs(shape) < 1e-9;
        double sum = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            double x = (bin + 0.5) / Bins * limit;
            double log = exponential ? x / scale : ((1 / shape) + 1) * Math.Log(1 + (shape * x / scale));
            sum -= excess[bin] * (Math.Log(scale) + log);
        }

        return sum - (censored * (exponential ? limit / scale : Math.Log(1 + (shape * limit / scale)) / shape));
    }

    private static EvaluationException TooFew(long total) =>
        new($"{total} comparisons of strangers are too few to calibrate on; some 100,000 are needed (400 people)");
}
