namespace Tenantry.Foundation.Hosting.Concurrency;

/// <param name="Total">Slots of the instance.</param>
/// <param name="PerTenant">Slots that one tenant may hold at a time.</param>
/// <param name="WaitingPerTenant">Requests of one tenant that may wait; further ones are refused at once.</param>
/// <param name="Waiting">Requests of all tenants that may wait.</param>
/// <param name="Patience">How long a request waits for a slot; infinite: until it is cancelled.</param>
public sealed record GateLimits(int Total, int PerTenant, int WaitingPerTenant, int Waiting, TimeSpan Patience);

/// <summary>
/// A bounded resource that all tenants share. No tenant holds more than its cap, and a slot that becomes free goes to the
/// waiting tenants in turns, however many requests each of them has waiting. Within a tenant the oldest request is first.
/// </summary>
public sealed class FairGate(string name, GateLimits limits, TimeProvider clock)
{
    private readonly Lock turn = new();
    private readonly Dictionary<Guid, Share> shares = [];

    /// <summary>Tenants with a waiting request and room below their cap: the first gets the next slot.</summary>
    private readonly LinkedList<Share> next = [];
    private int held;
    private int waiting;

    /// <summary>As docs/limits.md calls it.</summary>
    public string Name => name;

    public GateLimits Limits => limits;

    /// <summary>Slots in use.</summary>
    public int Held
    {
        get
        {
            lock (turn)
                return held;
        }
    }

    /// <summary>Requests that wait for a slot.</summary>
    public int Waiting
    {
        get
        {
            lock (turn)
                return waiting;
        }
    }

    /// <summary>Takes a slot, or waits for one.</summary>
    /// <param name="tenant">whose request it is</param>
    /// <param name="cancel">gives up waiting</param>
    /// <returns>the slot, to be disposed when the work is done; or why there is none</returns>
    public ValueTask<GateSlot> Enter(Guid tenant, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (turn)
        {
            if (!shares.TryGetValue(tenant, out var share))
                shares.Add(tenant, share = new Share(tenant));
            // Whoever could use a free slot got it when it became free, so a free slot has nobody waiting for it.
            if (held < limits.Total && share.Held < limits.PerTenant)
                return ValueTask.FromResult(Take(share));
            if (share.Waiting.Count >= limits.WaitingPerTenant)
                return ValueTask.FromResult(Refused(share, GateSlot.TenantFull));
            if (waiting >= limits.Waiting && !MakeRoom(share))
                return ValueTask.FromResult(Refused(share, GateSlot.Full));
            waiter = new Waiter(share);
            waiter.Place = share.Waiting.AddLast(waiter);
            waiting++;
            Queue(share);
        }
        return new ValueTask<GateSlot>(Wait(waiter, cancel));
    }

    internal void Leave(Share share)
    {
        lock (turn)
        {
            held--;
            share.Held--;
            Queue(share);
            Serve();
            Forget(share);
        }
    }

    private async Task<GateSlot> Wait(Waiter waiter, CancellationToken cancel)
    {
        await using var given = cancel.UnsafeRegister(
            static (state, token) =>
            {
                var (gate, waiter) = ((FairGate, Waiter))state!;
                if (gate.GiveUp(waiter))
                    waiter.Outcome.SetCanceled(token);
            },
            (this, waiter)
        );
        await using var deadline =
            limits.Patience == Timeout.InfiniteTimeSpan
                ? null
                : clock.CreateTimer(
                    static state =>
                    {
                        var (gate, waiter) = ((FairGate, Waiter))state!;
                        if (gate.GiveUp(waiter))
                            waiter.Outcome.SetResult(waiter.AtCap ? GateSlot.TenantFull : GateSlot.Full);
                    },
                    (this, waiter),
                    limits.Patience,
                    Timeout.InfiniteTimeSpan
                );
        return await waiter.Outcome.Task;
    }

    /// <returns>whether it still waited; if not, it has its slot, or was refused</returns>
    private bool GiveUp(Waiter waiter)
    {
        lock (turn)
        {
            if (waiter.Place is null)
                return false;
            waiter.AtCap = waiter.Share.Held >= limits.PerTenant;
            Remove(waiter);
            return true;
        }
    }

    /// <summary>A full queue drops the newest request of the tenant that has the most, so that no few tenants keep it full.</summary>
    private bool MakeRoom(Share share)
    {
        var longest = shares.Values.MaxBy(other => other.Waiting.Count)!;
        if (longest.Waiting.Count <= share.Waiting.Count + 1)
            return false;
        var dropped = longest.Waiting.Last!.Value;
        Remove(dropped);
        dropped.Outcome.SetResult(GateSlot.TenantFull);
        return true;
    }

    private void Remove(Waiter waiter)
    {
        var share = waiter.Share;
        share.Waiting.Remove(waiter.Place!);
        waiter.Place = null;
        waiting--;
        if (share.Waiting.Count == 0)
            Unqueue(share);
        Forget(share);
    }

    private void Serve()
    {
        while (held < limits.Total && next.First is { Value: var share })
        {
            Unqueue(share);
            var waiter = share.Waiting.First!.Value;
            Remove(waiter);
            waiter.Outcome.SetResult(Take(share));
            Queue(share); // behind the others
        }
    }

    private GateSlot Take(Share share)
    {
        held++;
        share.Held++;
        shares[share.Tenant] = share;
        return new GateSlot(this, share);
    }

    private GateSlot Refused(Share share, GateSlot why)
    {
        Forget(share);
        return why;
    }

    private void Queue(Share share)
    {
        if (share.Place is null && share.Waiting.Count > 0 && share.Held < limits.PerTenant)
            share.Place = next.AddLast(share);
    }

    private void Unqueue(Share share)
    {
        if (share.Place is { } place)
            next.Remove(place);
        share.Place = null;
    }

    private void Forget(Share share)
    {
        if (share.Held == 0 && share.Waiting.Count == 0)
            shares.Remove(share.Tenant);
    }

    /// <summary>What one tenant has of the gate.</summary>
    internal sealed class Share(Guid tenant)
    {
        public Guid Tenant => tenant;
        public int Held { get; set; }
        public LinkedList<Waiter> Waiting { get; } = [];

        /// <summary>Among those who get the next slots.</summary>
        public LinkedListNode<Share>? Place { get; set; }
    }

    internal sealed class Waiter(Share share)
    {
        public Share Share => share;

        /// <summary>Null: it does not wait any more.</summary>
        public LinkedListNode<Waiter>? Place { get; set; }
        public bool AtCap { get; set; }
        public TaskCompletionSource<GateSlot> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A slot of a gate, given back by disposing of it; or the reason why there is none.</summary>
public sealed class GateSlot : IDisposable
{
    /// <summary>The tenant itself has as much as it may.</summary>
    public static readonly GateSlot TenantFull = new(null, null);

    /// <summary>All tenants together have as much as there is.</summary>
    public static readonly GateSlot Full = new(null, null);

    private readonly FairGate? gate;
    private FairGate.Share? share;

    internal GateSlot(FairGate? gate, FairGate.Share? share) => (this.gate, this.share) = (gate, share);

    /// <summary>Whether the work may be done.</summary>
    public bool IsGiven => gate is not null;

    /// <summary>Gives the slot back, once, however often it is called.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref share, null) is { } given)
            gate!.Leave(given);
    }
}
