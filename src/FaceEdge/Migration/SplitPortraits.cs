using System.Numerics.Tensors;

namespace FaceEdge.Migration;

/// <summary>
/// Finds clearly different faces on the pictures of one id, where rows have no encoding that would have told before: each new picture is held
/// against some of those before it.
/// </summary>
/// <param name="encoder">Of the pictures' encodings.</param>
internal sealed class SplitPortraits(string encoder)
{
    /// <summary>Pictures kept of one person, and in all (2 KB each): enough to know a face again.</summary>
    private const int MaxOfOne = 8, MaxInAll = 50_000;

    /// <summary>
    /// Euclidean distance. Unit vectors: cosine 0.2, beyond which lie 0.7 % of the pairs of one person (wrong labels most of them) and 97 % of those
    /// of two; measured with fr512 as in <see cref="SharedId"/>.
    /// </summary>
    private readonly float _clearly = encoder == "dlib128" ? (float)SharedId.ClearlyOthers : 1.265f;

    private readonly Dictionary<long, List<float[]>> _portraits = [];
    private readonly Dictionary<long, List<long>> _splitOff = [];
    private int _kept;

    /// <summary>Who is on a picture.</summary>
    /// <param name="person">Whose it is said to be.</param>
    /// <param name="encoding">The face on it.</param>
    /// <param name="newId">Gives an id to somebody who was not seen yet.</param>
    /// <returns>That person, or another who was split off the same id.</returns>
    public long Who(long person, float[] encoding, Func<long> newId)
    {
        List<long> others = _splitOff.TryGetValue(person, out List<long>? before) ? before : [];
        long nearest = person;
        float distance = Nearest(person, encoding);
        foreach (long other in distance > _clearly ? others : [])
        {
            (nearest, distance) = Nearest(other, encoding) is var to && to < distance ? (other, to) : (nearest, distance);
        }

        if (distance > _clearly)
        {
            nearest = newId();
            _splitOff[person] = [.. others, nearest];
        }

        List<float[]> kept = _portraits.TryGetValue(nearest, out List<float[]>? some) ? some : _portraits[nearest] = [];
        if (kept.Count < MaxOfOne && _kept < MaxInAll)
        {
            kept.Add(encoding);
            _kept++;
        }

        return nearest;
    }

    /// <summary>Distance to the nearest picture of a person; 0 when there is none to compare with.</summary>
    private float Nearest(long person, float[] encoding) =>
        _portraits.TryGetValue(person, out List<float[]>? kept) && kept.Count > 0 ? kept.Min(one => TensorPrimitives.Distance(one, encoding)) : 0;
}
