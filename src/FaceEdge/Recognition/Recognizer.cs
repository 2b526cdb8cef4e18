using System.Diagnostics;
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

    private readonly CurrentOptions _options;
    private readonly int _places;
    private readonly SemaphoreSlim _cores;
    private readonly SemaphoreSlim _largePhotos = new(1);
    private readonly RepeatedPhotos _repeats;
    private Engine _engine;
    private long _turns;

    /// <summary>Joins the rooms.</summary>
    /// <param name="engine">Models and gallery; stay the caller's, who disposes of <see cref="Engine"/> after this.</param>
    /// <param name="options">Read anew for each photo; the number of cores is that of the start.</param>
    /// <param name="cache">Where a photo that was answered is remembered for some seconds; without it every photo is looked at.</param>
    public Recognizer(Engine engine, CurrentOptions options, DerivedCache? cache = null)
    {
        _options = options;
        _repeats = new RepeatedPhotos(cache, options);
        int configured = options.Value.Limits.MaxConcurrentRecognitions;
        _places = configured > 0 ? configured : Environment.ProcessorCount;
        _cores = new SemaphoreSlim(_places);
        _engine = Join(engine);
    }

    /// <summary>The models and the gallery of now.</summary>
    public Engine Engine => Volatile.Read(ref _engine);

    /// <summary>The encoder that faces are compared with now.</summary>
    public string Encoder => Engine.Analyzer.Encoder;

    /// <summary>People known.</summary>
    public int People => Engine.Gallery.People;

    /// <summary>The threshold in force.</summary>
    public float Threshold => Engine.Gallery.Threshold;

    /// <summary>Turns at a core that came to an end, whatever became of the photo. While it rises, the pipeline is alive.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>Says who is on a photo, registering an unknown person.</summary>
    /// <param name="photo">The file: JPEG, PNG or WebP. Must stay as it is until the task ends.</param>
    /// <param name="cancel">Gives up while the photo still waits for its turn; work begun is finished.</param>
    /// <param name="countFaces">Whether to say how many faces there are, which takes longer where one is so clear that nobody looks for others.</param>
    /// <exception cref="ImageException">It can not be decoded.</exception>
    /// <exception cref="RecognitionException">There is no usable face on it.</exception>
    /// <exception cref="StorageException">The new person could not be written.</exception>
    public async Task<RecognitionResult> RecognizeAsync(ReadOnlyMemory<byte> photo, CancellationToken cancel, bool countFaces = false)
    {
        (int width, int height) = ImageDecoder.ReadSize(photo.Span);
        long pixels = (long)width * height;
        if (3 * pixels <= LargePhotoBytes || pixels > _options.Value.Limits.MaxPixels)
        {
            // Those over the limit are refused at once by the decoder.
            return await RecognizeInTurnAsync(photo, countFaces, cancel);
        }

        await _largePhotos.WaitAsync(cancel);
        try
        {
            return await RecognizeInTurnAsync(photo, countFaces, cancel);
        }
        finally
        {
            _largePhotos.Release();
        }
    }

    /// <summary>Deletes a person with all faces; the id is never given again.</summary>
    /// <returns>False when nobody has that id.</returns>
    /// <exception cref="StorageException">It could not be written; the person is still there.</exception>
    public async Task<bool> ForgetAsync(long id)
    {
        // At a core's place: a gallery that is being loaded must not hold who is being deleted.
        await _cores.WaitAsync();
        try
        {
            return await _engine.Gallery.ForgetAsync(id);
        }
        finally
        {
            _repeats.DropAll();
            _cores.Release();
        }
    }

    /// <summary>
    /// Changes models and gallery without dropping a photo: those under way are finished with the old, those that come meanwhile wait, and
    /// nobody is registered or deleted until the new ones are in place. One change at a time.
    /// </summary>
    /// <param name="make">Makes the new ones while nothing moves; when it fails, the old stay.</param>
    /// <returns>How long photos waited.</returns>
    public async Task<TimeSpan> ChangeAsync(Func<Task<Engine>> make)
    {
        long started = Stopwatch.GetTimestamp();
        Engine old = _engine;
        int taken = 0;
        try
        {
            for (; taken < _places; taken++)
            {
                await _cores.WaitAsync();
            }

            await old.IdleAsync(); // Who is being registered gets the id first.
            Volatile.Write(ref _engine, Join(await make()));
            _repeats.DropAll();
        }
        finally
        {
            _cores.Release(taken);
        }

        TimeSpan held = Stopwatch.GetElapsedTime(started);
        old.Dispose();
        return held;
    }

    /// <summary>Hands changed settings to the models. Those of <see cref="CurrentOptions"/> must have been replaced before.</summary>
    public void Configure(VisionOptions options)
    {
        Engine.Analyzer.Configure(options);
        _repeats.DropAll();
    }

    /// <summary>Runs the models once on an empty picture, waiting for a core like a photo: it ends only if a photo would.</summary>
    /// <exception cref="ModelException">A model failed.</exception>
    public async Task ExerciseAsync()
    {
        await _cores.WaitAsync();
        try
        {
            _engine.Analyzer.Exercise();
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

    /// <summary>Lets the gallery of an engine search with the cores that no photo is worked on.</summary>
    private Engine Join(Engine engine)
    {
        engine.Gallery.IdleCores = () => Math.Max(0, Environment.ProcessorCount - (_places - _cores.CurrentCount));
        return engine;
    }

    private async Task<RecognitionResult> RecognizeInTurnAsync(ReadOnlyMemory<byte> photo, bool countFaces, CancellationToken cancel)
    {
        while (true)
        {
            if (await TryRecognizeInTurnAsync(photo, countFaces, cancel) is { } result)
            {
                return result;
            }
        }
    }

    /// <summary>
    /// Null when the person whom one look had settled, or whom a repeated photo had shown, was deleted or changed before the answer: the photo
    /// must be looked at anew.
    /// </summary>
    private async Task<RecognitionResult?> TryRecognizeInTurnAsync(ReadOnlyMemory<byte> photo, bool countFaces, CancellationToken cancel)
    {
        long generation = _repeats.Generation;
        FaceEdgeOptions options = _options.Value;
        Sighting? sighting = null;
        var clock = StageClock.Start();
        await _cores.WaitAsync(cancel);
        Engine engine = Engine; // The same to the end: it changes only when nobody holds a core's place.
        engine.Enter();
        clock.Lap("wait");
        try
        {
            AnsweredPhoto seen;
            PhotoKey? key;
            Enrolment? enrolment = null;
            Task<Identification> identifying;
            try
            {
                key = _repeats.KeyOf(photo.Span);
                AnsweredPhoto? before = _repeats.Find(key, countFaces);
                clock.Lap("repeat");
                if (before is not null && before.StillMatches(engine.Gallery, out Nearest nearest))
                {
                    seen = before;
                    identifying = engine.Gallery.IdentifyAsync(before.Probe(nearest));
                }
                else
                {
                    var lookup = new Lookup(engine.Gallery);
                    sighting = PhotoLook.Find(photo.Span, options, engine.Analyzer, lookup);
                    seen = Judge(sighting, lookup, options.Vision, countFaces ? engine.Analyzer : null);
                    enrolment = new Enrolment(sighting, options, engine.Analyzer);
                    Probe probe = enrolment.ProbeFor(photo) with { Nearest = lookup.Of(sighting.Face!) };
                    // Runs here until it has to wait for the disk, which then happens without the core.
                    identifying = engine.Gallery.IdentifyAsync(seen.Settled ? probe with { MayRegister = false } : probe);
                }
            }
            finally
            {
                EndTurn();
            }

            Identification found = await identifying;
            if (found.Id == 0)
            {
                return enrolment is null || seen.Settled ? null : throw enrolment.Refusal();
            }

            if (sighting is null)
            {
                Instruments.CountRepeatedPhotos();
            }
            else if (!sighting.IsTurned)
            {
                _repeats.Keep(key, seen, generation);
            }

            return new RecognitionResult(found.Id, found.New, found.Similarity, found.Threshold, seen.Box, seen.Quality, seen.Faces);
        }
        finally
        {
            engine.Leave();
            sighting?.Dispose();
        }
    }

    /// <summary>The subject of a photo, if it can be told from others.</summary>
    /// <param name="sighting">The photo.</param>
    /// <param name="lookup">What is known of the face.</param>
    /// <param name="options">What is too small.</param>
    /// <param name="counter">Counts the faces; null when nobody asked.</param>
    private static AnsweredPhoto Judge(Sighting sighting, Lookup lookup, VisionOptions options, FaceAnalyzer? counter)
    {
        Face face = sighting.Face ?? throw new RecognitionException(
            RecognitionProblem.NoFace,
            "No face was found in the photo. Post a photo in which the face is lit and at least a tenth of the picture's height.");
        if (sighting.FaceHeight < options.MinMatchHeight)
        {
            throw Enrolment.TooSmall(sighting, "to be told from others", options.MinMatchHeight, nameof(VisionOptions.MinMatchHeight));
        }

        int? faces = counter is null ? null : sighting.CountFaces(counter);
        FaceQuality quality = face.Quality with { HeightPixels = sighting.FaceHeight };
        return new AnsweredPhoto(face.Encoding, face.Evidence, lookup.IsSettled(face), sighting.BoxInPhoto, quality, faces);
    }

    private void EndTurn()
    {
        Interlocked.Increment(ref _turns);
        _cores.Release();
    }
}
