using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Features.Health;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Health;

public sealed class CachedHealthCheckTests
{
    private readonly FakeTimeProvider clock = new();
    private int runs;

    [Fact]
    public async Task Concurrent_requests_share_one_result_which_is_valid_for_a_while()
    {
        var check = Of(_ => Task.CompletedTask);

        (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Status(check))))).ShouldAllBe(status =>
            status == HealthStatus.Healthy
        );
        clock.Advance(TimeSpan.FromSeconds(59));
        await Status(check);
        runs.ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(2));
        await Status(check);
        runs.ShouldBe(2);
    }

    [Fact]
    public async Task A_failed_check_runs_again_after_a_second()
    {
        var isWell = false;
        var check = Of(_ => isWell ? Task.CompletedTask : throw new InvalidOperationException("away"));
        (await Status(check)).ShouldBe(HealthStatus.Degraded);

        isWell = true;
        clock.Advance(TimeSpan.FromSeconds(1.5));

        (await Status(check)).ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_check_that_never_ends_has_failed_also_if_it_cannot_be_cancelled()
    {
        var check = Of(_ => new TaskCompletionSource().Task);

        (await Status(check).WaitAsync(Patience.Of, TestContext.Current.CancellationToken)).ShouldBe(
            HealthStatus.Degraded
        );
    }

    private static async Task<HealthStatus> Status(CachedHealthCheck check)
    {
        var registration = new HealthCheckRegistration("part", check, HealthStatus.Degraded, tags: null);
        var context = new HealthCheckContext { Registration = registration };
        return (await check.CheckHealthAsync(context, TestContext.Current.CancellationToken)).Status;
    }

    private CachedHealthCheck Of(Func<CancellationToken, Task> run) =>
        new(
            "part",
            new Check(cancel =>
            {
                Interlocked.Increment(ref runs);
                return run(cancel);
            }),
            TimeSpan.FromMinutes(1),
            NullLogger.Instance,
            clock
        );

    private sealed class Check(Func<CancellationToken, Task> run) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancel = default
        )
        {
            await run(cancel);
            return HealthCheckResult.Healthy();
        }
    }
}
