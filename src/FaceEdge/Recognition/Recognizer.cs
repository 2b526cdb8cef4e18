using FaceEdge.Gallery;
using FaceEdge.Imaging;
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
    private readonly FaceEdgeOptions _options;
    private readonly SemaphoreSlim _cores;
    private readonly SemaphoreSlim _largePhotos = new(1);

    /// <summary>Joins the rooms.</summary>
    /// <param name="analyzer">Loaded models; stays the caller's.</param>
    /// <param name="gallery">Loaded gallery; stays the caller's.</param>
    /// <param name="options">Validated.</param>
    public Recognizer(FaceAnalyzer analyzer, FaceGallery gallery, FaceEdgeOptions options)
    {
        _analyzer = analyzer;
        _gallery = gallery;
        _options = options;
        int configured = options.Limits.MaxConcurrentRecognitions;
        _cores = new SemaphoreSlim(configured > 0 ? configured : Environment.ProcessorCount);
    }

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
        if (3 * pixels <= LargePhotoBytes || pixels > _options.Limits.MaxPixels)
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _cores.Dispose();
        _largePhotos.Dispose();
    }

    private async Task<RecognitionResult> RecognizeInTurnAsync(ReadOnlyMemory<byte> photo, CancellationToken cancel)
    {
        Sighting? sighting = null;
        try
        {
            Face face;
            Task<Identification> identifying;
            await _cores.WaitAsync(cancel);
            try
            {
                RgbImage image = ImageDecoder.Decode(photo.Span, _options.Limits.MaxPixels, _options.Imaging.TargetSide);
                sighting = Sighting.Find(image, _analyzer, _gallery.Knows);
                face = sighting.Face ?? throw new RecognitionException(
                    RecognitionProblem.NoFace,
                    "No face was found in the photo. Post a photo in which the face is lit and at least a tenth of the picture's height.");
                if (sighting.FaceHeight < _options.Vision.MinMatchHeight)
                {
                    throw TooSmall(sighting, "to be told from others", _options.Vision.MinMatchHeight, nameof(VisionOptions.MinMatchHeight));
                }

                // Runs here until it has to wait for the disk, which then happens without the core.
                identifying = _gallery.IdentifyAsync(ProbeFor(sighting, photo));
            }
            finally
            {
                _cores.Release();
            }

            Identification found = await identifying;
            return found.Id != 0
                ? new RecognitionResult(
                    found.Id, found.New, found.Similarity, found.Threshold, sighting.BoxInPhoto, face.Quality, sighting.Faces)
                : throw Unusable(sighting);
        }
        finally
        {
            sighting?.Dispose();
        }
    }

    private Probe ProbeFor(Sighting sighting, ReadOnlyMemory<byte> photo)
    {
        Face face = sighting.Face!;
        bool mayRegister = sighting.FaceHeight >= _options.Vision.MinFaceHeight && face.Quality.Sharpness >= _options.Vision.MinSharpness;
        return new Probe(face.Encoding, face.Quality.Overall, mayRegister, () => _options.Storage.KeepImages switch
        {
            KeepImages.Crop => FaceCrop.Encode(sighting.Image, face.Box, _options.Storage),
            KeepImages.Original => photo.ToArray(),
            _ => null,
        });
    }

    /// <summary>Why a face that matches nobody was not registered.</summary>
    private RecognitionException Unusable(Sighting sighting) => sighting.FaceHeight < _options.Vision.MinFaceHeight
        ? TooSmall(sighting, "to register, and matches nobody known", _options.Vision.MinFaceHeight, nameof(VisionOptions.MinFaceHeight))
        : new RecognitionException(
            RecognitionProblem.LowQuality,
            $"The face matches nobody known and is too blurred to register (sharpness {sighting.Face!.Quality.Sharpness:0.00}, "
            + $"{_options.Vision.MinSharpness:0.00} is needed, Vision:MinSharpness). Hold still, add light or clean the lens.");

    private static RecognitionException TooSmall(Sighting sighting, string what, double needed, string setting) => new(
        RecognitionProblem.FaceTooSmall,
        $"The face is {sighting.FaceHeight:0} pixels high, too small {what}: {needed:0} are needed (Vision:{setting}). Go nearer or use a larger photo.");
}
