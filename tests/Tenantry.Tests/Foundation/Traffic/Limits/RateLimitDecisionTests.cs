using System.Diagnostics.Metrics;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>Which bucket a request takes from, without Redis or while it is unavailable.</summary>
public sealed class RateLimitDecisionTests : IAsyncLifetime
{
    private static readonly RateLimitSettings Rates = LimitsWithoutServers.Rates;

    private readonly LimitsWithoutServers limiting = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => limiting.DisposeAsync();

    [Theory]
    [InlineData(SubscriptionTier.Free, "acme", null, 10)]
    [InlineData(SubscriptionTier.Standard, "acme", null, 20)]
    [InlineData(SubscriptionTier.Premium, "acme", null, 30)]
    [InlineData(SubscriptionTier.Free, "platform", null, 30)]
    [InlineData(SubscriptionTier.Free, "acme", 3, 3)]
    [InlineData(SubscriptionTier.Free, "platform", 3, 3)]
    public async Task A_tenant_has_its_own_limit_or_that_of_its_tier(
        SubscriptionTier tier,
        string slug,
        int? own,
        int limit
    )
    {
        var limits = Limits(Rates);
        var tenant = Tenant(tier, slug, own);

        var first = (await limits.Take(tenant, 1, Cancel))!.Value;

        (first.Granted, first.Shown.Policy, first.Shown.PerMinute, first.Left).ShouldBe(
            (1, "tenant", limit, limit - 1)
        );
        (await limits.Take(tenant, limit, Cancel))!.Value.Granted.ShouldBe(0);
        (await limits.Take(tenant, limit - 1, Cancel))!.Value.Granted.ShouldBe(limit - 1);
        (await limits.Take(Tenant(tier, slug, own), 1, Cancel))!.Value.Granted.ShouldBe(1, "another tenant");
    }

    [Fact]
    public async Task A_changed_limit_counts_at_once()
    {
        var limits = Limits(Rates);
        var tenant = Tenant(SubscriptionTier.Free);

        (await limits.Take(tenant, 1, Cancel))!.Value.Shown.PerMinute.ShouldBe(10);
        (await limits.Take(tenant with { RateLimitPerMinute = 4 }, 1, Cancel))!.Value.Shown.PerMinute.ShouldBe(4);
        (await limits.Take(tenant, 1, Cancel))!.Value.Shown.PerMinute.ShouldBe(10);
    }

    [Fact]
    public async Task A_request_that_costs_more_than_the_limit_passes_when_the_bucket_is_full()
    {
        var limits = Limits(Rates);

        (await limits.Take(Tenant(SubscriptionTier.Free), 50, Cancel))!.Value.Granted.ShouldBe(10);
        (await limits.TakeAnonymous("a", null, 5_000))!.Value.Granted.ShouldBe(60);
    }

    [Fact]
    public async Task The_global_limit_is_common_to_all_tenants_and_strangers()
    {
        var limits = Limits(Rates with { Global = 12 });
        (await limits.Take(Tenant(SubscriptionTier.Free), 10, Cancel))!.Value.Granted.ShouldBe(10);

        var refused = (await limits.Take(Tenant(SubscriptionTier.Free), 3, Cancel))!.Value;

        (refused.Granted, refused.Shown.Policy).ShouldBe((0, "global"));
        (await limits.TakeAnonymous("a", null, 3))!.Value.Shown.Policy.ShouldBe("global");
        (await limits.TakeAnonymous("a", null, 2))!.Value.Granted.ShouldBe(2);
    }

    [Fact]
    public async Task Without_limits_nothing_is_counted()
    {
        var none = Limits(RateLimitSettings.Off);
        (await none.Take(Tenant(SubscriptionTier.Free), 1, Cancel)).ShouldBeNull();
        (await none.TakeAnonymous("a", "b", 1)).ShouldBeNull();

        var global = Limits(RateLimitSettings.Off with { Global = 5 });
        (await global.Take(Tenant(SubscriptionTier.Free), 1, Cancel))!.Value.Shown.Policy.ShouldBe("global");
        (await global.TakeAnonymous("a", null, 1))!.Value.Left.ShouldBe(3);
    }

    [Fact]
    public async Task An_address_has_ten_times_the_sign_in_limit_for_other_requests()
    {
        var limits = Limits(Rates);

        (await limits.TakeAnonymous("a", null, 1))!.Value.Shown.ShouldBe(
            new Limit("address", "{limits}:anonymous:a", 60)
        );
        (await limits.TakeAnonymous("a", "", 1))!.Value.Shown.ShouldBe(new Limit("address", "{limits}:address:a", 6));
        (await limits.TakeAnonymous("a", "x", 1))!.Value.Shown.ShouldBe(new Limit("account", "{limits}:account:x", 2));
        (await Limits(Rates with { Auth = 2 }).TakeAnonymous("a", "x", 1))!.Value.Shown.PerMinute.ShouldBe(1);
    }

    [Fact]
    public async Task While_Redis_is_unavailable_sign_ins_get_half_of_the_share()
    {
        var limits = Limits(Rates, hasRedis: true);

        (await limits.TakeAnonymous("a", "", 1))!.Value.Shown.PerMinute.ShouldBe(3);
        (await limits.TakeAnonymous("a", null, 1))!.Value.Shown.PerMinute.ShouldBe(60);
        (await limits.Take(Tenant(SubscriptionTier.Free), 1, Cancel))!.Value.Shown.PerMinute.ShouldBe(10);
        var leased = Limits(Rates with { LeasePercent = 10 }, hasRedis: true);
        var tenant = Tenant(SubscriptionTier.Free);
        (await leased.Take(tenant, 1, Cancel))!.Value.Left.ShouldBe(9);
        (await leased.Take(tenant, 1, Cancel))!.Value.Left.ShouldBe(8);
        (await leased.Take(Tenant(SubscriptionTier.Free), 1, Cancel))!.Value.Left.ShouldBe(9);
        (await leased.Take(Tenant(SubscriptionTier.Free), 11, Cancel))!.Value.Granted.ShouldBe(10);
    }

    [Fact]
    public async Task A_decision_is_counted_by_policy_outcome_and_store()
    {
        var counted = new List<string>();
        var limits = Limits(Rates);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, its) =>
            {
                if (instrument.Meter.Scope == limiting.Services.GetRequiredService<IMeterFactory>())
                    its.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, count, tags, _) =>
                counted.Add($"{instrument.Name} {count} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}")
        );
        listener.Start();

        var tenant = Tenant(SubscriptionTier.Free);
        await limits.Take(tenant, 10, Cancel);
        await limits.Take(tenant, 1, Cancel);

        counted.ShouldBe([
            "tenantry.rate_limit.decisions 1 tenant passed process",
            "tenantry.rate_limit.decisions 1 tenant refused process",
        ]);
    }

    private RateLimits Limits(RateLimitSettings rates, bool hasRedis = false) => limiting.With(rates, hasRedis);

    private static ResolvedTenant Tenant(SubscriptionTier tier, string slug = "acme", int? limit = null) =>
        LimitsWithoutServers.Tenant(tier, slug, limit);
}
