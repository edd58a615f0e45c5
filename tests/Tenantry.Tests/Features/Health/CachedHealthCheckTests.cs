using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Features.Health;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Health;

public sealed class PartTests
{
    private readonly FakeTimeProvider clock = new();
    private int asked;

    [Fact]
    public async Task All_who_ask_at_once_get_one_answer_and_it_is_good_for_a_while()
    {
        var part = Of(_ => Task.CompletedTask);

        (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(part.Ask)))).ShouldAllBe(said =>
            said == PartHealth.Ok
        );
        clock.Advance(TimeSpan.FromSeconds(59));
        await part.Ask();
        asked.ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(2));
        await part.Ask();
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task What_failed_is_asked_again_after_a_second()
    {
        var isWell = false;
        var part = Of(_ => isWell ? Task.CompletedTask : throw new InvalidOperationException("away"));
        (await part.Ask()).ShouldBe(PartHealth.Degraded);

        isWell = true;
        clock.Advance(TimeSpan.FromSeconds(1.5));

        (await part.Ask()).ShouldBe(PartHealth.Ok);
    }

    [Fact]
    public async Task What_never_answers_has_failed_also_if_it_cannot_be_cancelled()
    {
        var part = Of(_ => new TaskCompletionSource().Task);

        (await part.Ask().WaitAsync(Patience.Of, TestContext.Current.CancellationToken)).ShouldBe(PartHealth.Degraded);
    }

    private Part Of(Func<CancellationToken, Task> ask) =>
        new(
            "part",
            TimeSpan.FromMinutes(1),
            PartHealth.Degraded,
            cancel =>
            {
                Interlocked.Increment(ref asked);
                return ask(cancel);
            },
            NullLogger.Instance,
            clock
        );
}
