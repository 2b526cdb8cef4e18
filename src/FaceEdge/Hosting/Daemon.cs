using System.Net.Sockets;
using FaceEdge.Gallery;
using FaceEdge.Http;
using FaceEdge.Http.Connections;
using FaceEdge.Imaging;
using FaceEdge.Metrics;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting.Systemd;

namespace FaceEdge.Hosting;

/// <summary>The daemon: open the rooms, build the web application, map the routes, run until told to stop.</summary>
internal static class Daemon
{
    /// <summary>A connection without a request is closed after this: a camera that posts every few seconds keeps its own.</summary>
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(30);

    /// <summary>Runs until SIGTERM or Ctrl-C; what is in flight then is finished.</summary>
    /// <param name="readOptions">Reads and validates the settings; called again for each reload.</param>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    /// <exception cref="DllNotFoundException">A library that photos are decoded with is missing.</exception>
    /// <exception cref="ModelException">A model is missing or not the measured one.</exception>
    /// <exception cref="StorageException">The database can not be used.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task RunAsync(Func<FaceEdgeOptions> readOptions)
    {
        NativeHeap.ReturnLargeBlocks();
        FaceEdgeOptions options = readOptions();
        var current = new CurrentOptions(options);
        using ILoggerFactory loggers = DaemonLogging.Create(current);
        var log = new DaemonLog(loggers);
        var manager = new ServiceManager(new SystemdNotifier(), Environment.GetEnvironmentVariable);
        manager.Tell("STATUS=loading models and people");
        log.CheckClock(TimeProvider.System);
        log.CheckOpenSsl();
        SkiaLibrary.Check();

        Task<FaceAnalyzer> loading = Task.Run(() => FaceAnalyzer.Load(options.ModelsDirectory, options.Vision));
        StoredPeople? people = null;
        await using ImageDatabase database = ImageDatabase.Open(
            options.DataDirectory, loggers.CreateLogger<ImageDatabase>(), faces => people = EncoderSwitch.LoadPeople(faces, options, loggers));
        using var cache = new DerivedCache(options.Cache.Bytes, TimeProvider.System);
        using var recognizer = new Recognizer(await EncoderSwitch.StartAsync(database, people!, loading, current, loggers), current, cache);
        database.Keep(() => recognizer.Engine.Gallery.Remembered());
        using var gate = new AdmissionGate(options);
        using var metrics = new MetricStore(Instruments.MeterName);
        using var gauges = new DaemonGauges(recognizer, database, gate, cache);

        await using WebApplication app = Build(options, services =>
        {
            services.AddSingleton(loggers);
            services.AddSingleton(current);
            services.AddSingleton(database);
            services.AddSingleton(recognizer);
            services.AddSingleton(gate);
            services.AddSingleton(metrics);
        });
        Map(app);
        using IDisposable refusals = ServerRefusals.Listen(app);
        string Status() => DaemonLog.Status(recognizer.People, recognizer.Threshold, recognizer.Encoder);
        using var reload = new Reload(
            current,
            readOptions,
            next => recognizer.Configure(next.Vision),
            manager,
            loggers.CreateLogger<Reload>());
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            manager.Tell("STOPPING=1", "STATUS=finishing the requests in flight");
            log.Stopping();
        });

        await ListenAsync(app, options);
        reload.Listen();
        var health = new PipelineHealth(recognizer.ExerciseAsync, () => recognizer.Turns, database.Ping, () => database.OnlyMemoryIsLeft);
        log.Decodes(JpegLane.Current);
        log.Started(Status(), options.DataDirectory);
        manager.Tell("READY=1", $"STATUS={Status()}");
        foreach (string address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
        {
            Console.WriteLine($"ready {address}");
        }

        await using (new EncoderSwitch(database, recognizer, current, loggers))
        await using (new Heartbeat(manager, health, Status, loggers.CreateLogger<Heartbeat>()))
        {
            await app.WaitForShutdownAsync();
        }

        await database.DisposeAsync(); // Before the gallery: what is queued still changes templates.
        recognizer.Engine.Dispose();
        log.Stopped();
    }

    private static async Task ListenAsync(WebApplication app, FaceEdgeOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new IOException($"can not listen on {options.Urls}: {e.Message.TrimEnd('.')}. Is it an address of this machine, and a port above 1023?", e);
        }
    }

    private static WebApplication Build(FaceEdgeOptions options, Action<IServiceCollection> addRooms)
    {
        // Empty: nothing is read from the current folder or from variables that other programs share.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.Limits.ShutdownSeconds));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(options.Urls);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
            kestrel.Limits.KeepAliveTimeout = IdleConnection;
            kestrel.Limits.RequestHeadersTimeout = IdleConnection;
            // PhotoUpload has the limits. Kestrel's own would cut the connection before a client that is still sending reads our 413.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                listen.AllowHalfClose();
                ServerRefusals.ExplainRefusals(listen);
            });
        });
        addRooms(builder.Services);
        return builder.Build();
    }

    private static void Map(WebApplication app)
    {
        app.UseErrorAnswers();
        app.UseRouting(); // After it, which may change the path.
        app.MapHome();
        app.MapPredict();
        app.MapPeople();
        app.MapHealth();
        app.MapMetrics();
    }
}
