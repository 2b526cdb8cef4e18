namespace FaceEdge.Evaluation;

/// <summary>Numbers that depend on a seed alone, the same on every machine and in every language: mulberry32 (Tommy Ettinger, public domain).</summary>
/// <param name="seed">Any.</param>
internal sealed class SeededNumbers(int seed)
{
    private uint _state = (uint)seed;

    /// <summary>0 up to, not including, 1.</summary>
    public double Next()
    {
        unchecked
        {
            _state += 0x6D2B79F5;
            uint t = _state;
            t = (t ^ (t >> 15)) * (t | 1);
            t ^= t + ((t ^ (t >> 7)) * (t | 61));
            return (t ^ (t >> 14)) / 4294967296.0;
        }
    }

    /// <summary>A number between two.</summary>
    public float Between(float least, float most) => least + ((float)Next() * (most - least));

    /// <summary>Whether something of that probability happens.</summary>
    public bool Happens(double probability) => Next() < probability;

    /// <summary>One of some.</summary>
    public T Pick<T>(params ReadOnlySpan<T> some) => some[(int)(Next() * some.Length)];
}
