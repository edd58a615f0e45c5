using System.Security.Cryptography;
using Npgsql;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Harness;

/// <summary>A PostgreSQL of a test's own, for what cannot be tried on the one that all share.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private string port = "";

    private PostgresServer(string folder) => this.folder = folder;

    public static async Task<PostgresServer> Begin()
    {
        // Below the folder of ./test, which ends what is left there.
        var around = Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes
            ? Path.GetDirectoryName(processes)!
            : Path.GetTempPath();
        var server = new PostgresServer(
            Directory.CreateDirectory(Path.Combine(around, "pg" + Guid.NewGuid().ToString("N")[..8])).FullName
        );
        server.port = await server.Run("start", server.folder, "killed");
        return server;
    }

    /// <summary>One that speaks TLS.</summary>
    public static async Task<PostgresServer> Begin(Authority authority)
    {
        var server = await Begin();
        await server.Execute(
            $"""
            COPY (SELECT $text${await File.ReadAllTextAsync(
                authority.CertificateFile
            )}$text$) TO PROGRAM 'sed "s/\\\\n/\n/g" > server.pem'
            """
        );
        await server.Execute(
            $"""
            COPY (SELECT $text${await File.ReadAllTextAsync(
                authority.KeyFile
            )}$text$) TO PROGRAM 'umask 077; sed "s/\\\\n/\n/g" > server.key'
            """
        );
        await server.Execute("ALTER SYSTEM SET ssl_cert_file = 'server.pem'");
        await server.Execute("ALTER SYSTEM SET ssl_key_file = 'server.key'");
        await server.Execute("ALTER SYSTEM SET ssl = on");
        await server.Execute("SELECT pg_reload_conf()");
        return server;
    }

    public NpgsqlConnectionStringBuilder Admin =>
        new()
        {
            Host = "127.0.0.1",
            Port = int.Parse(port, System.Globalization.CultureInfo.InvariantCulture),
            Username = "tenantry_admin",
            Password = password,
            Database = "postgres",
        };

    /// <param name="host">by which it is asked for</param>
    /// <param name="parameters">of the URL</param>
    public string Url(string host, string parameters) =>
        $"postgresql://tenantry_admin:{password}@{host}:{port}/postgres?{parameters}";

    public async ValueTask DisposeAsync() => await Run("stop", folder);

    private async Task Execute(string sql)
    {
        PostgresUrl.TryParse(Url("127.0.0.1", "sslmode=disable"), out var connection, out _).ShouldBeTrue();
        await Cluster.Execute(connection!, sql);
    }

    private Task<string> Run(params string[] arguments) =>
        Script.Said(["scripts/postgres.sh", .. arguments], new() { ["PG_ADMIN_PASSWORD"] = password });
}
