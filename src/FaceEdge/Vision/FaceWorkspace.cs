using FaceEdge.Imaging;
using FaceEdge.Metrics;

namespace FaceEdge.Vision;

/// <summary>Everything one thread needs to analyse photos: the parts with their buffers, about 2 MB. The models are shared.</summary>
internal sealed class FaceWorkspace(FaceDetector detector, LandmarkModel landmarks, FaceEncoder encoder, int dimensions, EncoderKind kind) : IDisposable
{
    private readonly FaceAligner _aligner = new();
    private readonly byte[] _aligned = new byte[FaceAligner.Bytes];
    private readonly DlibChip? _dlib = kind is EncoderKind.Dlib ? new DlibChip() : null;
    private readonly byte[] _chip = new byte[kind is EncoderKind.Dlib ? DlibChip.Bytes : 0];

    /// <summary>Detects the faces of a photo and analyses its subject; null when there is none that can be analysed.</summary>
    public Face? AnalyzeSubject(in RgbView image, double threshold, out int faces)
    {
        var clock = StageClock.Start();
        var boxes = DetectFaces(image, threshold);
        faces = boxes.Length;
        clock.Lap("detect");
        return faces == 0 ? null : Analyze(image, boxes[Subject.Choose(boxes, image.Width, image.Height)], ref clock);
    }

    /// <summary>The faces of a photo, the surest first. The span is valid until the next call.</summary>
    public ReadOnlySpan<FaceBox> DetectFaces(in RgbView image, double threshold)
    {
        detector.Threshold = threshold;
        return detector.Detect(image);
    }

    /// <inheritdoc cref="FaceAnalyzer.FindTurn"/>
    public int FindTurn(RgbImage image, double threshold)
    {
        var clock = StageClock.Start();
        detector.Threshold = threshold;
        int orientation = PhotoTurn.FindCandidate(image, detector);
        clock.Lap("turn");
        return orientation;
    }

    /// <summary>Runs every model once, taking the whole picture for a face whatever the detector sees. Not measured: it is no photo.</summary>
    public void Exercise(in RgbView image)
    {
        var unmeasured = default(StageClock);
        detector.Detect(image);
        _ = Analyze(image, new FaceBox(0, 0, image.Width, image.Height, 1), ref unmeasured);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        detector.Dispose();
        landmarks.Dispose();
        encoder.Dispose();
    }

    private Face? Analyze(in RgbView image, in FaceBox box, ref StageClock clock)
    {
        var points = new float[2 * LandmarkModel.Points];
        landmarks.Locate(image, box, points);
        clock.Lap("landmarks");
        var five = new float[10];
        LandmarkModel.FivePoints(points, five);
        // Quality is graded on the same pixels whatever the encoder.
        if (!_aligner.Align(image, five, _aligned) || _dlib?.Cut(image, points, _chip) is false)
        {
            return null;
        }
        clock.Lap("align");
        var encoding = new float[dimensions];
        var evidence = encoder.Encode(_dlib is null ? _aligned : _chip, encoding);
        clock.Lap("encode");
        return new Face
        {
            Box = box,
            Landmarks = points,
            FivePoints = five,
            Quality = QualityGrader.Grade(box, five, _aligned),
            Encoding = encoding,
            Evidence = evidence,
        };
    }
}
