using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>The arithmetic of one bucket, and of several together.</summary>
public sealed class LimitTests
{
    private const double Second = 1_000_000;

    private static readonly Limit Minute = new("tenant", "t", 60);
    private static readonly Limit Small = new("address", "a", 6);
    private static readonly Limit Global = new("global", "g", 600);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_bucket_refills_evenly()
    {
        Minute.Step.ShouldBe(Second);
        Small.Step.ShouldBe(10 * Second);
        Minute.Policies.ShouldBe("\"tenant\";q=60;w=60");
        Minute.Left(0).ShouldBe(60);
        Minute.Left(60 * Second).ShouldBe(0);
        Minute.Left(2).ShouldBe(59);
        Minute.Left(10 * Second).ShouldBe(50);
        Minute.Left((10 * Second) + 0.5).ShouldBe(50, "rounding takes no request away");
        Minute.Left((10 * Second) + 2).ShouldBe(49);
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 30)]
    [InlineData(7, 8)]
    [InlineData(100, 1)]
    public void A_share_is_a_part_of_the_allowance_and_at_least_one(int parts, int perMinute) =>
        Minute.Share(parts).ShouldBe(new Limit("tenant", "t", perMinute));

    [Fact]
    public void The_most_used_bucket_is_shown_and_the_global_one_only_alone()
    {
        Shown([Minute, Small, Global], [10, 20, 30], 1).ShouldBe(("address", 5, 20, 0));
        Shown([Minute, Small, Global], [50, 20, 30], 1).ShouldBe(("tenant", 59, 50, 0));
        Shown([Minute, Small], [20, 20], 1).ShouldBe(("tenant", 59, 20, 0));
        Shown([Global], [30], 1).ShouldBe(("global", 599, 30, 0));
        Taken.Of([Minute], [0], 7, 1).Granted.ShouldBe(7);
    }

    [Fact]
    public void A_refusal_shows_the_bucket_with_the_longest_wait()
    {
        Shown([Minute, Global], [60 * Second, 60 * Second], 0).ShouldBe(("tenant", 0, 60 * Second, Second));
        Shown([Minute, Global], [0, 60 * Second], 0).ShouldBe(("global", 0, 60 * Second, Second / 10));
        Shown([Minute, Global], [59.5 * Second, 0], 0).ShouldBe(("tenant", 0, 59.5 * Second, Second / 2));
        Shown([Minute], [50 * Second], 0, least: 20).ShouldBe(("tenant", 10, 50 * Second, 10 * Second));
        Shown([Small], [1 * Second], 0, least: 50).ShouldBe(("address", 5, 1 * Second, 1 * Second));
        Shown([Minute], [59 * Second], 0).ShouldBe(("tenant", 1, 59 * Second, 1), "never zero: the client must wait");
    }

    [Fact]
    public void The_buckets_of_the_process_take_from_all_or_from_none()
    {
        var buckets = new ProcessBuckets(clock);
        Limit[] both = [Minute, Small];

        buckets.Take(both, 4, 4).ShouldBe(new Taken(4, Small, 2, 40 * Second, 0));
        buckets.Take(both, 3, 3).ShouldBe(new Taken(0, Small, 2, 40 * Second, 10 * Second));
        buckets.Take([Minute], 1, 1).ShouldBe(new Taken(1, Minute, 55, 5 * Second, 0));
        buckets.Take(both, 1, 10).ShouldBe(new Taken(2, Small, 0, 60 * Second, 0));
        clock.Advance(TimeSpan.FromSeconds(25));
        buckets.Take([Small], 2, 2).ShouldBe(new Taken(2, Small, 0, 55 * Second, 0));
        clock.Advance(TimeSpan.FromHours(1));
        buckets.Take([Small], 6, 6).Granted.ShouldBe(6);
    }

    [Fact]
    public void The_buckets_of_the_process_continue_from_those_of_Redis()
    {
        var buckets = new ProcessBuckets(clock);
        clock.Advance(TimeSpan.FromSeconds(7));

        buckets.Follow([Minute, Small], [10 * Second, 60 * Second]);

        buckets.Take([Minute], 50, 50).Granted.ShouldBe(50);
        buckets.Take([Small], 1, 1).ShouldBe(new Taken(0, Small, 0, 60 * Second, 10 * Second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Full_buckets_are_removed_and_used_ones_stay(bool isFollowed)
    {
        var buckets = new ProcessBuckets(clock);
        Fill(0, 9_999);
        clock.Advance(TimeSpan.FromSeconds(2));
        buckets.Take([Minute], 60, 60);
        Fill(20_000, 10);

        buckets.Take([Minute], 1, 1).Granted.ShouldBe(0);

        void Fill(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                Limit[] one = [new Limit("address", $"key {i}", 60)];
                if (isFollowed)
                    buckets.Follow(one, [Second]);
                else
                    buckets.Take(one, 1, 1);
            }
        }
    }

    [Fact]
    public void The_quota_is_that_of_the_tier()
    {
        var settings = SettingsWithoutServers.Read() with
        {
            FreeQuota = new TierQuota(1, null, null, 1),
            StandardQuota = new TierQuota(2, null, null, 1),
            PremiumQuota = new TierQuota(3, null, null, 1),
        };

        settings.QuotaOf(SubscriptionTier.Free).Users.ShouldBe(1);
        settings.QuotaOf(SubscriptionTier.Standard).Users.ShouldBe(2);
        settings.QuotaOf(SubscriptionTier.Premium).Users.ShouldBe(3);
    }

    [Fact]
    public void The_limits_and_the_cost_of_an_endpoint_are_its_metadata()
    {
        var builder = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/"), 0);

        new Conventions(builder).Limited(Rate.SignIn).Costs(5);

        builder.Metadata.ShouldBe([new LimitedBy(Rate.SignIn), new CostOf(5)]);
    }

    private static (string Policy, int Left, double FullIn, double Wait) Shown(
        Limit[] limits,
        double[] fullIn,
        int granted,
        int least = 1
    )
    {
        var taken = Taken.Of(limits, fullIn, granted, least);
        return (taken.Shown.Policy, taken.Left, taken.FullIn, taken.Wait);
    }

    private sealed class Conventions(EndpointBuilder endpoint) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => convention(endpoint);
    }
}
