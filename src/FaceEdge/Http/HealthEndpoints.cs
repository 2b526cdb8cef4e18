using FaceEdge.Recognition;
using FaceEdge.Storage;

namespace FaceEdge.Http;

/// <summary><c>GET /healthz</c> (the process answers) and <c>GET /readyz</c> (models loaded and database usable).</summary>
internal static class HealthEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps both.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthz", Methods, static context => Answers.WriteAsync(context, new HealthAnswer("ok", Product.Version)));
        routes.MapMethods("/readyz", Methods, static context =>
        {
            IServiceProvider services = context.RequestServices;
            ImageDatabase database = services.GetRequiredService<ImageDatabase>();
            database.Ping(); // Throws StorageException, answered 503.
            Recognizer recognizer = services.GetRequiredService<Recognizer>();
            return Answers.WriteAsync(
                context,
                new ReadyAnswer("ready", recognizer.Encoder, recognizer.People, recognizer.Threshold, database.Warning));
        });
    }
}
