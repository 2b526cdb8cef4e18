using FaceEdge.Gallery;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Hosting;

/// <summary>
/// Which encoder the daemon works with: the one that the gallery was enrolled with, whatever the settings say. <c>faceedge reencode</c> makes
/// the encodings of another one ready and then asks for it in the database; the daemon sees that within a second and changes.
/// </summary>
internal sealed partial class EncoderSwitch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ImageDatabase _database;
    private readonly Recognizer _recognizer;
    private readonly CurrentOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    /// <summary>Watches for a wish until disposed of.</summary>
    public EncoderSwitch(ImageDatabase database, Recognizer recognizer, CurrentOptions options, ILoggerFactory loggers)
    {
        (_database, _recognizer, _options, _loggers) = (database, recognizer, options, loggers);
        _logger = loggers.CreateLogger<EncoderSwitch>();
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The people of the encoder in force, or room for the first ones of the encoder of the settings.</summary>
    /// <exception cref="ModelException">The gallery's encoder is unknown.</exception>
    /// <exception cref="StorageException">The database can not be read.</exception>
    public static StoredPeople LoadPeople(FaceReader faces, FaceEdgeOptions options, ILoggerFactory loggers)
    {
        // What the models say is in their manifest, too: people are read while the models are being loaded.
        ModelEntry encoder = ModelManifest.ReadOf(options.ModelsDirectory).FindEncoder(faces.Encoder ?? options.Vision.Encoder);
        return StoredPeople.Load(
            faces.Read(encoder.Name, encoder.Dimensions, reuse: true), faces.People, encoder.Name, encoder.Dimensions, loggers.CreateLogger<FaceGallery>());
    }

    /// <summary>What the daemon starts with.</summary>
    /// <param name="database">Open.</param>
    /// <param name="people">Those of <see cref="LoadPeople"/>; taken over.</param>
    /// <param name="asConfigured">Models with the encoder of the settings, being loaded; taken over.</param>
    /// <param name="options">The settings.</param>
    /// <param name="loggers">For all of it.</param>
    /// <exception cref="ModelException">The models of the gallery's encoder can not be loaded.</exception>
    /// <exception cref="StorageException">The database can not be read.</exception>
    public static async Task<Engine> StartAsync(
        ImageDatabase database, StoredPeople people, Task<FaceAnalyzer> asConfigured, CurrentOptions options, ILoggerFactory loggers)
    {
        FaceAnalyzer analyzer = await asConfigured;
        if (people.ById.Count == 0 && database.Encoder is null)
        {
            await database.BeginWithAsync(people.Encoder);
        }
        else if (people.Encoder != analyzer.Encoder)
        {
            if (options.Value.Vision.Encoder is not "")
            {
                LogOther(loggers.CreateLogger<EncoderSwitch>(), options.Value.Vision.Encoder, people.Encoder);
            }

            analyzer.Dispose();
            analyzer = FaceAnalyzer.Load(options.Value.ModelsDirectory, options.Value.Vision, people.Encoder);
        }

        if (people.ById.Count > 0)
        {
            _ = database.NoteEncoderAsync(people.Encoder); // No start waits for it.
        }

        return new Engine(analyzer, new FaceGallery(database, options, people, loggers.CreateLogger<FaceGallery>()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private static FaceGallery LoadGallery(ImageDatabase database, FaceAnalyzer analyzer, CurrentOptions options, ILoggerFactory loggers) =>
        FaceGallery.Load(database, options, analyzer.Encoder, analyzer.Dimensions, loggers.CreateLogger<FaceGallery>());

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task LookAsync()
    {
        string wanted;
        try
        {
            if (_database.WantedEncoder is not { } found)
            {
                return;
            }

            wanted = found;
        }
        catch (StorageException)
        {
            return; // Whoever writes or asks for health hears of it.
        }

        string before = _recognizer.Encoder;
        try
        {
            LogChanging(_logger, before, wanted);
            TimeSpan held = await ChangeAsync(wanted);
            LogChanged(_logger, before, wanted, _recognizer.People, held.TotalMilliseconds);
        }
        catch (Exception e) when (e is not OperationCanceledException) // Whatever it is: the daemon goes on as it was, and goes on looking.
        {
            LogRefused(_logger, before, wanted, e.Message);
            await RefuseAsync(e.Message);
        }
    }

    /// <returns>How long photos waited.</returns>
    private async Task<TimeSpan> ChangeAsync(string wanted)
    {
        FaceEdgeOptions options = _options.Value;
        FaceAnalyzer analyzer = FaceAnalyzer.Load(options.ModelsDirectory, options.Vision, wanted);
        try
        {
            // What was enrolled since the command looked last; done twice, so that photos wait for the second round only.
            using var store = EncodingStore.Open(options.DataDirectory);
            Reencoding.Run(store, analyzer, options, static _ => { }, _stop.Token);
            return await _recognizer.ChangeAsync(async () =>
            {
                Reencoding.Run(store, analyzer, options, static _ => { }, _stop.Token);
                FaceGallery gallery = LoadGallery(_database, analyzer, _options, _loggers);
                try
                {
                    await _database.SetEncoderAsync(wanted);
                    return new Engine(analyzer, gallery);
                }
                catch
                {
                    gallery.Dispose();
                    throw;
                }
            });
        }
        catch
        {
            analyzer.Dispose();
            throw;
        }
    }

    private async Task RefuseAsync(string reason)
    {
        try
        {
            await _database.RefuseEncoderAsync(reason);
        }
        catch (StorageException)
        {
            // A full disk: the wish stands and is tried again, not at once.
            await Task.Delay(60 * Interval, _stop.Token);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Vision:Encoder is {Configured}, but the people were enrolled with {InForce}, which stays in force. To change it: faceedge reencode --encoder {Configured}")]
    private static partial void LogOther(ILogger logger, string configured, string inForce);

    [LoggerMessage(Level = LogLevel.Information, Message = "the encoder changes from {Old} to {New}: loading")]
    private static partial void LogChanging(ILogger logger, string old, string @new);

    [LoggerMessage(Level = LogLevel.Information, Message = "the encoder changed from {Old} to {New}: {People} people; photos waited {Milliseconds:0} ms")]
    private static partial void LogChanged(ILogger logger, string old, string @new, int people, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "the encoder stays {Old}, {New} could not be taken: {Reason}")]
    private static partial void LogRefused(ILogger logger, string old, string @new, string reason);
}
