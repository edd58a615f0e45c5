using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>A block of requests that an instance took in advance.</summary>
public sealed class LeaseTests : IDisposable
{
    private const double Second = 1_000_000;

    private static readonly Limit Tenant = new("tenant", "t", 60);
    private static readonly Limit Global = new("global", "g", 600);

    private readonly FakeTimeProvider clock = new();
    private readonly Lease lease;

    public LeaseTests() => lease = new Lease(Tenant, Global, 10, clock);

    public void Dispose() => lease.Dispose();

    [Fact]
    public void A_lease_knows_its_limits_and_their_shares()
    {
        lease.Limits.ShouldBe([Tenant]);
        lease.Together.ShouldBe([Tenant, Global]);
        new Lease(Tenant, null, 10, clock).Together.ShouldBe([Tenant]);
        lease.Block.ShouldBe(10);
        lease.Share(1).ShouldBe([Tenant, Global]);
        lease.Share(2).Select(limit => limit.PerMinute).ShouldBe([30, 300]);
        lease.Share(3).Select(limit => limit.PerMinute).ShouldBe([20, 200]);
        lease.Share(3).ShouldBeSameAs(lease.Share(3));
    }

    [Fact]
    public void A_new_lease_has_nothing_to_give() => lease.TryTake(1, out _).ShouldBeFalse();

    [Fact]
    public void A_granted_block_is_spent_request_by_request()
    {
        lease.Renew(new Taken(10, Tenant, 50, 10 * Second, 0), 3).ShouldBe(new Taken(3, Tenant, 57, 10 * Second, 0));

        lease.TryTake(5, out var taken).ShouldBeTrue();
        taken.ShouldBe(new Taken(5, Tenant, 52, 10 * Second, 0));
        lease.TryTake(3, out _).ShouldBeFalse("two are left");
        clock.Advance(TimeSpan.FromSeconds(4));
        lease.TryTake(2, out taken).ShouldBeTrue();
        taken.ShouldBe(new Taken(2, Tenant, 50, 6 * Second, 0));
        lease.TryTake(1, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_bucket_is_full_once_its_time_has_passed()
    {
        lease.Renew(new Taken(10, Tenant, 50, 10 * Second, 0), 1);

        clock.Advance(TimeSpan.FromSeconds(11));

        lease.TryTake(1, out var taken).ShouldBeTrue();
        taken.FullIn.ShouldBe(0);
    }

    [Fact]
    public void A_block_is_valid_for_a_minute()
    {
        lease.Renew(new Taken(10, Tenant, 50, 10 * Second, 0), 1);
        clock.Advance(TimeSpan.FromMinutes(1));
        lease.TryTake(1, out _).ShouldBeTrue();

        clock.Advance(TimeSpan.FromMicroseconds(1));

        lease.TryTake(1, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        lease.Renew(new Taken(2, Tenant, 50, Second, 0), 2);
        lease.TryTake(1, out _).ShouldBeFalse();

        lease.GiveBack(2);

        lease.TryTake(2, out _).ShouldBeTrue();
        lease.TryTake(1, out _).ShouldBeFalse();
    }

    [Fact]
    public void After_a_refusal_requests_of_that_cost_are_refused_until_one_can_pass()
    {
        var refused = new Taken(0, Tenant, 2, 58 * Second, 3 * Second);
        lease.Renew(refused, 5).ShouldBe(refused);

        lease.TryTake(5, out var taken).ShouldBeTrue();
        (taken.Granted, taken.Wait).ShouldBe((0, 3 * Second));
        lease.TryTake(6, out _).ShouldBeTrue();
        lease.TryTake(4, out _).ShouldBeFalse("a cheaper request may pass");
        clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromMicroseconds(1));
        lease.TryTake(5, out taken).ShouldBeTrue();
        (taken.Granted, taken.Wait).ShouldBe((0, 1));
        clock.Advance(TimeSpan.FromMicroseconds(1));
        lease.TryTake(5, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_failure_is_remembered_for_those_that_began_to_wait_before_it()
    {
        lease.HasNotFailedSince(clock.GetTimestamp()).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(1));
        var before = clock.GetTimestamp();
        clock.Advance(TimeSpan.FromSeconds(1));

        lease.RecordFailure();

        lease.HasNotFailedSince(before).ShouldBeFalse();
        lease.HasNotFailedSince(clock.GetTimestamp()).ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        lease.HasNotFailedSince(clock.GetTimestamp()).ShouldBeTrue();
    }

    [Fact]
    public async Task One_request_renews_at_a_time()
    {
        await lease.Renewal.WaitAsync(TestContext.Current.CancellationToken);

        (await lease.Renewal.WaitAsync(0, TestContext.Current.CancellationToken)).ShouldBeFalse();
        lease.Renewal.Release();
        lease.Dispose();
        Should.Throw<ObjectDisposedException>(() => lease.Renewal.Wait(0, TestContext.Current.CancellationToken));
    }
}
