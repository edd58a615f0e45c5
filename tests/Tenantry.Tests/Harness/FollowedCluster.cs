using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A PostgreSQL of a test class's own with a streaming replica, and a Redis: for what is read from a replica.
/// </summary>
public sealed class FollowedCluster : IAsyncLifetime
{
    private const string Script = "scripts/postgres.sh";

    private readonly string folder = Directory
        .CreateDirectory(
            Path.Combine(
                Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes
                    ? Path.GetDirectoryName(processes)!
                    : Path.GetTempPath(),
                "pair" + Guid.NewGuid().ToString("N")[..8]
            )
        )
        .FullName;

    private readonly string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private string primaryPort = "";
    private Cluster? cluster;
    private RedisServer? redis;

    private string PrimaryHome => Directory.CreateDirectory(Path.Combine(folder, "primary")).FullName;

    private string ReplicaHome => Directory.CreateDirectory(Path.Combine(folder, "replica")).FullName;

    public Cluster Cluster => cluster!;

    public RedisServer Redis => redis!;

    public string ReplicaPort { get; private set; } = "";

    /// <summary>The administrator's way to the replica.</summary>
    public NpgsqlConnectionStringBuilder Replica =>
        new(Cluster.Admin.ConnectionString)
        {
            Port = int.Parse(ReplicaPort, System.Globalization.CultureInfo.InvariantCulture),
        };

    public async ValueTask InitializeAsync()
    {
        redis = await RedisServer.Begin();
        if (await Run("chmod", "755", folder) is not "") // the server's user has to get there
            throw new InvalidOperationException(folder);
        primaryPort = (await Bash("start", PrimaryHome, "killed")).Trim();
        PostgresUrl
            .TryParse($"postgresql://tenantry_admin:{password}@127.0.0.1:{primaryPort}/postgres", out var admin, out _)
            .ShouldBeTrue();
        cluster = new Cluster(admin!);
        await cluster.InitializeAsync();
        await StartReplica();
    }

    public async ValueTask DisposeAsync()
    {
        if (redis is not null)
            await redis.DisposeAsync();
        await Bash("stop", ReplicaHome);
        await Bash("stop", PrimaryHome);
    }

    /// <summary>A service that reads from the replica.</summary>
    /// <param name="database">null: one of its own</param>
    /// <param name="change">of the settings</param>
    public async Task<Service> Start(string? database = null, Action<Dictionary<string, string>>? change = null) =>
        await Cluster.Start(
            database ?? await Cluster.NewDatabase(),
            variables =>
            {
                variables["REDIS_URL"] = Redis.Url;
                variables["REDIS_DEADLINE_MS"] = "500"; // of tests that run beside many others
                variables["DATABASE_READ_URL"] = Cluster.ServingUrl(
                    $"127.0.0.1:{ReplicaPort}",
                    variables["DATABASE_URL"].Split('/')[^1].Split('?')[0]
                );
                variables["REPLICA_MAX_LAG_SECONDS"] = "300";
                change?.Invoke(variables);
            }
        );

    /// <summary>On the port that it had before, if it had one.</summary>
    public async Task StartReplica() => ReplicaPort = (await Bash("follow", ReplicaHome, primaryPort, "killed")).Trim();

    public Task Pause() => Cluster.Execute(Replica, "SELECT pg_wal_replay_pause()");

    public Task Resume() => Cluster.Execute(Replica, "SELECT pg_wal_replay_resume()");

    /// <summary>As by <c>kill -9</c>.</summary>
    public async Task KillReplica()
    {
        var process = (await File.ReadAllLinesAsync(Path.Combine(ReplicaHome, "data/postmaster.pid")))[0];
        await Run("kill", "-9", process);
        await Eventually.Is(() => !Directory.Exists($"/proc/{process}"));
    }

    private Task<string> Bash(params string[] arguments) => Run("bash", [Script, .. arguments]);

    private async Task<string> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["PG_ADMIN_PASSWORD"] = password;
        if (arguments.Contains("follow"))
            start.Environment["PG_PORT"] = ReplicaPort;
        using var process = Process.Start(start)!;
        var (said, wrong) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await wrong);
        return await said;
    }
}
