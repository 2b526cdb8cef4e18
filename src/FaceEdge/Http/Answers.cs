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

    /// <summary>A success on the original's two routes: with the line end that Flask puts behind its JSON.</summary>
    public static byte[] Original<T>(T answer, JsonTypeInfo<T> type)
    {
        var json = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(json))
        {
            JsonSerializer.Serialize(writer, answer, type);
        }

        json.Write("\n"u8);
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Writes an error in the form of its route.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string code, string message, string? original = null)
    {
        (byte[] json, string contentType) = Error(context.Request.Path, status, code, message, original);
        return WriteAsync(context, json, status, contentType);
    }

    /// <summary>An error as it goes over the wire: the original's envelope on its two routes, <c>application/problem+json</c> elsewhere.</summary>
    /// <param name="path">The route.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">What a script can rely on.</param>
    /// <param name="message">What, why, what to do.</param>
    /// <param name="original">The original's own text for it, which its clients compare with; ours then stands beside it.</param>
    public static (byte[] Json, string ContentType) Error(PathString path, int status, string code, string message, string? original = null) =>
        OriginalRoutes.Contain(path)
            ? (Serialize(new ErrorAnswer(original ?? message, status, code, original is null ? null : message)), "application/json")
            : (Serialize(new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, message, code)), "application/problem+json");
}
