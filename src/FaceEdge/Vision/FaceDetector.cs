using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>
/// UltraFace RFB-320 (github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB): looks at 320x240 pixels at a time.
/// Used by one thread at a time.
/// </summary>
public sealed class FaceDetector : IDisposable
{
    /// <summary>Width of the network's canvas in pixels.</summary>
    public const int CanvasWidth = 320;

    /// <summary>Height of the network's canvas in pixels.</summary>
    public const int CanvasHeight = 240;

    /// <summary>Boxes the network always gives: its anchors at strides 8, 16, 32 and 64.</summary>
    public const int Anchors = 4420;

    /// <summary>Intersection over union above which two boxes are one face; the authors' value.</summary>
    public const float SameFaceOverlap = 0.3f;

    private const int Plane = CanvasWidth * CanvasHeight;

    private readonly ModelRun _run;
    private readonly float[] _scores;
    private readonly float[] _boxes;
    private readonly RowResampler _resampler = new();
    private readonly Vector128<float>[] _row = new Vector128<float>[CanvasWidth];
    private readonly List<FaceBox> _found = new(64);

    /// <summary>Buffers for the model.</summary>
    /// <exception cref="ModelException">The model is not UltraFace.</exception>
    public FaceDetector(OnnxModel model)
    {
        _run = new ModelRun(model, "input", 1, 3, CanvasHeight, CanvasWidth);
        _scores = _run.BindOutput("scores", 1, Anchors, 2);
        _boxes = _run.BindOutput("boxes", 1, Anchors, 4);
    }

    /// <summary>The network's input of the last look: 3 x 240 x 320, R then G then B, (value - 127) / 128.</summary>
    public ReadOnlySpan<float> Input => _run.Input;

    /// <summary>
    /// What may be a face in one look, the surest first, in pixels of the image; boxes of faces that its border cuts reach outside. The span
    /// is valid until the next call.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="look">Which part of it.</param>
    /// <param name="threshold">Lowest score, 0..1.</param>
    /// <exception cref="ModelException">The network failed.</exception>
    public ReadOnlySpan<FaceBox> Detect(in RgbView image, in Look look, double threshold)
    {
        var letterbox = look.Letterbox;
        Fill(image, look, letterbox);
        _run.Run();
        _found.Clear();
        Decode(_scores, _boxes, (float)threshold, look, letterbox, _found);
        NonMaxSuppression.Apply(_found, SameFaceOverlap);
        return CollectionsMarshal.AsSpan(_found);
    }

    /// <summary>Adds the boxes whose score reaches the threshold, mapped from the canvas (relative, 0..1) to image pixels.</summary>
    /// <param name="scores">Pairs (background, face) of every anchor.</param>
    /// <param name="boxes">x1, y1, x2, y2 of every anchor, relative to the canvas.</param>
    /// <param name="threshold">Lowest score of a face.</param>
    /// <param name="look">The part of the image.</param>
    /// <param name="letterbox">Where it lies on the canvas.</param>
    /// <param name="found">Receives the boxes.</param>
    public static void Decode(
        ReadOnlySpan<float> scores, ReadOnlySpan<float> boxes, float threshold, in Look look, in Letterbox letterbox, List<FaceBox> found)
    {
        for (var i = 0; i < scores.Length / 2; i++)
        {
            var score = scores[(2 * i) + 1];
            if (!(score >= threshold))
            {
                continue;
            }
            var box = new FaceBox(
                look.X + (((boxes[4 * i] * CanvasWidth) - letterbox.X) * letterbox.ScaleX),
                look.Y + (((boxes[(4 * i) + 1] * CanvasHeight) - letterbox.Y) * letterbox.ScaleY),
                look.X + (((boxes[(4 * i) + 2] * CanvasWidth) - letterbox.X) * letterbox.ScaleX),
                look.Y + (((boxes[(4 * i) + 3] * CanvasHeight) - letterbox.Y) * letterbox.ScaleY),
                score);
            // A box in the padding has nothing of the image; one with NaN compares false.
            if (box.X1 < look.X + look.Width && box.X2 > look.X && box.Y1 < look.Y + look.Height && box.Y2 > look.Y && box.Width > 0 && box.Height > 0)
            {
                found.Add(box);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private void Fill(in RgbView image, in Look look, in Letterbox letterbox)
    {
        var red = _run.Input.AsSpan(0, Plane);
        var green = _run.Input.AsSpan(Plane, Plane);
        var blue = _run.Input.AsSpan(2 * Plane, Plane);
        if (letterbox.Width < CanvasWidth || letterbox.Height < CanvasHeight)
        {
            // The padding's 127 is 0 after normalisation.
            Array.Clear(_run.Input);
        }
        var row = _row.AsSpan(0, letterbox.Width);
        _resampler.Begin(image, look.X, look.Y, look.Width, look.Height, letterbox.Width, letterbox.Height);
        for (var y = 0; y < letterbox.Height; y++)
        {
            _resampler.Row(image, y, row);
            var at = ((letterbox.Y + y) * CanvasWidth) + letterbox.X;
            for (var x = 0; x < row.Length; x++)
            {
                var pixel = (row[x] - Vector128.Create(127f)) * (1f / 128);
                red[at + x] = pixel[0];
                green[at + x] = pixel[1];
                blue[at + x] = pixel[2];
            }
        }
    }
}
