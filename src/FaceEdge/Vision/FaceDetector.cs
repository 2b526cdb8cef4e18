using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>
/// UltraFace RFB (github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB): looks at the pixels of one canvas at a time, 320x240 as it was
/// trained, or another size. Used by one thread at a time.
/// </summary>
public sealed class FaceDetector : IDisposable
{
    /// <summary>Width of the network's own canvas in pixels.</summary>
    public const int CanvasWidth = 320;

    /// <summary>Height of the network's own canvas in pixels.</summary>
    public const int CanvasHeight = 240;

    /// <summary>Intersection over union above which two boxes are one face; the authors' value.</summary>
    public const float SameFaceOverlap = 0.3f;

    private readonly int _width;
    private readonly int _height;
    private readonly ModelRun _run;
    private readonly DetectorMap[] _maps;
    private readonly RowResampler _resampler = new();
    private readonly Vector128<float>[] _row;
    private readonly List<FaceBox> _onCanvas = new(64);
    private readonly List<FaceBox> _found = new(64);
    private Letterbox _filled;

    /// <summary>Buffers for the model and a canvas.</summary>
    /// <param name="model">UltraFace up to its maps, as models/builder makes it.</param>
    /// <param name="width">Columns of the canvas.</param>
    /// <param name="height">Rows of the canvas.</param>
    /// <exception cref="ModelException">The model is not UltraFace.</exception>
    public FaceDetector(OnnxModel model, int width = CanvasWidth, int height = CanvasHeight)
    {
        (_width, _height) = (width, height);
        _row = new Vector128<float>[width];
        _run = new ModelRun(model, "input", 1, 3, height, width);
        _maps = DetectorMap.Bind(_run, width, height);
    }

    /// <summary>The network's input of the last look: 3 x height x width, R then G then B, (value - 127) / 128.</summary>
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
        var letterbox = look.On(_width, _height);
        Fill(image, look, letterbox);
        _run.Run();
        _onCanvas.Clear();
        foreach (var map in _maps)
        {
            map.AddFaces((float)threshold, _onCanvas);
        }
        _found.Clear();
        foreach (var face in _onCanvas)
        {
            if (TryPlace(face, look, letterbox, out var inImage))
            {
                _found.Add(inImage);
            }
        }
        NonMaxSuppression.Apply(_found, SameFaceOverlap);
        return CollectionsMarshal.AsSpan(_found);
    }

    /// <summary>Maps a box from canvas pixels to image pixels; false for one that has nothing of the image, or is none.</summary>
    /// <param name="onCanvas">The box.</param>
    /// <param name="look">The part of the image on the canvas.</param>
    /// <param name="letterbox">Where it lies there.</param>
    /// <param name="inImage">The box in the image.</param>
    public static bool TryPlace(in FaceBox onCanvas, in Look look, in Letterbox letterbox, out FaceBox inImage)
    {
        inImage = onCanvas with
        {
            X1 = look.X + ((onCanvas.X1 - letterbox.X) * letterbox.ScaleX),
            Y1 = look.Y + ((onCanvas.Y1 - letterbox.Y) * letterbox.ScaleY),
            X2 = look.X + ((onCanvas.X2 - letterbox.X) * letterbox.ScaleX),
            Y2 = look.Y + ((onCanvas.Y2 - letterbox.Y) * letterbox.ScaleY),
        };
        // A box in the padding has nothing of the image; one with NaN compares false.
        return inImage.X1 < look.X + look.Width && inImage.X2 > look.X && inImage.Y1 < look.Y + look.Height && inImage.Y2 > look.Y
            && inImage.Width > 0 && inImage.Height > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private void Fill(in RgbView image, in Look look, in Letterbox letterbox)
    {
        var plane = _width * _height;
        var red = _run.Input.AsSpan(0, plane);
        var green = _run.Input.AsSpan(plane, plane);
        var blue = _run.Input.AsSpan(2 * plane, plane);
        if ((letterbox.X, letterbox.Y, letterbox.Width, letterbox.Height) != (_filled.X, _filled.Y, _filled.Width, _filled.Height))
        {
            // The padding's 127 is 0 after normalisation; where it lies as before, it is there already.
            Array.Clear(_run.Input);
            _filled = letterbox;
        }
        var row = _row.AsSpan(0, letterbox.Width);
        _resampler.Begin(image, look.X, look.Y, look.Width, look.Height, letterbox.Width, letterbox.Height);
        for (var y = 0; y < letterbox.Height; y++)
        {
            _resampler.Row(image, y, row);
            var at = ((letterbox.Y + y) * _width) + letterbox.X;
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
