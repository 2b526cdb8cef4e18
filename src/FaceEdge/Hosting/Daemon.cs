using FaceEdge.Gallery;
using FaceEdge.Http;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using FaceEdge.Vision;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FaceEdge.Hosting;

/// <summary>The daemon: open the rooms, build the web application, map the routes, run until told to stop.</summary>
internal static class Daemon
{
    /// <summary>Runs until SIGTERM or Ctrl-C; what is in flight then is finished.</summary>
    /// <exception cref="ModelException">A model is missing or not the measured one.</exception>
    /// <exception cref="StorageException">The database can not be used.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task RunAsync(FaceEdgeOptions options)
    {
        using ILoggerFactory loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, options));
        Task<FaceAnalyzer> loading = Task.Run(() => FaceAnalyzer.Load(options.ModelsDirectory, options.Vision));
        await using ImageDatabase database = ImageDatabase.Open(options.DataDirectory, loggers.CreateLogger<ImageDatabase>());
        using FaceAnalyzer analyzer = await loading;
        using FaceGallery gallery = FaceGallery.Load(
            database, options.Gallery, analyzer.Encoder, analyzer.Dimensions, loggers.CreateLogger<FaceGallery>());
        using var recognizer = new Recognizer(analyzer, gallery, options);
        using var gate = new AdmissionGate(options);

        await using WebApplication app = Build(options, services =>
        {
            services.AddSingleton(options);
            services.AddSingleton(database);
            services.AddSingleton(analyzer);
            services.AddSingleton(gallery);
            services.AddSingleton(recognizer);
            services.AddSingleton(gate);
        });
        Map(app);
        await app.StartAsync();
        foreach (string address in app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses)
        {
            Console.WriteLine($"ready {address}");
        }

        await app.WaitForShutdownAsync();
        await database.DisposeAsync(); // Before the gallery: what is queued still changes templates.
    }

    private static WebApplication Build(FaceEdgeOptions options, Action<IServiceCollection> addRooms)
    {
        // Empty: nothing is read from the current folder or from variables that other programs share.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });
        ConfigureLogging(builder.Logging, options);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.Limits.ShutdownSeconds));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(options.Urls);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // PhotoUpload has the limits. Kestrel's own would cut the connection before a client that is still sending reads our 413.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        addRooms(builder.Services);
        return builder.Build();
    }

    private static void Map(WebApplication app)
    {
        app.UseErrorAnswers();
        app.MapHome();
        app.MapPredict();
        app.MapPeople();
        app.MapHealth();
    }

    private static void ConfigureLogging(ILoggingBuilder logging, FaceEdgeOptions options)
    {
        foreach ((string category, LogLevel level) in options.Logging.LogLevel)
        {
            logging.AddFilter(category is "Default" ? null : category, level);
        }

        // A failed start is told in one line by whoever called; the host would add a stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz ";
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });

        // Standard output is for what scripts read.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
