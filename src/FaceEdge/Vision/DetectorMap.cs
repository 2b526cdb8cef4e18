using System.Runtime.Intrinsics;

namespace FaceEdge.Vision;

/// <summary>
/// One of UltraFace's four maps: for every place of the canvas at so many pixels a step, how much it looks like a face of each of a few sizes, and how
/// the face's box differs from one of that size. The last layers of the authors' network (<c>convert_locations_to_boxes</c>), taken off it by
/// models/builder, so that only what may be a face costs arithmetic.
/// </summary>
internal sealed class DetectorMap
{
    /// <summary>The authors' <c>center_variance</c> and <c>size_variance</c>.</summary>
    private const float CentreVariance = 0.1f;

    private const float SizeVariance = 0.2f;

    private readonly float[] _scores;
    private readonly float[] _boxes;
    private readonly int _columns;
    private readonly int _rows;
    private readonly float _stepX;
    private readonly float _stepY;
    private readonly (float Width, float Height)[] _sizes;

    private DetectorMap(ModelRun run, int canvasWidth, int canvasHeight, int stride, float stepY, (float Width, float Height)[] sizes)
    {
        (_columns, _rows) = ((canvasWidth + stride - 1) / stride, (canvasHeight + stride - 1) / stride);
        (_stepX, _stepY, _sizes) = (stride, stepY, sizes);
        _scores = run.BindOutput($"scores{stride}", 1, 2 * sizes.Length, _rows, _columns);
        _boxes = run.BindOutput($"boxes{stride}", 1, 4 * sizes.Length, _rows, _columns);
    }

    /// <summary>
    /// The maps of a run. Steps and sizes are those of the 320x240 pixels the network was trained on, whatever the canvas: there the lower two maps
    /// are not a whole number of strides high and the rows divide the canvas evenly, and no box is larger than it.
    /// </summary>
    /// <exception cref="ModelException">The model is not UltraFace.</exception>
    public static DetectorMap[] Bind(ModelRun run, int canvasWidth, int canvasHeight) =>
    [
        new(run, canvasWidth, canvasHeight, 8, 8, [(10, 10), (16, 16), (24, 24)]),
        new(run, canvasWidth, canvasHeight, 16, 16, [(32, 32), (48, 48)]),
        new(run, canvasWidth, canvasHeight, 32, 30, [(64, 64), (96, 96)]),
        new(run, canvasWidth, canvasHeight, 64, 60, [(128, 128), (192, 192), (256, 240)]),
    ];

    /// <summary>Adds the boxes whose score reaches the threshold, in pixels of the canvas; they may reach outside it.</summary>
    /// <param name="threshold">Lowest score, 0..1.</param>
    /// <param name="found">Receives them, row by row.</param>
    public void AddFaces(float threshold, List<FaceBox> found)
    {
        // What cannot reach the threshold is passed over four places at a time. A hair lower, because scores are rounded.
        var limit = Vector128.Create(MathF.Log(threshold / (1 - MathF.Min(threshold, 1 - 1e-6f))) - 1e-3f);
        var places = _rows * _columns;
        var place = 0;
        for (; place <= places - Vector128<float>.Count; place += Vector128<float>.Count)
        {
            if (MayHoldFaces(place, limit))
            {
                for (var i = 0; i < Vector128<float>.Count; i++)
                {
                    AddFacesAt(place + i, threshold, found);
                }
            }
        }
        for (; place < places; place++)
        {
            AddFacesAt(place, threshold, found);
        }
    }

    private bool MayHoldFaces(int place, Vector128<float> limit)
    {
        var places = _rows * _columns;
        var any = Vector128<float>.Zero;
        for (var size = 0; size < _sizes.Length; size++)
        {
            var background = Vector128.Create<float>(_scores.AsSpan((2 * size * places) + place));
            var face = Vector128.Create<float>(_scores.AsSpan((((2 * size) + 1) * places) + place));
            any |= Vector128.GreaterThanOrEqual(face - background, limit);
        }
        return any.AsUInt32() != Vector128<uint>.Zero;
    }

    private void AddFacesAt(int place, float threshold, List<FaceBox> found)
    {
        var places = _rows * _columns;
        for (var size = 0; size < _sizes.Length; size++)
        {
            var background = _scores[(2 * size * places) + place];
            var face = _scores[(((2 * size) + 1) * places) + place];
            var score = 1 / (1 + MathF.Exp(background - face));
            if (!(score >= threshold))
            {
                continue;
            }
            var box = _boxes.AsSpan((4 * size * places) + place);
            var (width, height) = _sizes[size];
            var centreX = (((place % _columns) + 0.5f) * _stepX) + (box[0] * CentreVariance * width);
            var centreY = (((place / _columns) + 0.5f) * _stepY) + (box[places] * CentreVariance * height);
            var halfWidth = MathF.Exp(box[2 * places] * SizeVariance) * width / 2;
            var halfHeight = MathF.Exp(box[3 * places] * SizeVariance) * height / 2;
            found.Add(new FaceBox(centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight, score));
        }
    }
}
