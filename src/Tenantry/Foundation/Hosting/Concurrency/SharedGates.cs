using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Concurrency;

/// <summary>The gates of an instance, all of them. docs/limits.md lists each beside the other resources that tenants share.</summary>
public sealed class SharedGates
{
    private const int HashesWaitingPerCore = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public SharedGates(ServiceSettings settings, TimeProvider clock)
    {
        var (cores, keyed, uploads) = (
            Environment.ProcessorCount,
            Math.Max(1, settings.Database.MaxPoolSize / 4),
            settings.UploadsAtOnce
        );
        // A hash is over within milliseconds: turns are enough, and a tenant that is alone may have every core.
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
        // Each holds a connection for as long as its handler takes, hashing a password or asking another service: most of the pool stays for the others.
        KeyedRequests = new FairGate(
            "requests with a key",
            new GateLimits(keyed, Half(keyed), 200, 2_000, Patience),
            clock
        );
        // A file takes as long as its sender likes, and memory for a part of it meanwhile.
        Uploads = new FairGate("uploads", new GateLimits(uploads, Half(uploads), 50, 500, Patience), clock);
        Exports = new FairGate("exports", new GateLimits(8, 2, 10, 100, Patience), clock);
        // A core each, for as long as the template allows.
        Previews = new FairGate(
            "previews",
            new GateLimits(Math.Max(2, cores), Half(Math.Max(2, cores)), 20, 200, Patience),
            clock
        );
    }

    public FairGate PasswordHashes { get; }

    public FairGate KeyedRequests { get; }

    /// <summary>Bodies that go through to the store, and announced files that are looked at.</summary>
    public FairGate Uploads { get; }

    /// <summary>Answers that are read from the database for as long as they are sent.</summary>
    public FairGate Exports { get; }

    /// <summary>Templates that are parsed or rendered, and roles that are tried, for somebody to look at.</summary>
    public FairGate Previews { get; }

    public IReadOnlyList<FairGate> All => [PasswordHashes, KeyedRequests, Uploads, Exports, Previews];

    private static int Half(int total) => Math.Max(1, total / 2);
}
