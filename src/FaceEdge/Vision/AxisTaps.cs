namespace FaceEdge.Vision;

/// <summary>
/// Which source pixels make each output pixel of one axis, and with what weight. Shrinking takes the area an output pixel covers
/// (OpenCV's INTER_AREA), enlarging interpolates linearly between pixel centres (INTER_LINEAR). Pixel j covers [j, j+1); what lies
/// outside the image repeats its edge pixel. Reused from image to image: the arrays only ever grow.
/// </summary>
public sealed class AxisTaps
{
    private int[] _first = [];
    private int[] _count = [];
    private float[] _weights = [];
    private int _stride;

    /// <summary>The lowest source pixel in use.</summary>
    public int Lowest { get; private set; }

    /// <summary>The highest source pixel in use.</summary>
    public int Highest { get; private set; }

    /// <summary>The first source pixel of an output pixel.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of the source pixels from <see cref="First"/> on; at least one, together 1, all but the first and the last the same.</summary>
    public ReadOnlySpan<float> Weights(int output) => _weights.AsSpan(output * _stride, _count[output]);

    /// <summary>Prepares <paramref name="outputs"/> pixels that evenly divide [start, start+length) of an axis of <paramref name="size"/> pixels.</summary>
    public void Build(double start, double length, int size, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (!double.IsFinite(start) || !(length > 0 && double.IsFinite(length)))
        {
            throw new ArgumentOutOfRangeException(nameof(length), "The range must be finite and not empty.");
        }
        var step = length / outputs;
        // An output pixel touches at most the pixels it covers plus a cut one at each end, and never more than there are.
        _stride = (int)Math.Min(size, Math.Ceiling(step) + 2);
        if (_first.Length < outputs)
        {
            _first = new int[outputs];
            _count = new int[outputs];
        }
        if (_weights.Length < outputs * _stride)
        {
            _weights = new float[outputs * _stride];
        }
        for (var i = 0; i < outputs; i++)
        {
            if (step > 1)
            {
                Cover(i, start + (i * step), start + ((i + 1) * step), size);
            }
            else
            {
                Interpolate(i, start + ((i + 0.5) * step) - 0.5, size);
            }
        }
        Lowest = _first[0];
        Highest = _first[outputs - 1] + _count[outputs - 1] - 1;
    }

    private void Cover(int output, double from, double to, int size)
    {
        var low = Math.Clamp((long)Math.Floor(from), 0, size - 1);
        var high = Math.Clamp((long)Math.Ceiling(to) - 1, low, size - 1);
        var weights = Reserve(output, low, high);
        for (var j = low; j <= high; j++)
        {
            // The edge pixels also stand for everything beyond them.
            var left = j == 0 ? from : Math.Max(from, j);
            var right = j == size - 1 ? to : Math.Min(to, j + 1);
            weights[(int)(j - low)] = (float)(Math.Max(0, right - left) / (to - from));
        }
    }

    private void Interpolate(int output, double centre, int size)
    {
        var at = Math.Clamp(centre, 0, size - 1);
        var low = (long)Math.Floor(at);
        var high = Math.Min(low + 1, size - 1);
        var weights = Reserve(output, low, high);
        weights[0] = (float)(1 - (at - low));
        if (high > low)
        {
            weights[1] = (float)(at - low);
        }
    }

    private Span<float> Reserve(int output, long low, long high)
    {
        _first[output] = (int)low;
        _count[output] = (int)(high - low + 1);
        return _weights.AsSpan(output * _stride, _count[output]);
    }
}
