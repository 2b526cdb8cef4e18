using FaceEdge.Imaging;

namespace FaceEdge.Vision;

/// <summary>Everything one thread needs to analyse photos: the parts with their buffers, about 2 MB. The models are shared.</summary>
internal sealed class FaceWorkspace(FaceDetector detector, LandmarkModel landmarks, FaceEncoder encoder, int dimensions) : IDisposable
{
    private readonly FaceAligner _aligner = new();
    private readonly byte[] _aligned = new byte[FaceAligner.Bytes];

    /// <summary>Detects the faces of a photo and analyses its subject; null when there is none that can be analysed.</summary>
    public Face? AnalyzeSubject(in RgbView image, out int faces)
    {
        var boxes = detector.Detect(image);
        faces = boxes.Length;
        return faces == 0 ? null : Analyze(image, boxes[Subject.Choose(boxes, image.Width, image.Height)]);
    }

    /// <inheritdoc cref="FaceAnalyzer.FindTurn"/>
    public int FindTurn(RgbImage image) => PhotoTurn.Find(image, detector);

    /// <summary>Runs every model once on an empty face, whatever the detector sees, so that the first photo finds everything in place.</summary>
    public void WarmUp(in RgbView image)
    {
        detector.Detect(image);
        _ = Analyze(image, new FaceBox(0, 0, image.Width, image.Height, 1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        detector.Dispose();
        landmarks.Dispose();
        encoder.Dispose();
    }

    private Face? Analyze(in RgbView image, in FaceBox box)
    {
        var points = new float[2 * LandmarkModel.Points];
        landmarks.Locate(image, box, points);
        var five = new float[10];
        LandmarkModel.FivePoints(points, five);
        if (!_aligner.Align(image, five, _aligned))
        {
            return null;
        }
        var encoding = new float[dimensions];
        encoder.Encode(_aligned, encoding);
        return new Face
        {
            Box = box,
            Landmarks = points,
            FivePoints = five,
            Quality = QualityGrader.Grade(box, five, _aligned),
            Encoding = encoding,
        };
    }
}
