namespace Tenantry.Tests.Harness;

/// <summary>A PgBouncer in transaction mode of a test's own, before the server that all share.</summary>
public sealed class Pooler : IAsyncDisposable
{
    private readonly string folder;

    private Pooler(string folder) => this.folder = folder;

    /// <summary>What takes the place of host and port, and what the URL has to say of it.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Skips the test where there is no PgBouncer.</summary>
    public static async Task<Pooler> Begin(Cluster cluster)
    {
        if (
            !$"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin"
                .Split(':')
                .Any(place => File.Exists(Path.Combine(place, "pgbouncer")))
        )
            Assert.Skip("PgBouncer is missing. Run:  sudo apt-get install -y pgbouncer");
        var around = Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes
            ? Path.GetDirectoryName(processes)!
            : Path.GetTempPath();
        var pooler = new Pooler(Path.Combine(around, "pooler" + Guid.NewGuid().ToString("N")[..8]));
        pooler.Server = await Run("start", pooler.folder, $"{cluster.Admin.Port}");
        return pooler;
    }

    public async ValueTask DisposeAsync() => await Run("stop", folder);

    private static Task<string> Run(params string[] arguments) =>
        Script.Said(["scripts/pgbouncer.sh", .. arguments], new() { ["PGBOUNCER_LOGINS"] = Cluster.ServingLogin });
}
