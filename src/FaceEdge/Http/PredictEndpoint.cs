using System.Diagnostics;
using System.Threading.RateLimiting;
using FaceEdge.Metrics;
using FaceEdge.Recognition;

namespace FaceEdge.Http;

/// <summary><c>POST /face/predict</c>: a photo in, the person's id out.</summary>
internal static partial class PredictEndpoint
{
    /// <summary>The route.</summary>
    public const string Route = "/face/predict";

    /// <summary>Maps it.</summary>
    public static void MapPredict(this IEndpointRouteBuilder routes)
    {
        // Once: asking the request for its services would make a scope with each.
        IServiceProvider services = routes.ServiceProvider;
        CurrentOptions current = services.GetRequiredService<CurrentOptions>();
        AdmissionGate gate = services.GetRequiredService<AdmissionGate>();
        Recognizer recognizer = services.GetRequiredService<Recognizer>();
        ILogger logger = services.GetRequiredService<ILogger<Recognizer>>();
        routes.MapPost(Route, context => PredictAsync(context, current.Value, gate, recognizer, logger));
    }

    private static async Task PredictAsync(HttpContext context, FaceEdgeOptions options, AdmissionGate gate, Recognizer recognizer, ILogger logger)
    {
        using RateLimitLease place = gate.Enter();
        using PhotoUpload photo = await ReadPhotoAsync(context, options, gate);
        bool details = WantsDetails(context.Request);
        long started = Stopwatch.GetTimestamp();
        RecognitionResult result = await recognizer.RecognizeAsync(photo.Bytes, context.RequestAborted, countFaces: details);
        Instruments.CountOutcome(result.New ? "new" : "match");
        LogAnswer(logger, result.Id, result.New, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        PredictData data = details ? Details(result) : new PredictData(result.Id);
        await Answers.WriteAsync(
            context, Answers.Original(new PredictAnswer(data, "success", StatusCodes.Status200OK), WireJson.Default.PredictAnswer));
    }

    private static async Task<PhotoUpload> ReadPhotoAsync(HttpContext context, FaceEdgeOptions options, AdmissionGate gate)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(TimeSpan.FromSeconds(options.Limits.UploadTimeoutSeconds));
        try
        {
            return await PhotoUpload.ReadAsync(context.Request, options, gate, deadline.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close"; // The rest of the photo may still be on its way.
            throw new RequestException(
                StatusCodes.Status408RequestTimeout,
                "too_slow",
                $"The photo did not arrive within {options.Limits.UploadTimeoutSeconds} seconds (Limits:UploadTimeoutSeconds). Check the network and send it again.");
        }
    }

    private static bool WantsDetails(HttpRequest request) =>
        request.QueryString.HasValue
        && request.Query.TryGetValue("details", out var value) && (value == "1" || "true".Equals(value, StringComparison.OrdinalIgnoreCase));

    private static PredictData Details(RecognitionResult result) => new(
        result.Id,
        result.New,
        result.Similarity,
        result.Threshold,
        new WireBox(result.Box.X1, result.Box.Y1, result.Box.Width, result.Box.Height),
        new WireQuality(
            result.Quality.Overall,
            result.Quality.HeightPixels,
            result.Quality.Sharpness,
            result.Quality.FrontalPose,
            result.Quality.Exposure,
            result.Quality.DetectorScore,
            result.Quality.Evidence),
        result.Faces);

    [LoggerMessage(Level = LogLevel.Information, Message = "predict: person {Id}, new {New}, {Milliseconds:0.0} ms")]
    private static partial void LogAnswer(ILogger logger, long id, bool @new, double milliseconds);
}
