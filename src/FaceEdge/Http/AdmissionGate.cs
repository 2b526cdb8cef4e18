using System.Threading.RateLimiting;

namespace FaceEdge.Http;

/// <summary>
/// Bounds the photos that are being received or recognised, in number and in bytes: beyond that a client is told at once to come
/// back, which serves everybody better than a queue nobody sees the end of, or a box without memory.
/// </summary>
internal sealed class AdmissionGate(FaceEdgeOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Limits.MaxConcurrentRequests,
        QueueLimit = 0,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private long _uploadBytes;

    /// <summary>Photos being received or recognised now.</summary>
    public long InFlight => options.Limits.MaxConcurrentRequests - (_limiter.GetStatistics()?.CurrentAvailablePermits ?? 0);

    /// <summary>Takes a place until the lease is disposed.</summary>
    /// <exception cref="RequestException">All places are taken (503 <c>overloaded</c>).</exception>
    public RateLimitLease Enter()
    {
        RateLimitLease lease = _limiter.AttemptAcquire();
        return lease.IsAcquired ? lease : throw new RequestException(
            StatusCodes.Status503ServiceUnavailable,
            ErrorHandling.Overloaded,
            $"{options.Limits.MaxConcurrentRequests} photos are being worked on already (Limits:MaxConcurrentRequests). Send this one again in a moment.");
    }

    /// <summary>Takes bytes out of the budget of uploads.</summary>
    /// <exception cref="RequestException">There are not so many left (503 <c>overloaded</c>); nothing was taken.</exception>
    public void Charge(long bytes, bool force = false)
    {
        if (Interlocked.Add(ref _uploadBytes, bytes) > options.Limits.MaxUploadMemory && !force)
        {
            Refund(bytes);
            throw new RequestException(
                StatusCodes.Status503ServiceUnavailable,
                ErrorHandling.Overloaded,
                $"The photos being received already take {options.Limits.MaxUploadMemory:N0} bytes (Limits:MaxUploadMemory). Send this one again in a moment.");
        }
    }

    /// <summary>Gives bytes back to the budget.</summary>
    public void Refund(long bytes) => Interlocked.Add(ref _uploadBytes, -bytes);

    public void Dispose() => _limiter.Dispose();
}
