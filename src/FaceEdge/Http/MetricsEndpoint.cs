using System.Text;
using FaceEdge.Metrics;

namespace FaceEdge.Http;

/// <summary><c>GET /metrics</c> for Prometheus; docs/metrics.md lists them.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", static context =>
    {
        byte[] body = Encoding.UTF8.GetBytes(PrometheusText.Write(context.RequestServices.GetRequiredService<MetricStore>().Collect()));
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    });
}
