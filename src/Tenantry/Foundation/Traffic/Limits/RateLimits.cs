using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// Decides whether a request passes: by the buckets in Redis that all instances share, and by those of the process where there is no Redis or it does not answer in time.
/// Never open, never a failed request.
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

    /// <summary>Requests that come without a valid token and are no sign-in: from one address, as many times a sign-in's.</summary>
    private const int AnonymousTimes = 10;

    private const string Process = "process";

    private readonly RateLimitSettings rates = settings.RateLimits;
    private readonly Limit? global = settings.RateLimits.Global is { } perMinute
        ? new Limit(Limit.Global, RedisBuckets.HashTag + Limit.Global, perMinute)
        : null;

    // One for all tenants: with each tenant's block from it, many quiet tenants would use up what they never send.
    private readonly Lease? ofAll = settings.RateLimits.Global is { } all
        ? new Lease(
            new Limit(Limit.Global, RedisBuckets.HashTag + Limit.Global, all),
            null,
            Block(all, settings.RateLimits),
            clock
        )
        : null;

    // Never more than there are tenants: only those that were found come here.
    private readonly ConcurrentDictionary<Guid, Lease> leases = new();
    private readonly Counter<long> decisions = meters
        .Create(MeterName)
        .CreateCounter<long>(
            "tenantry.rate_limit.decisions",
            description: "Requests that a limit let through or refused"
        );

    /// <summary>For somebody who is signed in.</summary>
    /// <returns>null: nothing limits them</returns>
    public async ValueTask<Taken?> Take(ResolvedTenant tenant, int cost, CancellationToken cancel)
    {
        var lease = PerMinute(tenant) is { } perMinute ? LeaseOf(tenant.Id, perMinute) : ofAll;
        if (lease is null)
            return null;
        if (shared.IsUsed && rates.LeasePercent == 0)
            return await Exactly(lease.Together, cost, isSignIn: false);

        var (taken, store) = await Leased(lease, cost, cancel);
        if (taken.Granted == 0 || ofAll is null || lease == ofAll || store == Process) // the process decides over both at once
            return Counted(taken, store);
        var (all, storeOfAll) = await Leased(ofAll, cost, cancel);
        if (all.Granted > 0)
            return Counted(taken, store);
        lease.GiveBack(Math.Min(cost, lease.Limits[0].PerMinute)); // a refusal takes nothing
        return Counted(all, storeOfAll);
    }

    /// <summary>
    /// For somebody who is not. The tenant's allowance is for those whom it knows: a stranger pays from what the address and the account have, so that nobody can take a tenant off the air
    /// by asking in its name.
    /// </summary>
    /// <param name="address">where it comes from</param>
    /// <param name="account">for a sign-in and the like: which account, in any words; empty where the request names none</param>
    /// <param name="cost">of the request</param>
    /// <returns>null: nothing limits them</returns>
    public ValueTask<Taken?> TakeAnonymous(string address, string? account, int cost)
    {
        var limits = new List<Limit>(3);
        if (rates.Auth is { } auth)
        {
            limits.Add(
                account is null
                    ? new Limit("address", $"{RedisBuckets.HashTag}anonymous:{address}", auth * AnonymousTimes)
                    : new Limit("address", $"{RedisBuckets.HashTag}address:{address}", auth)
            );
            // With the address in it: nobody can use up somebody else's tries.
            if (account is { Length: > 0 })
                limits.Add(new Limit("account", $"{RedisBuckets.HashTag}account:{account}", Math.Max(1, auth / 3)));
        }
        if (global is not null)
            limits.Add(global);
        return limits.Count == 0
            ? ValueTask.FromResult<Taken?>(null)
            : Exactly(limits, cost, isSignIn: account is not null);
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
        if (leases.TryGetValue(tenant, out var known) && known.Limits[0].PerMinute == perMinute)
            return known;
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

    /// <summary>From what lies here already, or with the next block.</summary>
    private async ValueTask<(Taken Taken, string Store)> Leased(Lease lease, int cost, CancellationToken cancel)
    {
        cost = Math.Min(cost, lease.Limits[0].PerMinute);
        if (!shared.IsUsed)
            return (InProcess(lease.Share(instances.Count), cost), Process);
        if (lease.TryTake(cost, out var taken))
            return (taken, "lease");
        var came = clock.GetTimestamp();
        await lease.Renewal.WaitAsync(cancel);
        try
        {
            if (lease.TryTake(cost, out taken))
                return (taken, "lease");
            if (lease.WasAnsweredSince(came))
            {
                if (await Ask(lease.Limits, cost, Math.Max(cost, lease.Block)) is { } granted)
                    return (lease.Renew(granted, cost), "redis");
                lease.NotAnswered();
            }
            return (InProcess(lease.Share(instances.Count), cost), Process);
        }
        finally
        {
            lease.Renewal.Release();
        }
    }

    private async ValueTask<Taken?> Exactly(IReadOnlyList<Limit> limits, int cost, bool isSignIn)
    {
        foreach (var limit in limits)
            cost = Math.Min(cost, limit.PerMinute);
        if (shared.IsUsed && await Ask(limits, cost, cost) is { } granted)
            return Counted(granted, "redis");
        // While Redis is away, half of its share for sign-ins: nobody gets more guesses out of breaking it.
        var parts = instances.Count * (shared.IsUsed && isSignIn ? 2 : 1);
        return Counted(InProcess(parts == 1 ? limits : [.. limits.Select(limit => limit.Share(parts))], cost), Process);
    }

    private async ValueTask<Taken?> Ask(IReadOnlyList<Limit> limits, int least, int most)
    {
        if (await shared.Take(limits, least, most) is not { } answer)
            return null;
        own.Follow(limits, answer.AsSpan(1));
        return Taken.Of(limits, answer.AsSpan(1), (int)answer[0], least);
    }

    private Taken InProcess(IReadOnlyList<Limit> limits, int cost)
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
