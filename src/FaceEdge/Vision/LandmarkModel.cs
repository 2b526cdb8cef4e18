using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>Finds 68 landmarks of a detected face on a grey 64x64 square around it. Used by one thread at a time.</summary>
public sealed class LandmarkModel : IDisposable
{
    /// <summary>Points of a face, in the usual iBUG order: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67.</summary>
    public const int Points = 68;

    /// <summary>Side of the network's input in pixels.</summary>
    public const int Side = 64;

    private readonly ModelRun _run;
    private readonly float[] _output;
    private readonly RowResampler _resampler = new();
    private readonly Vector128<float>[] _row = new Vector128<float>[Side];

    /// <summary>Buffers for the landmark model.</summary>
    /// <exception cref="ModelException">The model has other inputs or outputs.</exception>
    public LandmarkModel(OnnxModel model)
    {
        _run = new ModelRun(model, "input", 1, 1, Side, Side);
        _output = _run.BindOutput("output", 1, 2 * Points);
    }

    /// <summary>Writes the landmarks of a face as x0, y0, x1, y1, .. (136 numbers) in image pixels; they may lie outside the image.</summary>
    /// <exception cref="ModelException">The network failed.</exception>
    public void Locate(in RgbView image, in FaceBox box, Span<float> landmarks)
    {
        // A square as high as the box, about its centre; beyond the image its edge repeats.
        var side = box.Height;
        var left = box.CentreX - (side / 2);
        var top = box.CentreY - (side / 2);
        _resampler.Begin(image, left, top, side, side, Side, Side);
        var weights = Vector128.Create(0.299f, 0.587f, 0.114f, 0) / 256;
        for (var y = 0; y < Side; y++)
        {
            _resampler.Row(image, y, _row);
            for (var x = 0; x < Side; x++)
            {
                _run.Input[(y * Side) + x] = Vector128.Dot(_row[x], weights);
            }
        }
        _run.Run();
        for (var i = 0; i < 2 * Points; i += 2)
        {
            landmarks[i] = left + (_output[i] * side);
            landmarks[i + 1] = top + (_output[i + 1] * side);
        }
    }

    /// <summary>Reduces 68 landmarks to the five that align a face: both eyes (mean of six points each), nose tip, corners of the mouth.</summary>
    /// <param name="landmarks">136 numbers.</param>
    /// <param name="five">Receives 10 numbers.</param>
    public static void FivePoints(ReadOnlySpan<float> landmarks, Span<float> five)
    {
        five[..4].Clear();
        for (var i = 0; i < 6; i++)
        {
            five[0] += landmarks[2 * (36 + i)] / 6;
            five[1] += landmarks[(2 * (36 + i)) + 1] / 6;
            five[2] += landmarks[2 * (42 + i)] / 6;
            five[3] += landmarks[(2 * (42 + i)) + 1] / 6;
        }
        landmarks.Slice(2 * 30, 2).CopyTo(five[4..]);
        landmarks.Slice(2 * 48, 2).CopyTo(five[6..]);
        landmarks.Slice(2 * 54, 2).CopyTo(five[8..]);
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
