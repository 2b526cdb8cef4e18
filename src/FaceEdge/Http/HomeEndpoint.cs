namespace FaceEdge.Http;

/// <summary><c>GET /home</c>: the original's greeting.</summary>
internal static class HomeEndpoint
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly byte[] Answer = Answers.Original(
        new HomeAnswer("Hello! Face recognition API running.", StatusCodes.Status200OK), WireJson.Default.HomeAnswer);

    /// <summary>Maps it. HEAD is answered too, as the original's server did.</summary>
    public static void MapHome(this IEndpointRouteBuilder routes) => routes.MapMethods("/home", Methods, static context =>
        Answers.WriteAsync(context, Answer));
}
