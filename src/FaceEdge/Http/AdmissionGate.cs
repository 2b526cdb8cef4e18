using System.Threading.RateLimiting;

namespace FaceEdge.Http;

/// <summary>
/// Bounds the photos that are being received or recognised, and with them the memory of uploads: beyond that a client is told at
/// once to come back, which serves everybody better than a queue nobody sees the end of.
/// </summary>
internal sealed class AdmissionGate(FaceEdgeOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Limits.MaxConcurrentRequests,
        QueueLimit = 0,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Photos being received or recognised now.</summary>
    public long InFlight => options.Limits.MaxConcurrentRequests - (_limiter.GetStatistics()?.CurrentAvailablePermits ?? 0);

    /// <summary>Takes a place until the lease is disposed.</summary>
    /// <exception cref="RequestException">All places are taken (503 <c>overloaded</c>).</exception>
    public RateLimitLease Enter()
    {
        RateLimitLease lease = _limiter.AttemptAcquire();
        return lease.IsAcquired ? lease : throw new RequestException(
            StatusCodes.Status503ServiceUnavailable,
            "overloaded",
            $"{options.Limits.MaxConcurrentRequests} photos are being worked on already (Limits:MaxConcurrentRequests). Send this one again in a moment.");
    }

    public void Dispose() => _limiter.Dispose();
}
