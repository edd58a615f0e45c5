using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Concurrency;

/// <summary>All gates of an instance. docs/limits.md lists them with the other resources that tenants share.</summary>
public sealed class SharedGates
{
    private const int HashesWaitingPerCore = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Two of the slowest hashes, and still within the time of a request.</summary>
    private static readonly TimeSpan SlowPatience = TimeSpan.FromSeconds(15);

    public SharedGates(ServiceSettings settings, TimeProvider clock)
    {
        var (cores, keyed, uploads) = (
            Environment.ProcessorCount,
            Math.Max(1, settings.Database.MaxPoolSize / 4),
            settings.ConcurrentUploads
        );
        // A hash takes milliseconds: turns are enough, and a single active tenant may use every core.
        PasswordHashes = new FairGate(
            "password hashes",
            new GateLimits(
                cores,
                cores,
                cores * HashesWaitingPerCore,
                cores * HashesWaitingPerCore,
                Timeout.InfiniteTimeSpan
            ),
            clock
        );
        // An imported hash can take seconds. Half of the cores stay free of them, and a tenant has half of that half.
        var slow = Half(cores);
        SlowPasswordHashes = new FairGate(
            "slow password hashes",
            new GateLimits(slow, Half(slow), 4, 4 * cores, SlowPatience),
            clock
        );
        // Each request uses a connection until its handler ends, even while it hashes a password or calls another
        // service: most of the pool must remain for other requests.
        KeyedRequests = new FairGate(
            "requests with a key",
            new GateLimits(keyed, Half(keyed), 200, 2_000, Patience),
            clock
        );
        // The sender decides how long an upload takes, and each upload uses memory for a part.
        Uploads = new FairGate("uploads", new GateLimits(uploads, Half(uploads), 50, 500, Patience), clock);
        Exports = new FairGate("exports", new GateLimits(8, 2, 10, 100, Patience), clock);
        // Each preview uses a core until the template ends.
        Previews = new FairGate(
            "previews",
            new GateLimits(Math.Max(2, cores), Half(Math.Max(2, cores)), 20, 200, Patience),
            clock
        );
    }

    public FairGate PasswordHashes { get; }

    /// <summary>Imported hashes that take longer than ours, until their first sign-in replaces them.</summary>
    public FairGate SlowPasswordHashes { get; }

    public FairGate KeyedRequests { get; }

    /// <summary>Bodies that are streamed to the store, and direct uploads that are verified.</summary>
    public FairGate Uploads { get; }

    /// <summary>Responses that are read from the database while they are sent.</summary>
    public FairGate Exports { get; }

    /// <summary>Previews of templates and of role changes.</summary>
    public FairGate Previews { get; }

    public IReadOnlyList<FairGate> All =>
        [PasswordHashes, SlowPasswordHashes, KeyedRequests, Uploads, Exports, Previews];

    private static int Half(int total) => Math.Max(1, total / 2);
}
