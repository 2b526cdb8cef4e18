using FaceEdge.Gallery;
using FaceEdge.Imaging;
using FaceEdge.Metrics;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>
/// The one path of a photo: decode, find the subject, encode, match or register. At most one photo a core is worked on at once, so
/// that under load each is answered at full speed and the rest wait; waiting for the disk holds no core.
/// </summary>
public sealed class Recognizer : IDisposable
{
    /// <summary>
    /// Photos whose pixels take more than this are decoded one at a time (64 MB = 21 MP): two of 100 MP at once would take the
    /// memory of a whole Raspberry Pi.
    /// </summary>
    private const long LargePhotoBytes = 64_000_000;

    private readonly FaceAnalyzer _analyzer;
    private readonly FaceGallery _gallery;
    private readonly CurrentOptions _options;
    private readonly SemaphoreSlim _cores;
    private readonly SemaphoreSlim _largePhotos = new(1);
    private long _turns;

    /// <summary>Joins the rooms.</summary>
    /// <param name="analyzer">Loaded models; stays the caller's.</param>
    /// <param name="gallery">Loaded gallery; stays the caller's.</param>
    /// <param name="options">Read anew for each photo; the number of cores is that of the start.</param>
    public Recognizer(FaceAnalyzer analyzer, FaceGallery gallery, CurrentOptions options)
    {
        _analyzer = analyzer;
        _gallery = gallery;
        _options = options;
        int configured = options.Value.Limits.MaxConcurrentRecognitions;
        int turns = configured > 0 ? configured : Environment.ProcessorCount;
        _cores = new SemaphoreSlim(turns);
        gallery.IdleCores = () => Math.Max(0, Environment.ProcessorCount - (turns - _cores.CurrentCount));
    }

    /// <summary>Turns at a core that came to an end, whatever became of the photo. While it rises, the pipeline is alive.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>Says who is on a photo, registering an unknown person.</summary>
    /// <param name="photo">The file: JPEG, PNG or WebP. Must stay as it is until the task ends.</param>
    /// <param name="cancel">Gives up while the photo still waits for its turn; work begun is finished.</param>
    /// <exception cref="ImageException">It can not be decoded.</exception>
    /// <exception cref="RecognitionException">There is no usable face on it.</exception>
    /// <exception cref="StorageException">The new person could not be written.</exception>
    public async Task<RecognitionResult> RecognizeAsync(ReadOnlyMemory<byte> photo, CancellationToken cancel)
    {
        (int width, int height) = ImageDecoder.ReadSize(photo.Span);
        long pixels = (long)width * height;
        if (3 * pixels <= LargePhotoBytes || pixels > _options.Value.Limits.MaxPixels)
        {
            // Those over the limit are refused at once by the decoder.
            return await RecognizeInTurnAsync(photo, cancel);
        }

        await _largePhotos.WaitAsync(cancel);
        try
        {
            return await RecognizeInTurnAsync(photo, cancel);
        }
        finally
        {
            _largePhotos.Release();
        }
    }

    /// <summary>Runs the models once on an empty picture, waiting for a core like a photo: it ends only if a photo would.</summary>
    /// <exception cref="ModelException">A model failed.</exception>
    public async Task ExerciseAsync()
    {
        await _cores.WaitAsync();
        try
        {
            _analyzer.Exercise();
        }
        finally
        {
            EndTurn();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cores.Dispose();
        _largePhotos.Dispose();
    }

    private async Task<RecognitionResult> RecognizeInTurnAsync(ReadOnlyMemory<byte> photo, CancellationToken cancel)
    {
        FaceEdgeOptions options = _options.Value;
        Sighting? sighting = null;
        try
        {
            Face face;
            Task<Identification> identifying;
            var clock = StageClock.Start();
            await _cores.WaitAsync(cancel);
            clock.Lap("wait");
            try
            {
                sighting = PhotoLook.Find(photo.Span, options, _analyzer, seen => _gallery.Knows(seen.Encoding, seen.Evidence));
                face = sighting.Face ?? throw new RecognitionException(
                    RecognitionProblem.NoFace,
                    "No face was found in the photo. Post a photo in which the face is lit and at least a tenth of the picture's height.");
                if (sighting.FaceHeight < options.Vision.MinMatchHeight)
                {
                    throw TooSmall(sighting, "to be told from others", options.Vision.MinMatchHeight, nameof(VisionOptions.MinMatchHeight));
                }

                // Runs here until it has to wait for the disk, which then happens without the core.
                identifying = _gallery.IdentifyAsync(ProbeFor(sighting, photo, options));
            }
            finally
            {
                EndTurn();
            }

            Identification found = await identifying;
            return found.Id != 0
                ? new RecognitionResult(
                    found.Id, found.New, found.Similarity, found.Threshold, sighting.BoxInPhoto,
                    face.Quality with { HeightPixels = sighting.FaceHeight }, sighting.Faces)
                : throw Unusable(sighting, options.Vision);
        }
        finally
        {
            sighting?.Dispose();
        }
    }

    private void EndTurn()
    {
        Interlocked.Increment(ref _turns);
        _cores.Release();
    }

    private static Probe ProbeFor(Sighting sighting, ReadOnlyMemory<byte> photo, FaceEdgeOptions options)
    {
        Face face = sighting.Face!;
        bool mayRegister = sighting.FaceHeight >= options.Vision.MinFaceHeight && face.Quality.Sharpness >= options.Vision.MinSharpness;
        return new Probe(face.Encoding, face.Quality.Overall, mayRegister, () => options.Storage.KeepImages switch
        {
            KeepImages.Crop => FaceCrop.Encode(sighting.Image, face.Box, options.Storage),
            KeepImages.Original => photo.ToArray(),
            _ => null,
        }, face.Evidence);
    }

    /// <summary>Why a face that matches nobody was not registered.</summary>
    private static RecognitionException Unusable(Sighting sighting, VisionOptions options) => sighting.FaceHeight < options.MinFaceHeight
        ? TooSmall(sighting, "to register, and matches nobody known", options.MinFaceHeight, nameof(VisionOptions.MinFaceHeight))
        : new RecognitionException(
            RecognitionProblem.LowQuality,
            $"The face matches nobody known and is too blurred to register (sharpness {sighting.Face!.Quality.Sharpness:0.00}, "
            + $"{options.MinSharpness:0.00} is needed, Vision:MinSharpness). Hold still, add light or clean the lens.");

    private static RecognitionException TooSmall(Sighting sighting, string what, double needed, string setting) => new(
        RecognitionProblem.FaceTooSmall,
        $"The face is {sighting.FaceHeight:0} pixels high, too small {what}: {needed:0} are needed (Vision:{setting}). Go nearer or use a larger photo.");
}
