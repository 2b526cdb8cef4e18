using Microsoft.AspNetCore.Connections.Features;

namespace FaceEdge.Http;

/// <summary>How a client is told to come back later: so that it hears of it in any case, and gains nothing by coming back at once.</summary>
internal static class ComeBackLater
{
    /// <summary>No client and no proxy loses patience sooner.</summary>
    private const int LongestHold = 5;

    private static readonly object ReturnTime = new();

    /// <summary>
    /// A connection that comes back before the time it was told, and finds no place again, is answered when that time has come: reading
    /// and refusing a photo again and again would cost those who are being served (docs/decisions/0017).
    /// </summary>
    /// <param name="context">The request that finds no place.</param>
    /// <param name="seconds">What <c>Retry-After</c> says.</param>
    /// <param name="stopping">The daemon is to stop: nobody who was refused holds that up.</param>
    public static async Task HoldAsync(HttpContext context, int seconds, CancellationToken stopping)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } connection)
        {
            return;
        }

        if (connection.TryGetValue(ReturnTime, out object? told) && (long)told! - Environment.TickCount64 is > 0 and var early)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await Task.Delay((int)early, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        connection[ReturnTime] = Environment.TickCount64 + (1000L * Math.Min(seconds, LongestHold));
    }

    /// <summary>
    /// Sends the answer, then takes in the rest of the photo for as long as an accepted one may take. Many clients read only when they have
    /// sent everything, and what is unread when a connection closes resets it, the answer with it; Kestrel itself would wait for five seconds.
    /// </summary>
    /// <param name="context">The refused request.</param>
    /// <param name="longest">How long a photo may take.</param>
    /// <param name="stopping">As for <see cref="HoldAsync"/>.</param>
    public static async Task SendAndDrainAsync(HttpContext context, TimeSpan longest, CancellationToken stopping)
    {
        if (context.Request.Headers.Expect.Count > 0)
        {
            context.Response.Headers.Connection = "close"; // It waits for leave to send, which it does not get; the next request goes elsewhere.
            return;
        }

        await context.Response.CompleteAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        patience.CancelAfter(longest);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It was told; Kestrel closes the connection.
        }
    }
}
