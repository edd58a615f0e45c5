using System.Net.Http.Json;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Traffic.Metering;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// Tries each verb on each tenant's table, in plain SQL with the serving role, as another tenant and as none. The
/// tables come from the model: a new one is tried without anybody thinking of it.
/// </summary>
public sealed class EveryTenantTableTests(EveryTenantTableTests.Idle shared) : IClassFixture<EveryTenantTableTests.Idle>
{
    private readonly Service service = shared.Service;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Tables => CatalogueTests.TenantTables;

    [Theory, MemberData(nameof(Tables))]
    public async Task Another_tenants_rows_cannot_be_seen_changed_deleted_or_made(string table)
    {
        var (victim, attacker) = (await Furnished(), await service.NewTenant());

        await NothingHappens(table, victim, attacker.Id);
    }

    [Theory, MemberData(nameof(Tables))]
    public async Task Without_a_tenant_rows_cannot_be_seen_changed_deleted_or_made(string table) =>
        await NothingHappens(table, await Furnished(), context: null);

    private async Task NothingHappens(string table, Guid victim, Guid? context)
    {
        var column = table == "tenants" ? "id" : "tenant_id";
        var before = await service.Ask<string>(
            $"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t WHERE {column} = '{victim}'"
        );
        before.ShouldNotBeNull($"nothing of {table} to steal: furnish the tenant with it");
        var row = await service.Ask<string>(
            $"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = '{victim}' LIMIT 1"
        );

        (await Run(context, $"SELECT FROM {table} WHERE {column} = '{victim}'")).ShouldBe("0 rows");
        (await Run(context, $"UPDATE {table} SET {column} = {column} WHERE {column} = '{victim}'")).ShouldBeOneOf(
            "0 rows",
            "42501"
        );
        (await Run(context, $"DELETE FROM {table} WHERE {column} = '{victim}'")).ShouldBeOneOf("0 rows", "42501");
        var columns = await service.Ask<string>(
            $"SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        );
        (
            await Run(
                context,
                $"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, '{row!.Replace("'", "''", StringComparison.Ordinal)}')"
            )
        ).ShouldBe("42501");
        (
            await service.Ask<string>(
                $"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t WHERE {column} = '{victim}'"
            )
        ).ShouldBe(before);
    }

    /// <returns>the rows touched, or the SQLSTATE of the refusal</returns>
    private async Task<string> Run(Guid? context, string sql)
    {
        await using var connection = await service.DataSource.OpenConnectionAsync(Cancel);
        await using var batch = connection.CreateBatch();
        if (context is { } tenant)
            batch.BatchCommands.Add(TenantStatement.For(tenant));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(Cancel);
            while (await reader.NextResultAsync(Cancel)) { }
            return $"{batch.BatchCommands[^1].Rows} rows";
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    /// <summary>A service whose workers take nothing out of the tables.</summary>
    public sealed class Idle(Cluster cluster) : IAsyncLifetime
    {
        public Service Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Service = await cluster.Start(replace: WithoutWorkers);

        public ValueTask DisposeAsync() => Service.DisposeAsync();

        public static void WithoutWorkers(IServiceCollection services) =>
            services.Remove(
                services.Single(service =>
                    service.ImplementationType == typeof(Tenantry.Features.Auth.Mails.MailRequestWorker)
                )
            );
    }

    /// <summary>A tenant with a row in every table.</summary>
    private async Task<Guid> Furnished()
    {
        var (slug, id, _) = await service.NewTenant();
        await service.At(slug).NewUser();
        await service.At(slug).Post("auth/password-reset-request", new { email = "nobody@example.com" });
        await service.Sql($"UPDATE tenants SET verification_required = true WHERE id = '{id}'");
        await service.Sql(
            $"INSERT INTO mailed_tokens (tenant_id, id, user_id, purpose, token_hash, created_at, expires_at) SELECT tenant_id, gen_random_uuid(), id, 'email_verification', sha256(id::text::bytea), now(), now() FROM users WHERE tenant_id = '{id}'"
        );
        await service.At(slug).Post("auth/login", new { email = "nobody@example.com", password = "wrong password" });
        (
            await service
                .At(slug)
                .Send(
                    HttpMethod.Post,
                    "auth/password-reset-request",
                    JsonContent.Create(new { email = "nobody@example.com" }),
                    ("Idempotency-Key", "once")
                )
        ).Status.ShouldBe(202);
        await service.Services.GetRequiredService<RequestMeter>().Write(Cancel); // what was asked so far is not counted in the middle of a test
        await service.Sql(
            $"INSERT INTO request_days (tenant_id, day, requests, refusals) VALUES ('{id}', '2026-01-01', 1, 0)"
        );
        await SeedData.OfMessages(service, id);
        await SeedData.OfFiles(service, id);
        await SeedData.OfAudit(service, id);
        await service.Settled();
        return id;
    }
}
