using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Hosting.Concurrency;

namespace Tenantry.Tests.Foundation.Hosting.Concurrency;

/// <summary>
/// What a gate promises, whatever comes in whatever order: never more than there is, never more than one may have, in
/// turns, and nothing is lost.
/// </summary>
public sealed class FairGateTests
{
    private static readonly Guid[] Tenants =
    [
        .. Enumerable.Range(1, 4).Select(number => new Guid(number, 0, 0, new byte[8])),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void It_never_gives_more_than_there_is_or_one_may_have_and_loses_no_slot() =>
        Gen.Select(
                Gen.Int[1, 5],
                Gen.Int[1, 5],
                Gen.Int[0, 4],
                Gen.Int[0, 8],
                Gen.Select(Gen.Int[0, 5], Gen.Int[0, 30], (what, whom) => (what, whom)).Array[0, 60]
            )
            .Sample(
                (total, each, ownQueue, queue, steps) =>
                {
                    var clock = new FakeTimeProvider();
                    var gate = new FairGate(
                        "things",
                        new GateLimits(total, each, ownQueue, queue, TimeSpan.FromSeconds(5)),
                        clock
                    );
                    var (given, asked) = (new List<(Guid Tenant, GateSlot Slot)>(), new List<Asked>());
                    foreach (var (what, whom) in steps)
                    {
                        switch (what)
                        {
                            case 0 when given.Count > 0:
                                var over = given[whom % given.Count];
                                given.RemoveAt(whom % given.Count);
                                over.Slot.Dispose();
                                over.Slot.Dispose(); // the second time is nothing
                                break;
                            case 1 when asked.Count > 0:
                                asked[whom % asked.Count].End.Cancel();
                                break;
                            case 2:
                                clock.Advance(TimeSpan.FromSeconds(3));
                                break;
                            case > 2:
                                var end = new CancellationTokenSource();
                                asked.Add(
                                    new Asked(
                                        Tenants[whom % Tenants.Length],
                                        gate.Acquire(Tenants[whom % Tenants.Length], end.Token).AsTask(),
                                        end
                                    )
                                );
                                break;
                        }
                        Collect();
                        Hold();
                    }
                    while (given.Count > 0)
                    {
                        given[0].Slot.Dispose();
                        given.RemoveAt(0);
                        Collect();
                        Hold();
                    }
                    asked.ShouldBeEmpty();
                    (gate.Held, gate.Waiting).ShouldBe((0, 0));

                    // Continuations run elsewhere: those that have their answer are waited for, and the gate says how
                    // many have none.
                    void Collect()
                    {
                        SpinWait
                            .SpinUntil(
                                () => asked.Count(one => !one.Slot.IsCompleted) == gate.Waiting,
                                TimeSpan.FromSeconds(10)
                            )
                            .ShouldBeTrue();
                        foreach (var one in asked.Where(one => one.Slot.IsCompleted).ToList())
                        {
                            asked.Remove(one);
                            if (one.Slot.IsCompletedSuccessfully && one.Slot.Result.IsAcquired)
                                given.Add((one.Tenant, one.Slot.Result));
                        }
                    }

                    void Hold()
                    {
                        gate.Held.ShouldBe(given.Count);
                        given.Count.ShouldBeLessThanOrEqualTo(total);
                        gate.Waiting.ShouldBeLessThanOrEqualTo(queue);
                        foreach (var tenant in Tenants)
                        {
                            var (held, waiting) = (
                                given.Count(one => one.Tenant == tenant),
                                asked.Count(one => one.Tenant == tenant)
                            );
                            held.ShouldBeLessThanOrEqualTo(each);
                            waiting.ShouldBeLessThanOrEqualTo(ownQueue);
                            // Whoever waits waits for a reason.
                            (waiting == 0 || held == each || given.Count == total).ShouldBeTrue();
                        }
                    }
                },
                iter: 300,
                threads: 1
            );

    [Fact]
    public async Task Tenants_get_their_turns_however_many_requests_each_has_waiting()
    {
        var gate = new FairGate(
            "things",
            new GateLimits(1, 1, 100, 100, Timeout.InfiniteTimeSpan),
            TimeProvider.System
        );
        var order = new List<Guid>();
        var slot = await gate.Acquire(Tenants[0], Cancel);
        Task<GateSlot>[] waiting =
        [
            .. Enumerable
                .Repeat(Tenants[0], 50)
                .Append(Tenants[1])
                .Append(Tenants[2])
                .Append(Tenants[1])
                .Select(async tenant =>
                {
                    var given = await gate.Acquire(tenant, Cancel);
                    order.Add(tenant); // one at a time has the gate
                    return given;
                }),
        ];

        for (var left = waiting.ToList(); left.Count > 0; )
        {
            slot.Dispose();
            var next = await Task.WhenAny(left);
            left.Remove(next);
            slot = await next;
        }

        // The tenant that has its slot comes behind those that had none.
        order[..5].ShouldBe([Tenants[1], Tenants[2], Tenants[0], Tenants[1], Tenants[0]]);
        order[5..].ShouldAllBe(tenant => tenant == Tenants[0]);
        slot.Dispose();
        gate.Held.ShouldBe(0);
    }

    [Fact]
    public async Task A_tenant_at_its_cap_is_refused_as_full_and_other_tenants_get_a_slot()
    {
        var clock = new FakeTimeProvider();
        var gate = new FairGate("things", new GateLimits(3, 2, 1, 10, TimeSpan.FromSeconds(5)), clock);
        var held = new[] { await gate.Acquire(Tenants[0], Cancel), await gate.Acquire(Tenants[0], Cancel) };

        var third = gate.Acquire(Tenants[0], Cancel).AsTask();
        (await gate.Acquire(Tenants[0], Cancel)).ShouldBe(GateSlot.TenantFull);
        var other = await gate.Acquire(Tenants[1], Cancel);
        other.IsAcquired.ShouldBeTrue();
        var late = gate.Acquire(Tenants[2], Cancel).AsTask();
        clock.Advance(TimeSpan.FromSeconds(6));

        (await third).ShouldBe(GateSlot.TenantFull);
        (await late).ShouldBe(GateSlot.Full);
        foreach (var slot in held.Append(other))
            slot.Dispose();
        (gate.Held, gate.Waiting).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_full_queue_drops_the_newest_of_the_tenant_that_has_the_most_for_another()
    {
        var gate = new FairGate("things", new GateLimits(1, 1, 100, 3, Timeout.InfiniteTimeSpan), TimeProvider.System);
        var slot = await gate.Acquire(Tenants[0], Cancel);
        Task<GateSlot>[] greedy = [.. Enumerable.Range(0, 3).Select(_ => gate.Acquire(Tenants[0], Cancel).AsTask())];

        var other = gate.Acquire(Tenants[1], Cancel).AsTask();

        (await greedy[2]).ShouldBe(GateSlot.TenantFull);
        greedy[..2].ShouldAllBe(waiting => !waiting.IsCompleted);
        slot.Dispose();
        // The tenant that has the slot comes behind the one that had none.
        (await other).Dispose();
        (await greedy[0]).IsAcquired.ShouldBeTrue();
    }

    private sealed record Asked(Guid Tenant, Task<GateSlot> Slot, CancellationTokenSource End);
}
