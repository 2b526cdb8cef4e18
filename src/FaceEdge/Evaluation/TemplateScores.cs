using System.Numerics.Tensors;
using FaceEdge.Gallery;

namespace FaceEdge.Evaluation;

/// <summary>One of the most similar templates of other people.</summary>
/// <param name="Similarity">To the probe.</param>
/// <param name="Person">Whose template; an index.</param>
internal readonly record struct Impostor(float Similarity, int Person);

/// <summary>A photo held against everybody's template.</summary>
/// <param name="Person">Who is on it; an index.</param>
/// <param name="Evidence">How much of a face the encoder saw.</param>
/// <param name="Impostors">The nearest templates of other people, in falling order of similarity.</param>
/// <param name="Own">Similarity to the person's own template, made of all other photos; null when there is no other.</param>
/// <param name="OwnEvidence">Mean evidence of that template's photos.</param>
internal sealed record ScoredProbe(int Person, float Evidence, Impostor[] Impostors, float? Own, float OwnEvidence);

/// <summary>Every photo of a folder against one template a person, made of that person's photos as the gallery makes it.</summary>
/// <param name="People">Names, in the order of their indices.</param>
/// <param name="Probes">The photos that could be encoded.</param>
/// <param name="TemplateEvidence">Mean evidence of each person's photos.</param>
internal sealed record TemplateScores(string[] People, ScoredProbe[] Probes, float[] TemplateEvidence)
{
    /// <summary>Nearest templates kept of a probe: far more than ever reach a threshold.</summary>
    private const int Kept = 256;

    /// <summary>Makes the templates and compares, on all cores.</summary>
    /// <param name="photos">Encoded photos.</param>
    /// <param name="encoder">Whose encodings they are.</param>
    /// <param name="cancel">Gives up.</param>
    public static TemplateScores Of(IReadOnlyList<EncodedPhoto> photos, string encoder, CancellationToken cancel = default)
    {
        EncodingMetric metric = EncodingMetric.Of(encoder);
        EncodedPhoto[] faces = [.. photos.Where(static photo => photo.Encoding is not null)];
        string[] people = [.. faces.Select(static face => face.Photo.Person).Distinct().Order(StringComparer.Ordinal)];
        var index = people.Select(static (person, i) => (person, i)).ToDictionary(static pair => pair.person, static pair => pair.i, StringComparer.Ordinal);
        int dimensions = faces.Length > 0 ? faces[0].Encoding!.Length : 0;
        var sums = new float[people.Length][];
        var counts = new int[people.Length];
        var evidence = new float[people.Length];
        foreach (EncodedPhoto face in faces)
        {
            int person = index[face.Photo.Person];
            sums[person] ??= new float[dimensions];
            TensorPrimitives.Add(sums[person], face.Encoding, sums[person]);
            counts[person]++;
            evidence[person] += face.Evidence;
        }

        float[][] rows = [.. sums.Select((sum, person) => Row(metric, sum, counts[person]))];
        var probes = new ScoredProbe[faces.Length];
        Parallel.For(0, faces.Length, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            EncodedPhoto face = faces[i];
            int person = index[face.Photo.Person];
            float[] probe = metric.Probe(face.Encoding!);
            float[] dots = [.. rows.Select(row => TensorPrimitives.Dot<float>(row, probe))];
            int[] nearest = [.. Enumerable.Range(0, rows.Length).Where(other => other != person)];
            float[] keys = [.. nearest.Select(other => -dots[other])];
            Array.Sort(keys, nearest);
            float? own = null;
            if (counts[person] > 1)
            {
                var others = new float[dimensions];
                TensorPrimitives.Subtract(sums[person], face.Encoding, others);
                own = metric.Similarity(TensorPrimitives.Dot<float>(Row(metric, others, counts[person] - 1), probe), face.Encoding);
            }

            probes[i] = new ScoredProbe(
                person, face.Evidence, [.. nearest.Take(Kept).Select(other => new Impostor(metric.Similarity(dots[other], face.Encoding), other))],
                own, counts[person] > 1 ? (evidence[person] - face.Evidence) / (counts[person] - 1) : 0);
        });
        return new TemplateScores(people, probes, [.. evidence.Select((sum, person) => sum / counts[person])]);
    }

    private static float[] Row(EncodingMetric metric, float[] sum, int faces)
    {
        var row = new float[metric.RowLength(sum.Length)];
        metric.WriteTemplate(sum, faces, row);
        return row;
    }
}
