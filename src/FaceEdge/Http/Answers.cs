using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace FaceEdge.Http;

/// <summary>Writes answers and errors, each in the form its route promises.</summary>
internal static class Answers
{
    /// <summary>Quotes and accents stay readable: the answers are JSON, never put into a page as they are.</summary>
    private static readonly WireJson Json = new(new JsonSerializerOptions(WireJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a JSON answer with its HTTP status.</summary>
    public static Task WriteAsync<T>(HttpContext context, T answer, int status = StatusCodes.Status200OK, string contentType = "application/json") =>
        WriteAsync(context, Serialize(answer), status, contentType);

    /// <summary>Writes JSON that was made before.</summary>
    public static Task WriteAsync(HttpContext context, byte[] json, int status = StatusCodes.Status200OK, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = json.Length;
        // Into Kestrel's own buffer, which it sends when the request ends: no stream in between, and no wait for a client that reads slowly.
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.BodyWriter.Write(json);
        }

        return Task.CompletedTask;
    }

    /// <summary>An answer as it goes over the wire.</summary>
    public static byte[] Serialize<T>(T answer) => JsonSerializer.SerializeToUtf8Bytes(answer, (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T))!);

    /// <summary>As <see cref="Serialize{T}"/>, for the answer that is sent most: without a text of its own it takes the generated writer, which allocates less.</summary>
    public static byte[] Serialize(PredictAnswer answer) => JsonSerializer.SerializeToUtf8Bytes(answer, WireJson.Default.PredictAnswer);

    /// <summary>Writes an error: the original's envelope on its two routes, <c>application/problem+json</c> elsewhere.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string code, string message) =>
        IsOriginalRoute(context.Request.Path)
            ? WriteAsync(context, new ErrorAnswer(message, status, code), status)
            : WriteAsync(
                context,
                new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, message, code),
                status,
                "application/problem+json");

    private static bool IsOriginalRoute(PathString path) => path.StartsWithSegments("/home") || path.StartsWithSegments("/face");
}
