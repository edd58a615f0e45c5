using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// The capacity of one channel on this instance: places for claimed messages, turns for those that are sent at the same
/// time, and the rate that the provider allows.
/// </summary>
internal sealed class DeliveryLane(ITransport transport, MessageSettings settings) : IDisposable
{
    /// <summary>More than the turns, so that the next messages are claimed while others are sent.</summary>
    private readonly int capacity = settings.Concurrency * 3;
    private readonly SemaphoreSlim places = new(settings.Concurrency * 3);
    private readonly SemaphoreSlim turns = new(settings.Concurrency);

    /// <summary>Never disposed: a request that ends late may still wake the lane.</summary>
    private readonly SemaphoreSlim wakeUps = new(1, 1);
    private readonly Lock waking = new();

    public ITransport Transport => transport;

    public SharedRate Rate { get; } = new(RateOf(transport.Channel, settings));

    public void Wake()
    {
        lock (waking)
        {
            if (wakeUps.CurrentCount == 0)
                wakeUps.Release();
        }
    }

    /// <summary>Waits until the lane is woken.</summary>
    public Task WaitForMessages(CancellationToken cancel) => wakeUps.WaitAsync(cancel);

    /// <returns>The number of places: at least one, and no more than can be sent before the lease ends.</returns>
    public async Task<int> TakePlaces(CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        var taken = 1;
        var most = Rate.CountIn(settings.Timeout) ?? capacity;
        while (taken < most && places.Wait(0, CancellationToken.None))
            taken++;
        return taken;
    }

    public void ReturnPlaces(int count)
    {
        if (count > 0)
            places.Release(count);
    }

    /// <summary>Waits until no delivery is in progress.</summary>
    public async Task WaitForAllPlaces()
    {
        for (var i = 0; i < capacity; i++)
            await places.WaitAsync();
        places.Release(capacity);
    }

    /// <summary>Waits until a message may be sent. Disposing the result ends the turn.</summary>
    public async Task<IDisposable> WaitForTurn(CancellationToken cancel)
    {
        await turns.WaitAsync(cancel);
        try
        {
            await Rate.Wait(cancel);
            return new EndOfTurn(turns);
        }
        catch
        {
            turns.Release();
            throw;
        }
    }

    public void Dispose()
    {
        places.Dispose();
        turns.Dispose();
        Rate.Dispose();
    }

    private static int? RateOf(Channel channel, MessageSettings settings) =>
        channel switch
        {
            Channel.Email => settings.EmailPerSecond,
            Channel.Sms => settings.SmsPerSecond,
            _ => settings.PushPerSecond,
        };

    private sealed class EndOfTurn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
