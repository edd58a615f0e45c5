using System.Security.Cryptography;
using Npgsql;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A PostgreSQL of a test's own that archives its log by deploy/backup/wal.sh, and clusters that are restored beside
/// it.
/// </summary>
public sealed class ArchivingServer : IAsyncDisposable
{
    private const string Postgres = "scripts/postgres.sh";

    private readonly string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private readonly List<string> homes = [];
    private string binaries = "";

    private ArchivingServer(string folder) => Folder = folder;

    /// <summary>
    /// The server's own: with its archive, and its copy of the scripts, since its user may not reach this clone.
    /// </summary>
    public string Folder { get; }

    public string Archive => Path.Combine(Folder, "archive");

    public NpgsqlConnectionStringBuilder Admin { get; private set; } = new();

    public static async Task<ArchivingServer> Begin()
    {
        // Below the folder of ./test, which takes away what is left there.
        var around = Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes
            ? Path.GetDirectoryName(processes)!
            : Path.GetTempPath();
        var server = new ArchivingServer(
            Directory.CreateDirectory(Path.Combine(around, "wal" + Guid.NewGuid().ToString("N")[..8])).FullName
        );
        Directory.CreateDirectory(Path.Combine(server.Folder, "scripts"));
        foreach (var script in Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/backup"), "*.sh"))
            File.Copy(script, Path.Combine(server.Folder, "scripts", Path.GetFileName(script)));
        server.Admin = await server.Start(server.Folder);
        server.binaries = await Ask<string>(server.Admin, "SELECT setting FROM pg_config WHERE name = 'BINDIR'") ?? "";
        Script.Need(server.binaries, "pg_basebackup", "pg_verifybackup");
        await server.As("-c", $"mkdir {server.Archive} {server.Folder}/bases");
        await Cluster.Execute(server.Admin, "ALTER SYSTEM SET archive_mode = on");
        await Cluster.Execute(
            server.Admin,
            $"ALTER SYSTEM SET archive_command = '{server.Folder}/scripts/wal.sh archive \"%p\" \"{server.Archive}/%f\"'"
        );
        await Stop(server.Folder);
        server.Admin = await server.Start(server.Folder);
        return server;
    }

    /// <summary>Waits until all that is written by now is in the archive.</summary>
    public async Task Archived()
    {
        var segment = await Ask<string>(Admin, "SELECT pg_walfile_name(pg_current_wal_lsn())");
        await Ask<object>(Admin, "SELECT pg_switch_wal()");
        await Eventually.Is(
            () => Task.FromResult(File.Exists(Path.Combine(Archive, segment!))),
            seen: async () =>
                (
                    await Ask<string>(
                        Admin,
                        "SELECT coalesce(last_failed_wal, 'none') || ' failed' FROM pg_stat_archiver"
                    )
                )!
        );
    }

    /// <returns>the base backup</returns>
    public Task<string> Base(string backupUrl) =>
        As([$"{Folder}/scripts/wal.sh", "base", $"{Folder}/bases"], ("BACKUP_DATABASE_URL", backupUrl));

    /// <summary>A cluster beside this one, as everything was at a moment.</summary>
    public async Task<NpgsqlConnectionStringBuilder> Restore(string backup, string moment)
    {
        var home = Path.Combine(Folder, "restored");
        await As("-c", $"mkdir {home}");
        await As($"{Folder}/scripts/wal.sh", "restore", backup, $"{home}/data", Archive, moment);
        var restored = await Start(home);
        await Eventually.Is(async () => !await Ask<bool>(restored, "SELECT pg_is_in_recovery()"));
        return restored;
    }

    public static async Task<T?> Ask<T>(NpgsqlConnectionStringBuilder of, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(of.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var home in homes.Distinct())
            await Stop(home);
    }

    private async Task<NpgsqlConnectionStringBuilder> Start(string home)
    {
        homes.Add(home);
        var (code, port, errors) = await Script.Run(
            [Postgres, "start", home, "killed"],
            new() { ["PG_ADMIN_PASSWORD"] = password }
        );
        code.ShouldBe(0, errors);
        PostgresUrl
            .TryParse($"postgresql://tenantry_admin:{password}@127.0.0.1:{port}/postgres", out var admin, out _)
            .ShouldBeTrue();
        return admin!;
    }

    private static async Task Stop(string home) => await Script.Run([Postgres, "stop", home], []);

    private Task<string> As(params string[] arguments) => As(arguments, []);

    private async Task<string> As(string[] arguments, params (string Name, string Value)[] variables)
    {
        var all = variables.ToDictionary(one => one.Name, one => one.Value);
        all["PATH"] = $"{binaries}:{Environment.GetEnvironmentVariable("PATH")}";
        var (code, output, errors) = await Script.Run(arguments, all, asServer: true);
        code.ShouldBe(0, errors);
        return output;
    }
}
