using System.Net;
using FaceEdge.Recognition;

namespace FaceEdge.Http;

/// <summary>
/// <c>DELETE /v1/people/{id}</c>: forgets a person, as privacy law lets everybody demand. Only from the box itself: without
/// authentication nobody on the network may delete.
/// </summary>
internal static partial class PeopleEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapPeople(this IEndpointRouteBuilder routes) => routes.MapDelete("/v1/people/{id:long}", ForgetAsync);

    private static async Task ForgetAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } client || !IPAddress.IsLoopback(client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client))
        {
            throw new RequestException(403, "loopback_only", "People can only be deleted from the box itself (127.0.0.1).");
        }

        long id = long.Parse((string)context.GetRouteValue("id")!);
        if (!await context.RequestServices.GetRequiredService<Recognizer>().ForgetAsync(id))
        {
            throw new RequestException(404, "unknown_person", $"There is no person {id}.");
        }

        LogForgotten(context.RequestServices.GetRequiredService<ILogger<Recognizer>>(), id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "person {Id} was forgotten: encodings and pictures are deleted, the id is never given again")]
    private static partial void LogForgotten(ILogger logger, long id);
}
