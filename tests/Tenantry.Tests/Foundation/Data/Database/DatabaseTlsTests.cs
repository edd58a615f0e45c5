using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

public sealed class DatabaseTlsTests
{
    [Fact]
    public async Task The_verify_full_mode_refuses_a_server_with_an_untrusted_certificate_or_another_name()
    {
        using var authority = new Authority();
        using var stranger = new Authority();
        await using var server = await PostgresServer.Begin(authority);
        string root = Uri.EscapeDataString(authority.RootFile),
            another = Uri.EscapeDataString(stranger.RootFile);

        (await Opens(server.Url("localhost", $"sslmode=verify-full&sslrootcert={root}"))).ShouldBe("encrypted");
        (await Opens(server.Url("localhost", $"sslmode=verify-full&sslrootcert={another}"))).ShouldBe("refused");
        (await Opens(server.Url("localhost", "sslmode=verify-full"))).ShouldBe("refused");
        (await Opens(server.Url("127.0.0.1", $"sslmode=verify-full&sslrootcert={root}"))).ShouldBe("refused"); // the certificate is of another name
        (await Opens(server.Url("127.0.0.1", $"sslmode=verify-ca&sslrootcert={root}"))).ShouldBe("encrypted");
    }

    private static async Task<string> Opens(string url)
    {
        PostgresUrl.TryParse(url, out var connection, out var fault).ShouldBeTrue(fault);
        await using var source = DatabaseServices.DataSource(connection!);
        try
        {
            await using var command = source.CreateCommand("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
            return (bool)(await command.ExecuteScalarAsync())! ? "encrypted" : "in the clear";
        }
        catch (NpgsqlException e) when (e.InnerException is System.Security.Authentication.AuthenticationException)
        {
            return "refused";
        }
    }
}
