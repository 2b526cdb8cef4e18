using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>
/// O-Net, the last network of MTCNN (Zhang, Zhang, Li, Qiao 2016): says whether a box the detector proposes is a face. Trained quite otherwise
/// than the detector, it errs elsewhere. Used by one thread at a time.
/// </summary>
public sealed class FaceChecker : IDisposable
{
    /// <summary>Side of the network's input in pixels.</summary>
    public const int Side = 48;

    private const int Plane = Side * Side;

    private readonly ModelRun _run;
    private readonly float[] _probability;
    private readonly RowResampler _resampler = new();
    private readonly Vector128<float>[] _row = new Vector128<float>[Side];

    /// <summary>Buffers for the model.</summary>
    /// <exception cref="ModelException">The model is not O-Net.</exception>
    public FaceChecker(OnnxModel model)
    {
        _run = new ModelRun(model, "input", 1, 3, Side, Side);
        _probability = _run.BindOutput("prob", 1, 2);
        _run.BindOutput("reg", 1, 4);
        _run.BindOutput("landmarks", 1, 10);
    }

    /// <summary>The probability, 0..1, that the square around a box is a face. The box may reach outside the image, whose edge then repeats.</summary>
    /// <exception cref="ModelException">The network failed.</exception>
    public float Probability(in RgbView image, in FaceBox box)
    {
        var side = MathF.Max(box.Width, box.Height);
        _resampler.Begin(image, box.CentreX - (side / 2), box.CentreY - (side / 2), side, side, Side, Side);
        for (var y = 0; y < Side; y++)
        {
            _resampler.Row(image, y, _row);
            for (var x = 0; x < Side; x++)
            {
                var at = (y * Side) + x;
                _run.Input[at] = _row[x][0];
                _run.Input[Plane + at] = _row[x][1];
                _run.Input[(2 * Plane) + at] = _row[x][2];
            }
        }
        _run.Run();
        return _probability[1];
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
