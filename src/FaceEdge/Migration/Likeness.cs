using System.Numerics.Tensors;

namespace FaceEdge.Migration;

/// <summary>
/// Finds two people with one face and one person with two, by comparing every face with those before it. Only for being told: what
/// an application took for two people stays two.
/// </summary>
/// <param name="encoder">Whose encodings are compared.</param>
internal sealed class Likeness(string encoder)
{
    /// <summary>
    /// Faces compared with each other; those that come later are not. 20,000 take 5 s and 10 MB (dlib128); the work grows with the square.
    /// </summary>
    public const int MaxFaces = 20_000;

    /// <summary>
    /// Euclidean distances. dlib128: photos of different people are hardly ever nearer than 0.35, one photo through two pipelines is at
    /// 0.09; beyond 0.65 lie 1 % of the pairs of one person (SharedId.cs). Encoders of unit length: cosine 0.6, far above the daemon's threshold of 0.5 for the
    /// largest galleries, and 0.2, where strangers are.
    /// </summary>
    private readonly (float Same, float Other) _bars = encoder == "dlib128" ? (0.3f, (float)SharedId.ClearlyOthers) : (0.894f, 1.265f);

    private readonly List<float[]> _faces = [];
    private readonly List<long> _people = [];

    /// <summary>Faces that were compared.</summary>
    public int Faces => _faces.Count;

    /// <summary>What is odd about a face, beside those before it; null when nothing.</summary>
    /// <param name="person">Whose it is.</param>
    /// <param name="encoding">Its encoding; kept.</param>
    public Oddity? Add(long person, float[] encoding)
    {
        if (_faces.Count == MaxFaces)
        {
            return null;
        }

        (float nearest, long other, float farthest) = (float.MaxValue, 0, 0);
        float length = TensorPrimitives.SumOfSquares(encoding);
        for (int i = 0; i < _faces.Count; i++)
        {
            // |a - b|^2 from the dot product: one pass over memory.
            float[] face = _faces[i];
            float square = length + TensorPrimitives.SumOfSquares(face) - (2 * TensorPrimitives.Dot(face, encoding));
            if (_people[i] == person)
            {
                farthest = Math.Max(farthest, square);
            }
            else if (square < nearest)
            {
                (nearest, other) = (square, _people[i]);
            }
        }

        _faces.Add(encoding);
        _people.Add(person);
        float near = MathF.Sqrt(Math.Max(0, nearest)), far = MathF.Sqrt(Math.Max(0, farthest));
        return near < _bars.Same ? new Oddity(true, $"the same face as person {other} (distance {near:0.00})")
            : far > _bars.Other ? new Oddity(false, $"unlike another face of this person (distance {far:0.00})")
            : null;
    }
}

/// <summary>Something odd about a face.</summary>
/// <param name="OneFace">True: two people with one face. False: one person with two faces.</param>
/// <param name="Note">In a few words.</param>
internal sealed record Oddity(bool OneFace, string Note);
