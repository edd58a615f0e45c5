using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Tests.Foundation.Hosting.Workers;

/// <summary>The loop that all periodic work shares.</summary>
public sealed class PeriodicWorkerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_begins_after_each_interval_and_a_failed_one_ends_nothing()
    {
        var clock = new FakeTimeProvider();
        using var worker = new Worker(clock);
        await worker.StartAsync(Cancel);
        (await worker.Next()).ShouldBe("begin");

        clock.Advance(Interval);
        (await worker.Next()).ShouldBe("run 1");
        worker.Fails = true;
        clock.Advance(Interval);
        (await worker.Next()).ShouldBe("run 2");
        (await worker.Next()).ShouldBe("failed: no luck");
        worker.Fails = false;
        clock.Advance(Interval);
        (await worker.Next()).ShouldBe("run 3");

        await worker.StopAsync(Cancel);
        (await worker.Next()).ShouldBe("end");
        worker.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task A_worker_can_begin_with_a_run_and_be_woken_for_one_and_many_calls_are_one()
    {
        using var worker = new Worker(new FakeTimeProvider(), isImmediate: true);
        worker.WakeUp();
        worker.WakeUp();
        worker.WakeUp();
        await worker.StartAsync(Cancel);

        (await worker.Next()).ShouldBe("begin");
        (await worker.Next()).ShouldBe("run 1");
        (await worker.Next()).ShouldBe("run 2");
        worker.WakeUp();
        (await worker.Next()).ShouldBe("run 3");
        await worker.StopAsync(Cancel);
        (await worker.Next()).ShouldBe("end");
        worker.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task A_worker_that_is_not_needed_runs_nothing()
    {
        using var worker = new Worker(new FakeTimeProvider(), isImmediate: true) { Needed = false };

        await worker.StartAsync(Cancel);
        await worker.ExecuteTask!;

        worker.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task Each_run_has_a_trace_of_its_own()
    {
        using var around = new Activity("around").Start();
        using var worker = new Worker(new FakeTimeProvider(), isImmediate: true);
        worker.WakeUp();
        await worker.StartAsync(Cancel);
        for (var i = 0; i < 3; i++)
            await worker.Next();
        await worker.StopAsync(Cancel);

        worker.Traces.Count.ShouldBe(2);
        worker.Traces.Append(around.TraceId).Distinct().Count().ShouldBe(3);
    }

    private sealed class Worker(TimeProvider clock, bool isImmediate = false)
        : PeriodicWorker("work", Interval, clock, isImmediate)
    {
        private readonly Channel<string> events = Channel.CreateUnbounded<string>();
        private int runs;

        public bool Fails { get; set; }

        public bool Needed { get; init; } = true;

        public List<ActivityTraceId> Traces { get; } = [];

        public bool IsQuiet => !events.Reader.TryPeek(out _);

        public ValueTask<string> Next() => events.Reader.ReadAsync(Cancel);

        public void WakeUp() => Wake();

        protected override bool IsNeeded => Needed;

        protected override Task Begin(CancellationToken cancel) => Say("begin");

        protected override Task End() => Say("end");

        protected override void Failed(Exception failure) => _ = Say("failed: " + failure.Message);

        protected override async Task Run(CancellationToken cancel)
        {
            Traces.Add(Activity.Current!.TraceId);
            await Say($"run {++runs}");
            if (Fails)
                throw new InvalidOperationException("no luck");
        }

        private Task Say(string text)
        {
            events.Writer.TryWrite(text).ShouldBeTrue();
            return Task.CompletedTask;
        }
    }
}
