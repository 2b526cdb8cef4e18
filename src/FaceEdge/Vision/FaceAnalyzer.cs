using System.Collections.Concurrent;
using FaceEdge.Imaging;

namespace FaceEdge.Vision;

/// <summary>
/// Pixels to faces to encodings: detects the faces of a photo, finds landmarks, aligns, encodes and grades. Thread-safe: the
/// models are shared, every call borrows its own working buffers, of which there come to be as many as calls at once.
/// </summary>
public sealed class FaceAnalyzer : IDisposable
{
    private readonly OnnxModel _detector;
    private readonly OnnxModel _checker;
    private readonly OnnxModel _landmarks;
    private readonly OnnxModel _encoder;
    private readonly ModelEntry _entry;
    private volatile FaceSearch _search;
    private readonly ConcurrentBag<FaceWorkspace> _idle = [];

    private FaceAnalyzer(OnnxModel detector, OnnxModel checker, OnnxModel landmarks, OnnxModel encoder, ModelEntry entry, FaceSearch search)
    {
        _detector = detector;
        _checker = checker;
        _landmarks = landmarks;
        _encoder = encoder;
        Dimensions = entry.Dimensions;
        _entry = entry;
        _search = search;
    }

    /// <summary>Name of the encoder, stored beside every encoding: encodings of different encoders never compare.</summary>
    public string Encoder => _encoder.Name;

    /// <summary>Numbers in an encoding.</summary>
    public int Dimensions { get; }

    /// <summary>Takes over what may change while the daemon runs: what faces to look for. It holds from the next photo on.</summary>
    public void Configure(VisionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _search = FaceSearch.From(options);
    }

    /// <summary>Loads the models, checks each against the manifest's SHA-256, and runs each once so that the first photo is not slow.</summary>
    /// <param name="modelsDirectory">The folder with <c>models.json</c>; relative ones count from the current folder. Empty means <c>models</c> beside the program.</param>
    /// <param name="options">Encoder, threads and thresholds.</param>
    /// <param name="encoder">Another encoder than that of the options.</param>
    /// <exception cref="ModelException">The encoder is unknown, or a model or ONNX Runtime is missing, unreadable, another one than was measured, or does not run.</exception>
    public static FaceAnalyzer Load(string modelsDirectory, VisionOptions options, string? encoder = null)
    {
        ArgumentNullException.ThrowIfNull(modelsDirectory);
        ArgumentNullException.ThrowIfNull(options);
        var manifest = ModelManifest.ReadOf(modelsDirectory);
        var entry = manifest.FindEncoder(encoder ?? options.Encoder);
        // The largest first, so that the others find their turn beside it.
        var models = ModelLoader.Load(manifest, options, entry, manifest.Find("detector"), manifest.Find("checker"), manifest.Find("landmarks"));
        var analyzer = new FaceAnalyzer(models[1], models[2], models[3], models[0], entry, FaceSearch.From(options));
        try
        {
            analyzer.Exercise();
            return analyzer;
        }
        catch
        {
            analyzer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Detects the faces of a photo and analyses its subject: the largest face, among equally large ones the nearest to the middle.
    /// </summary>
    /// <param name="image">The photo, upright; not kept.</param>
    /// <param name="faces">How many faces were detected; null when one was clear enough not to look for others: <see cref="DetectFaces"/> does.</param>
    /// <param name="suffices">Asked after the encoder's first look whether a second is needless; without it there always is one.</param>
    /// <returns>The subject; null when no face was detected, or none whose landmarks make a face.</returns>
    /// <exception cref="ModelException">A model failed.</exception>
    public Face? AnalyzeSubject(RgbImage image, out int? faces, FirstLook? suffices = null) => AnalyzeSubject(image, smallest: false, suffices, out faces);

    /// <summary>
    /// As <see cref="AnalyzeSubject(RgbImage, out int?, FirstLook)"/>, for a photo on which that found nobody: looks closer, down to the smallest faces that are
    /// wanted. Costs many detections, the more the larger the photo.
    /// </summary>
    /// <exception cref="ModelException">A model failed.</exception>
    public Face? AnalyzeSmallSubject(RgbImage image, out int? faces) => AnalyzeSubject(image, smallest: true, null, out faces);

    /// <summary>All faces of a photo, the surest first, in its pixels and inside it; empty when there are none. Nothing is encoded.</summary>
    /// <param name="image">The photo, upright; not kept.</param>
    /// <exception cref="ModelException">A model failed.</exception>
    public FaceBox[] DetectFaces(RgbImage image)
    {
        var view = RgbView.Of(image);
        var workspace = Rent();
        try
        {
            return workspace.DetectFaces(view, _search);
        }
        finally
        {
            _idle.Add(workspace);
            GC.KeepAlive(image);
        }
    }

    /// <summary>The 68 landmarks of a detected face, as <see cref="LandmarkModel.Locate"/> gives them.</summary>
    /// <param name="image">The photo, upright; not kept.</param>
    /// <param name="box">Where the face is.</param>
    /// <exception cref="ModelException">A model failed.</exception>
    public float[] LocateLandmarks(RgbImage image, in FaceBox box)
    {
        var view = RgbView.Of(image);
        FaceWorkspace workspace = Rent();
        try
        {
            return workspace.LocateLandmarks(view, box);
        }
        finally
        {
            _idle.Add(workspace);
            GC.KeepAlive(image);
        }
    }

    /// <summary>
    /// What covers a face. Costs two runs of the encoder, so ask only about a face that is to be kept; null with an encoder of which it was not measured what
    /// a covered face does to it.
    /// </summary>
    /// <param name="image">The photo on which the face was found, upright; not kept.</param>
    /// <param name="face">As it was analysed, both looks of the encoder added.</param>
    /// <exception cref="ModelException">The encoder failed.</exception>
    public FaceCover? MeasureCover(RgbImage image, Face face)
    {
        ArgumentNullException.ThrowIfNull(face);
        var view = RgbView.Of(image);
        FaceWorkspace workspace = Rent();
        try
        {
            return workspace.MeasureCover(view, face);
        }
        finally
        {
            _idle.Add(workspace);
            GC.KeepAlive(image);
        }
    }

    /// <summary>
    /// Which way a photo may lie that does not look upright for sure: the EXIF orientation (3, 6 or 8) to try, or 1 for none. Costs four
    /// detections, so ask only about photos whose face nobody knows, or that show none. Which of the two is right, their faces'
    /// <see cref="Face.Evidence"/> tells.
    /// </summary>
    /// <exception cref="ModelException">A model failed.</exception>
    public int FindTurn(RgbImage image)
    {
        var workspace = Rent();
        try
        {
            return workspace.FindTurn(image);
        }
        finally
        {
            _idle.Add(workspace);
        }
    }

    /// <summary>
    /// Runs every model once on an empty picture: when it returns, a photo could be analysed. Also what makes the first photo find
    /// everything in place.
    /// </summary>
    /// <exception cref="ModelException">A model failed.</exception>
    public void Exercise()
    {
        const int side = 64;
        var workspace = Rent();
        try
        {
            workspace.Exercise(new RgbView(new byte[3 * side * side], side, side));
        }
        finally
        {
            _idle.Add(workspace);
        }
    }

    /// <summary>Frees the models. No call may be under way.</summary>
    public void Dispose()
    {
        DisposeWorkspaces();
        _detector.Dispose();
        _checker.Dispose();
        _landmarks.Dispose();
        _encoder.Dispose();
    }

    private Face? AnalyzeSubject(RgbImage image, bool smallest, FirstLook? suffices, out int? faces)
    {
        var view = RgbView.Of(image);
        var workspace = Rent();
        try
        {
            return workspace.AnalyzeSubject(view, _search, smallest, suffices ?? (static (_, _) => false), out faces);
        }
        finally
        {
            _idle.Add(workspace);
            // The view is only a span: it does not hold the image.
            GC.KeepAlive(image);
        }
    }

    private FaceWorkspace Rent() =>
        _idle.TryTake(out var workspace)
            ? workspace
            : new FaceWorkspace(
                new FaceDetector(_detector), new QuickLook(new FaceDetector(_detector, QuickLook.CanvasWidth, QuickLook.CanvasHeight)),
                new FaceChecker(_checker), new LandmarkModel(_landmarks), new FaceEncoder(_encoder, Dimensions, _entry.Kind), _entry);

    private void DisposeWorkspaces()
    {
        while (_idle.TryTake(out var workspace))
        {
            workspace.Dispose();
        }
    }
}
