using FaceEdge.Imaging;
using FaceEdge.Metrics;
using FaceEdge.Recognition;
using FaceEdge.Storage;
using Microsoft.AspNetCore.Connections;

namespace FaceEdge.Http;

/// <summary>Turns whatever goes wrong below into the status and code of the contract; see docs/api.md for the table.</summary>
internal static partial class ErrorHandling
{
    /// <summary>The code of a photo that finds no place or no memory.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>Puts it around everything mapped later.</summary>
    public static void UseErrorAnswers(this WebApplication app)
    {
        CurrentOptions current = app.Services.GetRequiredService<CurrentOptions>();
        ILogger logger = app.Logger;
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        app.Use(async (context, next) =>
        {
            context.Request.Path = OriginalRoutes.WithSingleSlashes(context.Request.Path);
            try
            {
                await next(context);
                if (!context.Response.HasStarted && context.Response.StatusCode is 404 or 405 && context.Response.ContentLength is null)
                {
                    (string code, string message) = context.Response.StatusCode == 404
                        ? ("not_found", $"There is nothing at {context.Request.Path}. See GET /home, POST /face/predict, GET /healthz, GET /readyz.")
                        : ("method_not_allowed", $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.");
                    await Answers.WriteErrorAsync(context, context.Response.StatusCode, code, message);
                }
            }
            catch (Exception e) when (e is ConnectionResetException || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
            {
                // The client went away: nobody to tell.
                CountPhoto(context, "cancelled");
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, e, current.Value, logger, stopping);
            }
        });
    }

    /// <summary>Makes every outcome of a photo appear in the metrics, so that the first of its kind is an increase.</summary>
    public static void ShowOutcomes()
    {
        foreach (string outcome in (ReadOnlySpan<string>)
            [
                "match", "new", "cancelled", "no_file", "malformed", "too_slow", "file_too_large", "too_many_pixels", "unsupported_format",
                "corrupt_image", "no_face", "face_too_small", "low_quality", "covered", "washed_out", "internal_error", Overloaded,
                "storage_unavailable", "storage_lost", "storage_full",
            ])
        {
            Instruments.CountOutcome(outcome, photos: 0);
        }
    }

    private static async Task AnswerAsync(HttpContext context, Exception e, FaceEdgeOptions options, ILogger logger, CancellationToken stopping)
    {
        (int status, string code, string message) = Describe(e);
        string? original = (e as RequestException)?.Original;
        CountPhoto(context, code);
        if (status >= 500 && code != Overloaded && e is not StorageException) // The writer has told of those.
        {
            LogFailure(logger, e, context.Request.Method, context.Request.Path, code);
        }
        else
        {
            LogRefusal(logger, context.Request.Method, context.Request.Path, status, code);
        }

        if (status is not 503)
        {
            await Answers.WriteErrorAsync(context, status, code, message, original);
            return;
        }

        await ComeBackLater.HoldAsync(context, options.Limits.RetryAfterSeconds, stopping);
        context.Response.Headers.RetryAfter = options.Limits.RetryAfterSeconds.ToString();
        await Answers.WriteErrorAsync(context, status, code, message);
        await ComeBackLater.SendAndDrainAsync(context, TimeSpan.FromSeconds(options.Limits.UploadTimeoutSeconds), stopping);
    }

    private static void CountPhoto(HttpContext context, string outcome)
    {
        if (context.Request.Path == PredictEndpoint.Route)
        {
            Instruments.CountOutcome(outcome);
        }
    }

    /// <summary>Status, code and message of the contract for whatever went wrong.</summary>
    public static (int Status, string Code, string Message) Describe(Exception e) => e switch
    {
        RequestException r => (r.Status, r.Code, r.Message),
        ImageException { Problem: ImageProblem.UnsupportedFormat } => (415, "unsupported_format", e.Message),
        ImageException { Problem: ImageProblem.TooManyPixels } => (413, "too_many_pixels", e.Message),
        ImageException => (422, "corrupt_image", e.Message),
        RecognitionException { Problem: RecognitionProblem.NoFace } => (422, "no_face", e.Message),
        RecognitionException { Problem: RecognitionProblem.FaceTooSmall } => (422, "face_too_small", e.Message),
        RecognitionException { Problem: RecognitionProblem.Covered } => (422, "covered", e.Message),
        RecognitionException { Problem: RecognitionProblem.WashedOut } => (422, "washed_out", e.Message),
        RecognitionException => (422, "low_quality", e.Message),
        OutOfMemoryException => (503, Overloaded, "The box has not enough memory for this photo now. Send it again in a moment, or send a smaller one."),
        StorageException { Problem: StorageProblem.Full } => (507, "storage_full", e.Message),
        StorageException { Problem: StorageProblem.Lost } => (503, "storage_lost", e.Message),
        StorageException => (503, "storage_unavailable", e.Message),
        BadHttpRequestException { StatusCode: 408 } => (408, "too_slow", "The photo arrived too slowly and the upload was given up. Check the network and send it again."),
        BadHttpRequestException b when b.Message.Contains("TLS", StringComparison.Ordinal) =>
            (b.StatusCode, "malformed", "The request is TLS, but this port speaks plain HTTP. Use http:// in the address, or put a proxy with a certificate before it."),
        BadHttpRequestException b => (b.StatusCode, "malformed", $"The request is malformed: {b.Message.Replace(": ''", ".", StringComparison.Ordinal)}"),
        _ => (500, "internal_error", "Something unexpected went wrong; the log has the details. The gallery is unharmed."),
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} refused: {Status} {Code}")]
    private static partial void LogRefusal(ILogger logger, string method, string path, int status, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed: {Code}")]
    private static partial void LogFailure(ILogger logger, Exception exception, string method, string path, string code);
}
