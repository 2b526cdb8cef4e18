using System.Numerics.Tensors;

namespace FaceEdge.Evaluation;

/// <summary>Compares every photo with every other.</summary>
internal static class AllPairs
{
    /// <summary>Photos of a block: two of them (256 KiB at 512 dimensions) stay in a core's second-level cache while they are compared.</summary>
    private const int Block = 64;

    /// <summary>The scores of all unordered pairs, on all cores; the same on every run.</summary>
    public static Verification Compare(IReadOnlyList<EncodedPhoto> photos)
    {
        EncodedPhoto[] faces = [.. photos.Where(static photo => photo.Encoding is not null)];
        var genuine = new ScoreHistogram();
        var impostor = new ScoreHistogram();
        int blocks = (faces.Length + Block - 1) / Block;
        Parallel.For(
            0, blocks, () => (Genuine: new ScoreHistogram(), Impostor: new ScoreHistogram()),
            (block, _, own) =>
            {
                for (int other = block; other < blocks; other++)
                {
                    Compare(faces, block * Block, other * Block, own.Genuine, own.Impostor);
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

    private static void Compare(EncodedPhoto[] faces, int rows, int columns, ScoreHistogram genuine, ScoreHistogram impostor)
    {
        for (int i = rows; i < Math.Min(rows + Block, faces.Length); i++)
        {
            for (int j = Math.Max(columns, i + 1); j < Math.Min(columns + Block, faces.Length); j++)
            {
                float score = TensorPrimitives.Dot<float>(faces[i].Encoding, faces[j].Encoding);
                (faces[i].Photo.Person == faces[j].Photo.Person ? genuine : impostor).Add(score);
            }
        }
    }
}
