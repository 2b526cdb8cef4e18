using FaceEdge.Imaging;
using FaceEdge.Metrics;

namespace FaceEdge.Vision;

/// <summary>Everything one thread needs to analyse photos: the parts with their buffers, about 2 MB. The models are shared.</summary>
internal sealed class FaceWorkspace(
    FaceDetector detector, QuickLook quick, FaceChecker checker, LandmarkModel landmarks, FaceEncoder encoder, ModelEntry entry) : IDisposable
{
    private readonly FaceFinder _finder = new(detector, checker);
    private readonly float[] _points = new float[2 * LandmarkModel.Points];
    private readonly FaceAligner _aligner = new();
    private readonly byte[] _aligned = new byte[FaceAligner.Bytes];
    private readonly DlibChip? _dlib = entry.Kind is EncoderKind.Dlib ? new DlibChip() : null;
    private readonly CoverMeter? _cover = CoverTable.Of(entry.Name) is { } table ? new CoverMeter(encoder, table, entry.Dimensions) : null;
    private readonly byte[] _chip = new byte[entry.Kind is EncoderKind.Dlib ? DlibChip.Bytes : 0];

    /// <summary>Detects the faces of a photo and analyses its subject; null when there is none that can be analysed.</summary>
    /// <param name="image">The photo.</param>
    /// <param name="search">What to look for.</param>
    /// <param name="smallest">Look closer instead, for faces smaller than the ordinary search finds.</param>
    /// <param name="suffices">Whether the first look of the encoder is enough.</param>
    /// <param name="faces">How many faces were detected; null when the subject was found without looking for others.</param>
    public Face? AnalyzeSubject(in RgbView image, FaceSearch search, bool smallest, FirstLook suffices, out int? faces)
    {
        var clock = StageClock.Start();
        if (search.Quick && !smallest && quick.TryFindSubject(image, out var subject))
        {
            faces = null;
            clock.Lap("detect");
            if (Analyze(image, subject, suffices, ref clock) is { } face)
            {
                return face;
            }
            clock.Restart();
        }
        _finder.Search = search;
        var boxes = smallest ? _finder.FindSmallest(image) : _finder.Find(image);
        faces = boxes.Length;
        clock.Lap("detect");
        return boxes.Length == 0 ? null : Analyze(image, boxes[Subject.Choose(boxes, image.Width, image.Height)], suffices, ref clock);
    }

    /// <inheritdoc cref="FaceAnalyzer.DetectFaces"/>
    public FaceBox[] DetectFaces(in RgbView image, FaceSearch search)
    {
        var clock = StageClock.Start();
        _finder.Search = search;
        var boxes = _finder.Find(image);
        clock.Lap("detect");
        return (boxes.Length > 0 ? boxes : _finder.FindSmallest(image)).ToArray();
    }

    /// <inheritdoc cref="FaceAnalyzer.LocateLandmarks"/>
    public float[] LocateLandmarks(in RgbView image, in FaceBox box)
    {
        landmarks.Locate(image, box, _points);
        return [.. _points];
    }

    /// <inheritdoc cref="FaceAnalyzer.MeasureCover"/>
    public FaceCover? MeasureCover(in RgbView image, Face face)
    {
        if (_cover is null || !_aligner.Align(image, face.FivePoints, _aligned))
        {
            return null;
        }

        var clock = StageClock.Start();
        FaceCover cover = _cover.Measure(_aligned, face.Encoding, face.Evidence);
        clock.Lap("cover");
        return cover;
    }

    /// <inheritdoc cref="FaceAnalyzer.FindTurn"/>
    public int FindTurn(RgbImage image)
    {
        var clock = StageClock.Start();
        int orientation = PhotoTurn.FindCandidate(image, detector);
        clock.Lap("turn");
        return orientation;
    }

    /// <summary>Runs every model once, taking the whole picture for a face whatever the detector sees. Not measured: it is no photo.</summary>
    public void Exercise(in RgbView image)
    {
        var unmeasured = default(StageClock);
        quick.TryFindSubject(image, out _);
        _finder.Exercise(image);
        _ = Analyze(image, new FaceBox(0, 0, image.Width, image.Height, 1), static (_, _) => false, ref unmeasured);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        quick.Dispose();
        _finder.Dispose();
        landmarks.Dispose();
        encoder.Dispose();
    }

    private Face? Analyze(in RgbView image, in FaceBox box, FirstLook suffices, ref StageClock clock)
    {
        landmarks.Locate(image, box, _points);
        clock.Lap("landmarks");
        var five = new float[10];
        LandmarkModel.FivePoints(_points, five);
        // Quality is graded on the same pixels whatever the encoder.
        if (!_aligner.Align(image, five, _aligned) || _dlib?.Cut(image, _points, _chip) is false)
        {
            return null;
        }
        clock.Lap("align");
        var encoding = new float[entry.Dimensions];
        var evidence = encoder.Look(_dlib is null ? _aligned : _chip, encoding);
        clock.Lap("encode");
        if (encoder.LooksTwice && !suffices(encoding, evidence))
        {
            clock.Restart();
            encoder.LookAgain(encoding);
            clock.Lap("look_again");
        }
        return new Face
        {
            Box = box,
            FivePoints = five,
            Quality = QualityGrader.Grade(box, five, _aligned, entry.Evidence?.Grade(evidence)),
            Encoding = encoding,
            Evidence = evidence,
        };
    }
}
