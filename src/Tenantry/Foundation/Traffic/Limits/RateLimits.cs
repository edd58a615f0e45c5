using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// Decides whether a request passes: by the buckets in Redis, which all instances share, or by the buckets of the
/// process
/// if Redis is not configured or does not answer in time. A failure of Redis neither lifts the limits nor fails a
/// request.
/// </summary>
public sealed class RateLimits(
    ServiceSettings settings,
    RedisBuckets shared,
    ProcessBuckets own,
    Instances instances,
    TimeProvider clock,
    IMeterFactory meters
)
{
    public const string MeterName = "Tenantry.Limits";

    /// <summary>How many times the sign-in limit an address has for other requests without a valid token.</summary>
    private const int AnonymousFactor = 10;

    private const string Process = "process";

    private readonly RateLimitSettings rates = settings.RateLimits;
    private readonly Limit? global = settings.RateLimits.Global is { } perMinute
        ? new Limit(Limit.Global, RedisBuckets.HashTag + Limit.Global, perMinute)
        : null;

    // One for all tenants: if each tenant took a block from it, many idle tenants would use up what they never send.
    private readonly Lease? globalLease = settings.RateLimits.Global is { } globalPerMinute
        ? new Lease(
            new Limit(Limit.Global, RedisBuckets.HashTag + Limit.Global, globalPerMinute),
            null,
            Block(globalPerMinute, settings.RateLimits),
            clock
        )
        : null;

    // Bounded by the number of tenants: only existing tenants are added.
    private readonly ConcurrentDictionary<Guid, Lease> leases = new();
    private readonly Counter<long> decisions = meters
        .Create(MeterName)
        .CreateCounter<long>(
            "tenantry.rate_limit.decisions",
            description: "Requests that a rate limit passed or refused"
        );

    /// <summary>Takes a signed-in caller's request from the buckets.</summary>
    /// <returns>null: no limit applies</returns>
    public async ValueTask<Taken?> Take(ResolvedTenant tenant, int cost, CancellationToken cancel)
    {
        var lease = PerMinute(tenant) is { } perMinute ? LeaseOf(tenant.Id, perMinute) : globalLease;
        if (lease is null)
            return null;
        if (shared.IsUsed && rates.LeasePercent == 0)
            return await TakeExactly(lease.Together, cost, isSignIn: false);

        var (taken, store) = await TakeLeased(lease, cost, cancel);
        if (taken.Granted == 0 || globalLease is null || lease == globalLease || store == Process) // the process takes from both at once
            return Counted(taken, store);
        var (total, globalStore) = await TakeLeased(globalLease, cost, cancel);
        if (total.Granted > 0)
            return Counted(taken, store);
        lease.GiveBack(Math.Min(cost, lease.Limits[0].PerMinute)); // a refused request costs nothing
        return Counted(total, globalStore);
    }

    /// <summary>
    /// Takes an anonymous request from the buckets of its address and account. The tenant's bucket is for its own
    /// callers:
    /// otherwise a stranger could block a tenant by sending requests in its name.
    /// </summary>
    /// <param name="address">the network of the client</param>
    /// <param name="account">for a sign-in or the like: an identifier of the account, empty if the request names none;
    /// null: another request</param>
    /// <param name="cost">the cost of the request</param>
    /// <returns>null: no limit applies</returns>
    public ValueTask<Taken?> TakeAnonymous(string address, string? account, int cost)
    {
        var limits = new List<Limit>(3);
        if (rates.Auth is { } auth)
        {
            limits.Add(
                account is null
                    ? new Limit("address", $"{RedisBuckets.HashTag}anonymous:{address}", auth * AnonymousFactor)
                    : new Limit("address", $"{RedisBuckets.HashTag}address:{address}", auth)
            );
            // The key contains the address: an attacker cannot use up another client's attempts.
            if (account is { Length: > 0 })
                limits.Add(new Limit("account", $"{RedisBuckets.HashTag}account:{account}", Math.Max(1, auth / 3)));
        }
        if (global is not null)
            limits.Add(global);
        return limits.Count == 0
            ? ValueTask.FromResult<Taken?>(null)
            : TakeExactly(limits, cost, isSignIn: account is not null);
    }

    private int? PerMinute(ResolvedTenant tenant) =>
        tenant.RateLimitPerMinute
        ?? tenant switch
        {
            { Slug: Tenant.PlatformSlug } => rates.Premium,
            { SubscriptionTier: SubscriptionTier.Free } => rates.Free,
            { SubscriptionTier: SubscriptionTier.Standard } => rates.Standard,
            _ => rates.Premium,
        };

    private Lease LeaseOf(Guid tenant, int perMinute)
    {
        if (leases.TryGetValue(tenant, out var lease) && lease.Limits[0].PerMinute == perMinute)
            return lease;
        return leases.AddOrUpdate(
            tenant,
            _ => New(),
            (_, other) => other.Limits[0].PerMinute == perMinute ? other : New()
        );

        Lease New() =>
            new(
                new Limit("tenant", $"{RedisBuckets.HashTag}tenant:{tenant:N}", perMinute),
                global,
                Block(perMinute, rates),
                clock
            );
    }

    private static int Block(int perMinute, RateLimitSettings rates) =>
        Math.Max(1, perMinute * rates.LeasePercent / 100);

    /// <summary>Takes from the lease, or renews it with the next block.</summary>
    private async ValueTask<(Taken Taken, string Store)> TakeLeased(Lease lease, int cost, CancellationToken cancel)
    {
        cost = Math.Min(cost, lease.Limits[0].PerMinute);
        if (!shared.IsUsed)
            return (TakeInProcess(lease.Share(instances.Count), cost), Process);
        if (lease.TryTake(cost, out var taken))
            return (taken, "lease");
        var startedAt = clock.GetTimestamp();
        await lease.Renewal.WaitAsync(cancel);
        try
        {
            if (lease.TryTake(cost, out taken))
                return (taken, "lease");
            if (lease.HasNotFailedSince(startedAt))
            {
                if (await TakeShared(lease.Limits, cost, Math.Max(cost, lease.Block)) is { } granted)
                    return (lease.Renew(granted, cost), "redis");
                lease.RecordFailure();
            }
            return (TakeInProcess(lease.Share(instances.Count), cost), Process);
        }
        finally
        {
            lease.Renewal.Release();
        }
    }

    private async ValueTask<Taken?> TakeExactly(IReadOnlyList<Limit> limits, int cost, bool isSignIn)
    {
        foreach (var limit in limits)
            cost = Math.Min(cost, limit.PerMinute);
        if (shared.IsUsed && await TakeShared(limits, cost, cost) is { } granted)
            return Counted(granted, "redis");
        // While Redis is unavailable, sign-ins get half of the share: an attacker must not gain guesses by breaking it.
        var parts = instances.Count * (shared.IsUsed && isSignIn ? 2 : 1);
        return Counted(
            TakeInProcess(parts == 1 ? limits : [.. limits.Select(limit => limit.Share(parts))], cost),
            Process
        );
    }

    private async ValueTask<Taken?> TakeShared(IReadOnlyList<Limit> limits, int least, int most)
    {
        if (await shared.Take(limits, least, most) is not { } answer)
            return null;
        own.Follow(limits, answer.AsSpan(1));
        return Taken.Of(limits, answer.AsSpan(1), (int)answer[0], least);
    }

    private Taken TakeInProcess(IReadOnlyList<Limit> limits, int cost)
    {
        foreach (var limit in limits)
            cost = Math.Min(cost, limit.PerMinute);
        return own.Take(limits, cost, cost);
    }

    private Taken Counted(Taken taken, string store)
    {
        decisions.Add(
            1,
            new("policy", taken.Shown.Policy),
            new("outcome", taken.Granted > 0 ? "passed" : "refused"),
            new("store", store)
        );
        return taken;
    }
}
