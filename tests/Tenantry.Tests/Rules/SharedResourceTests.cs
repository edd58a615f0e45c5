using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// What bounds work is shared in turns: it is a <see cref="FairGate"/>, or it stands here with the reason why it is
/// none. docs/limits.md lists what tenants share.
/// </summary>
public sealed partial class SharedResourceTests(SharedService shared) : IClassFixture<SharedService>
{
    /// <summary>
    /// Semaphores, queues, limiters and bounded caches outside the gate, with what keeps one tenant from having them to
    /// itself.
    /// </summary>
    private static readonly Dictionary<string, string> Declared = new(StringComparer.Ordinal)
    {
        ["Foundation/Hosting/Workers/PeriodicWorker.cs"] = "wakes the worker; no request waits for it",
        ["Foundation/Security/Tokens/AccessTokens.cs"] = "a cache: what is pushed out of it is verified again",
        ["Foundation/Data/Tenancy/TenantDirectory.cs"] =
            "caches: what is pushed out of them is asked again, and names that nobody has lie apart",
        ["Foundation/Traffic/Limits/Lease.cs"] =
            "one for each bucket of one tenant, and one for the global bucket, which is asked within REDIS_DEADLINE_MS",
        ["Foundation/Traffic/Metering/RequestMeter.cs"] = "one writer of counts; no request waits for it",
        ["Features/Notifications/Delivery/DeliveryLane.cs"] =
            "places of a channel: messages are claimed tenant by tenant in turns",
        ["Features/Notifications/Delivery/DeliveryResultWriter.cs"] =
            "results that are to be written: no more than the places of all channels",
        ["Features/Notifications/Delivery/SharedRate.cs"] = "the rate of a provider, for messages in their turns",
        ["Foundation/Data/Database/WorkQueue.cs"] =
            "lanes of a queue, whose entries are claimed tenant by tenant in turns, with a cap for each",
        ["Foundation/Messaging/TemplateProblems.cs"] =
            "problems of templates that are to be written: what does not fit is dropped, and told by the next mail",
        ["Foundation/Messaging/Templates/TemplateThreads.cs"] =
            "threads that parse a text of bounded size, within milliseconds",
    };

    [Fact]
    public void What_bounds_work_is_a_fair_gate_or_is_declared_with_its_reason()
    {
        var found = Repository
            .Sources()
            .Where(file =>
                !file.Path.StartsWith("Foundation/Hosting/Concurrency/", StringComparison.Ordinal)
                && Bound().IsMatch(file.Text)
            )
            .Select(file => file.Path)
            .Order(StringComparer.Ordinal);

        found.ShouldBe(Declared.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_documentation_lists_every_gate_with_what_there_is_and_what_one_tenant_may_have()
    {
        var text = Repository.Read("docs/limits.md");
        foreach (var gate in shared.Service.Services.GetRequiredService<SharedGates>().All)
            text.ShouldContain($"| {gate.Name} |", Case.Sensitive);
    }

    [GeneratedRegex(
        @"\bnew SemaphoreSlim\b|\bSemaphoreSlim \w+ = new\b|SemaphoreSlim \w+ \{ get; \} = new\b|Channel\.Create|ConcurrencyLimiter\b|RateLimiter\(|SizeLimit = |\bBlockingCollection\b"
    )]
    private static partial Regex Bound();
}
