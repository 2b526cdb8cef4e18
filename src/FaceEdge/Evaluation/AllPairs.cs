using System.Numerics.Tensors;
using FaceEdge.Gallery;

namespace FaceEdge.Evaluation;

/// <summary>Compares every photo with every other.</summary>
internal static class AllPairs
{
    /// <summary>Photos of a block: two of them (256 KiB at 512 dimensions) stay in a core's second-level cache while they are compared.</summary>
    private const int Block = 64;

    /// <summary>The scores of all unordered pairs, on all cores; the same on every run.</summary>
    /// <param name="photos">Encoded photos.</param>
    /// <param name="encoder">Whose encodings they are.</param>
    /// <param name="cancel">Gives up.</param>
    public static Verification Compare(IReadOnlyList<EncodedPhoto> photos, string encoder, CancellationToken cancel = default)
    {
        EncodingMetric metric = EncodingMetric.Of(encoder);
        Entry[] faces = [.. photos.Where(static photo => photo.Encoding is not null).Select(photo => new Entry(photo, metric))];
        var genuine = new ScoreHistogram();
        var impostor = new ScoreHistogram();
        int blocks = (faces.Length + Block - 1) / Block;
        Parallel.For(
            0, blocks, new ParallelOptions { CancellationToken = cancel }, () => (Genuine: new ScoreHistogram(), Impostor: new ScoreHistogram()),
            (block, _, own) =>
            {
                for (int other = block; other < blocks; other++)
                {
                    Compare(metric, faces, block * Block, other * Block, own.Genuine, own.Impostor);
                }

                return own;
            },
            own =>
            {
                lock (genuine)
                {
                    genuine.Add(own.Genuine);
                    impostor.Add(own.Impostor);
                }
            });
        return new Verification(genuine, impostor);
    }

    private static void Compare(EncodingMetric metric, Entry[] faces, int rows, int columns, ScoreHistogram genuine, ScoreHistogram impostor)
    {
        for (int i = rows; i < Math.Min(rows + Block, faces.Length); i++)
        {
            for (int j = Math.Max(columns, i + 1); j < Math.Min(columns + Block, faces.Length); j++)
            {
                float dot = TensorPrimitives.Dot<float>(faces[i].Row, faces[j].Probe);
                (faces[i].Person == faces[j].Person ? genuine : impostor).Add(metric.Similarity(dot, faces[j].Encoding));
            }
        }
    }

    /// <summary>A face as the gallery would hold it and as it would look it up.</summary>
    private readonly struct Entry
    {
        public Entry(EncodedPhoto photo, EncodingMetric metric)
        {
            Person = photo.Photo.Person;
            Encoding = photo.Encoding!;
            Row = metric.TemplateOf(Encoding);
            Probe = metric.Probe(Encoding);
        }

        public string Person { get; }

        public float[] Encoding { get; }

        public float[] Row { get; }

        public float[] Probe { get; }
    }
}
