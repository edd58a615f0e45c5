using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Tenantry.Commands;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Commands;

/// <summary>The proof finds nothing in the service, and finds each leak that is planted for it.</summary>
public sealed class IsolationProofTests(Cluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task Every_role_of_a_tenant_tries_every_route_and_gets_nothing()
    {
        await using var service = await cluster.Start();

        var (leaks, table) = await Prove(service);

        output.WriteLine(table);
        leaks.ShouldBeEmpty();
        table.ShouldContain("ok   DELETE /api/v1/users/{id}/roles/{roleId}");
        (await service.Ask<string[]>("SELECT array_agg(slug ORDER BY slug) FROM tenants")).ShouldBe([
            "default",
            "platform",
        ]); // those of the proof are gone
    }

    [Fact]
    public async Task The_command_prints_the_table_and_ends_well()
    {
        await using var service = await cluster.Start();

        var (code, text) = await OperatorCommand.Run(
            ["prove-isolation", "--below", "/api/v1/roles"],
            cluster.Variables(service.Database)
        );

        code.ShouldBe(0, text);
        text.ShouldContain(", 0 leaks");
    }

    [Fact]
    public async Task A_table_without_its_policy_is_found()
    {
        await using var service = await cluster.Start();
        await service.Sql("ALTER TABLE users DISABLE ROW LEVEL SECURITY");

        var (leaks, _) = await Prove(service, "/api/v1/users");

        leaks.ShouldContain(leak =>
            leak.Contains("GET /api/v1/users/{id} as Viewer") && leak.Contains("200 for the other tenant's id")
        );
        leaks.ShouldContain(leak => leak.Contains("GET /api/v1/users as Viewer") && leak.Contains("contains"));
        leaks.ShouldContain(leak => leak.Contains("rows were changed"));
    }

    [Fact]
    public async Task A_handler_that_goes_past_the_policy_is_found()
    {
        await using var service = await cluster.Start(replace: services =>
            services.AddSingleton<IStartupFilter>(new Leaky(() => cluster.Admin))
        );
        ((Leaky)service.Services.GetServices<IStartupFilter>().Single(filter => filter is Leaky)).Database =
            service.Database;

        var (leaks, _) = await Prove(service, "/api/v1/roles");

        leaks.ShouldContain(leak =>
            leak.Contains("GET /api/v1/roles/{id}") && leak.Contains("200 for the other tenant's id")
        );
        leaks.ShouldAllBe(leak => leak.Contains("/roles/{id}"));
    }

    [Fact]
    public async Task An_answer_that_distinguishes_a_foreign_id_from_an_unknown_id_is_reported_as_a_leak()
    {
        await using var service = await cluster.Start(replace: services =>
            services.AddSingleton<IStartupFilter>(new Telling(() => cluster.Admin))
        );
        ((Telling)service.Services.GetServices<IStartupFilter>().Single(filter => filter is Telling)).Database =
            service.Database;

        var (leaks, _) = await Prove(service, "/api/v1/roles");

        leaks.ShouldContain(leak =>
            leak.Contains("GET /api/v1/roles/{id}") && leak.Contains("not the response to an unknown id")
        );
    }

    private static async Task<(IReadOnlyList<string> Leaks, string Table)> Prove(Service service, string? below = null)
    {
        await using var table = new StringWriter();
        using var proof = new IsolationProof(service.Services, service.Url, table);
        return (await proof.Run(below, TestContext.Current.CancellationToken), table.ToString());
    }

    /// <summary>Answers <c>GET roles/{id}</c> with whoever's role it is.</summary>
    private sealed class Leaky(Func<NpgsqlConnectionStringBuilder> admin) : Planted(admin)
    {
        protected override Task<bool> Answer(HttpContext http, string? name) =>
            name is null ? Task.FromResult(false) : Write(http, 200, name);
    }

    /// <summary>Refuses a role of somebody else in other words than one that is not there.</summary>
    private sealed class Telling(Func<NpgsqlConnectionStringBuilder> admin) : Planted(admin)
    {
        protected override Task<bool> Answer(HttpContext http, string? name) =>
            name is null ? Task.FromResult(false) : Write(http, 403, "not yours");
    }

    private abstract class Planted(Func<NpgsqlConnectionStringBuilder> admin) : IStartupFilter
    {
        public string Database { get; set; } = "";

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (http, rest) =>
                    {
                        var parts = http.Request.Path.Value!.Split('/');
                        if (
                            http.Request.Method != "GET"
                            || parts is not [_, "api", "v1", "roles", var id]
                            || !await Answer(http, await NameOf(id))
                        )
                            await rest(http);
                    }
                );
                next(app);
            };

        protected abstract Task<bool> Answer(HttpContext http, string? name);

        protected static async Task<bool> Write(HttpContext http, int status, string text)
        {
            http.Response.StatusCode = status;
            await http.Response.WriteAsync(text);
            return true;
        }

        private async Task<string?> NameOf(string id)
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(admin().ConnectionString) { Database = Database }.ConnectionString
            );
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT name FROM roles WHERE id = $1", connection)
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = Guid.Parse(id) } },
            };
            return (string?)await command.ExecuteScalarAsync();
        }
    }
}
