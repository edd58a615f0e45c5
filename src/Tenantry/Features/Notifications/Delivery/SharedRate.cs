using System.Threading.RateLimiting;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// This instance's share of the messages that the provider accepts in a second from all instances together.
/// </summary>
/// <param name="perSecond">The messages in a second of all instances; null: no limit.</param>
internal sealed class SharedRate(int? perSecond) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private TokenBucketRateLimiter? bucket;
    private int instances;

    /// <summary>Adapts the share to the number of instances that are running.</summary>
    public void Share(int count)
    {
        if (perSecond is not { } rate || count == instances)
            return;
        instances = count;
        var share = (double)rate / count;
        var perTick = Math.Max(1, (int)(share * Tick.TotalSeconds));
        var before = bucket;
        bucket = new TokenBucketRateLimiter(
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = perTick,
                TokensPerPeriod = perTick,
                ReplenishmentPeriod = TimeSpan.FromSeconds(perTick / share),
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }
        );
        before?.Dispose(); // callers that wait for it continue with the new one
    }

    /// <returns>The messages that may be sent in that time; null: no limit.</returns>
    public int? CountIn(TimeSpan time) =>
        perSecond is { } rate ? Math.Max(1, (int)(rate * time.TotalSeconds / Math.Max(1, instances))) : null;

    public async Task Wait(CancellationToken cancel)
    {
        while (bucket is { } current)
        {
            try
            {
                using var lease = await current.AcquireAsync(1, cancel);
                if (lease.IsAcquired)
                    return;
            }
            catch (ObjectDisposedException)
            {
                // The share has changed: the next bucket is used.
            }
        }
    }

    public void Dispose() => bucket?.Dispose();
}
