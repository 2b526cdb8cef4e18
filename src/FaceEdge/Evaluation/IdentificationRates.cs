using FaceEdge.Gallery;

namespace FaceEdge.Evaluation;

/// <summary>
/// Error rates of identification (1:N) in galleries of N people, from scores against all people's templates: exact expectations over every
/// gallery of that size that could be drawn, not a few drawn ones.
/// </summary>
/// <param name="scores">Everybody against everybody.</param>
/// <param name="calibration">Whose evidence offsets are used.</param>
internal sealed class IdentificationRates(TemplateScores scores, Calibration calibration)
{
    /// <summary>
    /// False positive identification rate: the chance that a photo of somebody who is not in the gallery reaches the threshold of anybody in
    /// it. Of T templates of other people c reach it; a gallery of N of them holds none of those with probability C(T-c, N) / C(T, N).
    /// </summary>
    /// <param name="people">N.</param>
    /// <param name="threshold">For average evidence.</param>
    /// <param name="probes">Which photos; all when null.</param>
    public double Fpir(int people, double threshold, Func<ScoredProbe, bool>? probes = null)
    {
        int templates = scores.People.Length - 1;
        double sum = 0;
        int count = 0;
        foreach (ScoredProbe probe in scores.Probes.Where(probes ?? (static _ => true)))
        {
            double bar = threshold + calibration.Offset(probe.Evidence);
            int reach = 0;
            foreach (Impostor impostor in probe.Impostors)
            {
                if (impostor.Similarity < bar - (calibration.EvidenceSlope * Calibration.MostDeviations))
                {
                    break; // The rest is less similar than any template's evidence allows.
                }

                reach += impostor.Similarity >= bar + calibration.Offset(scores.TemplateEvidence[impostor.Person]) ? 1 : 0;
            }

            double none = 1;
            for (int i = 0; i < reach; i++)
            {
                none *= Math.Max(0, (double)(templates - people - i) / (templates - i));
            }

            sum += 1 - none;
            count++;
        }

        return count > 0 ? sum / count : 0;
    }

    /// <summary>Share of the photos of people with other photos that do not reach the threshold of their own template.</summary>
    public double Fnmr(double threshold, Func<ScoredProbe, bool>? probes = null)
    {
        int missed = 0;
        int count = 0;
        foreach (ScoredProbe probe in scores.Probes.Where(probes ?? (static _ => true)))
        {
            if (probe.Own is { } own)
            {
                count++;
                missed += own < threshold + calibration.Offset(probe.Evidence) + calibration.Offset(probe.OwnEvidence) ? 1 : 0;
            }
        }

        return count > 0 ? (double)missed / count : 0;
    }
}
