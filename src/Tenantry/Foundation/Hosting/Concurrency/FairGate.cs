namespace Tenantry.Foundation.Hosting.Concurrency;

/// <summary>The limits of a gate.</summary>
/// <param name="Total">Slots of the instance.</param>
/// <param name="PerTenant">Slots that one tenant may use at a time.</param>
/// <param name="WaitingPerTenant">Requests of one tenant that may wait. Further requests are refused at once.</param>
/// <param name="Waiting">Requests of all tenants that may wait.</param>
/// <param name="WaitLimit">How long a request waits for a slot. Infinite: until it is cancelled.</param>
public sealed record GateLimits(int Total, int PerTenant, int WaitingPerTenant, int Waiting, TimeSpan WaitLimit);

/// <summary>
/// A bounded resource that all tenants share. No tenant uses more slots than its limit. A free slot is given to the
/// waiting tenants in turns, regardless of the number of their waiting requests. Within a tenant the oldest request is
/// first.
/// </summary>
public sealed class FairGate(string name, GateLimits limits, TimeProvider clock)
{
    private readonly Lock turn = new();
    private readonly Dictionary<Guid, Share> shares = [];

    /// <summary>Tenants with a waiting request that are below their limit. The first gets the next slot.</summary>
    private readonly LinkedList<Share> next = [];
    private int held;
    private int waiting;

    /// <summary>The name of the gate in docs/limits.md.</summary>
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

    /// <summary>Acquires a slot, or waits for one.</summary>
    /// <param name="tenant">The tenant of the request.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The slot, to be disposed after the work; or the reason why there is none.</returns>
    public ValueTask<GateSlot> Acquire(Guid tenant, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (turn)
        {
            if (!shares.TryGetValue(tenant, out var share))
                shares.Add(tenant, share = new Share(tenant));
            // A free slot is given to a waiting request at once, so no request waits while this slot is free.
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
            limits.WaitLimit == Timeout.InfiniteTimeSpan
                ? null
                : clock.CreateTimer(
                    static state =>
                    {
                        var (gate, waiter) = ((FairGate, Waiter))state!;
                        if (gate.GiveUp(waiter))
                            waiter.Outcome.SetResult(waiter.AtCap ? GateSlot.TenantFull : GateSlot.Full);
                    },
                    (this, waiter),
                    limits.WaitLimit,
                    Timeout.InfiniteTimeSpan
                );
        return await waiter.Outcome.Task;
    }

    /// <returns>Whether the request was still waiting. Otherwise it has its slot or was refused.</returns>
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

    /// <summary>
    /// A full queue drops the newest request of the tenant with the most, so that a few tenants cannot fill it.
    /// </summary>
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

    /// <summary>The slots and waiting requests of one tenant.</summary>
    internal sealed class Share(Guid tenant)
    {
        public Guid Tenant => tenant;
        public int Held { get; set; }
        public LinkedList<Waiter> Waiting { get; } = [];

        /// <summary>The place of the tenant in the order of turns.</summary>
        public LinkedListNode<Share>? Place { get; set; }
    }

    internal sealed class Waiter(Share share)
    {
        public Share Share => share;

        /// <summary>Null: the request does not wait.</summary>
        public LinkedListNode<Waiter>? Place { get; set; }
        public bool AtCap { get; set; }
        public TaskCompletionSource<GateSlot> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A slot of a gate, which is released when it is disposed; or the reason why there is none.</summary>
public sealed class GateSlot : IDisposable
{
    /// <summary>The tenant has reached its own limit.</summary>
    public static readonly GateSlot TenantFull = new(null, null);

    /// <summary>All tenants together have reached the limit.</summary>
    public static readonly GateSlot Full = new(null, null);

    private readonly FairGate? gate;
    private FairGate.Share? share;

    internal GateSlot(FairGate? gate, FairGate.Share? share) => (this.gate, this.share) = (gate, share);

    /// <summary>Whether the work may be done.</summary>
    public bool IsAcquired => gate is not null;

    /// <summary>Releases the slot once, even if it is called several times.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref share, null) is { } given)
            gate!.Leave(given);
    }
}
