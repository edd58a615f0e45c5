using Npgsql;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.AuditEvents;

/// <summary>
/// A stolen service has the serving role's rights in plain SQL. It cannot erase the log of a tenant that goes on
/// living, and what is taken away with greater rights is found by <c>tenantry audit verify</c>.
/// </summary>
public sealed class ErasedLogTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Erase = "SELECT door_purge_rows('{0}', 'audit_events', 1000, now() + interval '1 year')";

    private readonly Service service = shared.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_serving_role_cannot_backdate_a_deletion_and_erase_the_log()
    {
        var (_, tenant, _) = await service.NewTenant();
        var before = await Events(tenant);

        await AsTheService(
            tenant,
            "UPDATE tenants SET deleted_at = now() - interval '10 years', is_active = false",
            Erase
        );
        await AsTheService(tenant, "UPDATE tenants SET deleted_at = now() - interval '9 years'", Erase);

        (await Events(tenant)).ShouldBe(before);
        (
            await service.Ask<bool>($"SELECT deleted_at > now() - interval '1 hour' FROM tenants WHERE id = '{tenant}'")
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_of_a_tenant_is_taken_apart_within_its_grace()
    {
        var (_, tenant, _) = await service.NewTenant();
        var built = $"SELECT count(*) FROM roles WHERE tenant_id = '{tenant}' AND parent_id IS NOT NULL";
        var before = await service.Ask<long>(built);

        await AsTheService(
            tenant,
            "UPDATE tenants SET deleted_at = now(), is_active = false",
            $"SELECT erase_rows('{tenant}', 'roles', 1000, now() + interval '1 year', interval '1 minute')"
        );

        before.ShouldBeGreaterThan(0);
        (await service.Ask<long>(built)).ShouldBe(before);
    }

    [Fact]
    public async Task A_tenant_that_is_marked_deleted_does_not_go_on_serving()
    {
        var (_, tenant, admin) = await service.NewTenant();

        await Refused(tenant, "a deleted tenant cannot be active", "UPDATE tenants SET deleted_at = now()");
        await AsTheService(tenant, "UPDATE tenants SET deleted_at = now(), is_active = false");
        await Refused(tenant, "a deleted tenant cannot be active", "UPDATE tenants SET is_active = true");
        await AsTheService(tenant, "UPDATE tenants SET deleted_at = NULL, is_active = true");

        (await admin.Get("auth/me")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("UPDATE tenants SET slug = 'renamed'", "the slug of a tenant cannot be changed")]
    [InlineData(
        "UPDATE tenants SET deleted_at = now(), is_active = false",
        "the tenant platform cannot be deleted or deactivated"
    )]
    [InlineData("UPDATE tenants SET is_active = false", "the tenant platform cannot be deleted or deactivated")]
    [InlineData("UPDATE tenants SET audit_anchor = sha256('x')", "the audit anchor of a tenant cannot be changed")]
    public async Task The_platforms_log_is_as_safe_as_any(string change, string refusal)
    {
        var platform = await service.Ask<Guid>("SELECT id FROM tenants WHERE slug = 'platform'");
        var before = await Events(platform);

        await Refused(platform, refusal, change);
        await AsTheService(platform, Erase);

        (await Events(platform)).ShouldBeGreaterThanOrEqualTo(before);
    }

    [Fact]
    public async Task An_id_that_was_erased_does_not_return_before_the_owner_lets_it()
    {
        await using var own = await service.Cluster.Start();
        var (slug, tenant, _) = await Erased(own);
        var insert =
            $"INSERT INTO tenants (id, name, slug, subscription_tier, is_active, registration, verification_required, mail_on_new_device, allowed_origins, metadata, created_at, updated_at) "
            + $"VALUES ('{tenant}', 'Again', '{slug}', 'free', true, 'open', false, false, '{{}}', '{{}}', now(), now())";

        var fault = await Should.ThrowAsync<PostgresException>(() => AsTheService(own, tenant, insert));
        (fault.SqlState, fault.ConstraintName).ShouldBe((PostgresErrorCodes.UniqueViolation, "erased_tenants"));
        foreach (
            var change in new[]
            {
                "DELETE FROM erased_tenants",
                "UPDATE erased_tenants SET readmitted_at = now()",
                "INSERT INTO erased_tenants (id, erased_at) VALUES (gen_random_uuid(), now())",
            }
        )
            (await Should.ThrowAsync<PostgresException>(() => AsTheService(own, tenant, change))).SqlState.ShouldBe(
                PostgresErrorCodes.InsufficientPrivilege
            );
        (await Findings(own, null)).ShouldBeEmpty();

        var (code, output) = await OperatorCommand.Run(
            ["tenant", "readmit", $"{tenant}"],
            own.Cluster.Variables(own.Database)
        );

        code.ShouldBe(0, output);
        await AsTheService(own, tenant, insert);
        (
            await OperatorCommand.Run(["tenant", "readmit", $"{Guid.NewGuid()}"], own.Cluster.Variables(own.Database))
        ).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_log_begins_at_the_anchor_that_its_tenant_was_made_with()
    {
        var (_, tenant, _) = await service.NewTenant();
        (await service.Ask<int>($"SELECT length(audit_anchor) FROM tenants WHERE id = '{tenant}'")).ShouldBe(32);
        (await Findings(service, tenant)).ShouldBeEmpty();

        await Past($"UPDATE tenants SET audit_anchor = sha256('another') WHERE id = '{tenant}'");
        (await Findings(service, tenant)).ShouldContain(finding =>
            finding.Message.StartsWith("the chain does not begin at the anchor", StringComparison.Ordinal)
        );

        await Past(
            $"UPDATE tenants SET audit_anchor = NULL WHERE id = '{tenant}'; UPDATE audit_links SET linked_at = now() + interval '1 second' WHERE tenant_id = '{tenant}'"
        );
        (await Findings(service, tenant)).ShouldContain(finding =>
            finding.Message.StartsWith("the log has no anchor", StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// With rights over the database, and before a head was signed: all of it is as if it had just been made, anchor
    /// and all.
    /// </summary>
    [Fact]
    public async Task The_platforms_audit_log_reveals_a_tenant_recreated_with_another_log()
    {
        var (_, tenant, _) = await service.NewTenant();

        await service.Sql(
            $"""
            BEGIN;
            CREATE TEMP TABLE was ON COMMIT DROP AS SELECT * FROM tenants WHERE id = '{tenant}';
            CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM audit_events WHERE tenant_id = '{tenant}' ORDER BY id LIMIT 1;
            SET LOCAL session_replication_role = replica;
            DELETE FROM audit_links WHERE tenant_id = '{tenant}';
            DELETE FROM audit_events WHERE tenant_id = '{tenant}';
            DELETE FROM tenants WHERE id = '{tenant}';
            SET LOCAL session_replication_role = origin;
            UPDATE was SET audit_anchor = NULL;
            INSERT INTO tenants SELECT * FROM was;
            INSERT INTO audit_events SELECT * FROM kept;
            COMMIT;
            """
        );

        (await Findings(service, tenant))
            .ShouldHaveSingleItem()
            .Message.ShouldStartWith("the tenant's log begins at another anchor");
    }

    [Fact]
    public async Task An_audit_log_that_was_not_signed_for_hours_is_reported()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        await Past($"UPDATE audit_links SET linked_at = now() - interval '7 hours' WHERE tenant_id = '{tenant}'");

        (await Findings(service, tenant))
            .ShouldHaveSingleItem()
            .Message.ShouldStartWith("events from here on are not signed");

        await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        (await admin.Post("users", new { email = $"one@{slug}.example" })).Status.ShouldBe(201);
        (await Findings(service, tenant)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tenant_erased_without_a_certificate_is_reported()
    {
        await using var own = await service.Cluster.Start();
        var (_, tenant, _) = await Erased(own);
        (await Findings(own, null)).ShouldBeEmpty();

        await own.Sql(
            $"SET session_replication_role = replica; DELETE FROM audit_events WHERE action = 'tenant.purged' AND target_id = '{tenant}'"
        );

        (await Findings(own, null)).ShouldContain(finding =>
            finding.Tenant == tenant && finding.Message.Contains("no certificate", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_tenant_with_a_signed_log_that_is_missing_but_was_not_erased_is_reported()
    {
        await using var own = await service.Cluster.Start();
        var (_, tenant, _) = await own.NewTenant();
        await own.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        (await Findings(own, null)).ShouldBeEmpty();

        var tables = TenantErasure.Tables(own.Contexts.CreateDbContext().Model);
        await own.Sql(
            $"SET session_replication_role = replica; {string.Concat(tables.Select(table => $"DELETE FROM {table} WHERE tenant_id = '{tenant}'; "))}DELETE FROM tenants WHERE id = '{tenant}'"
        );

        (await Findings(own, null))
            .ShouldHaveSingleItem()
            .Message.ShouldStartWith("the tenant does not exist and was not erased");
    }

    [Fact]
    public async Task The_databases_days_of_grace_hold_whatever_the_service_says()
    {
        await using var own = await service.Cluster.Start(variables => variables["TENANT_PURGE_AFTER_DAYS"] = "0");
        var (_, tenant, _) = await own.NewTenant();
        await (await own.Platform()).Delete($"tenants/{tenant}");
        await own.Sql($"UPDATE tenants SET deleted_at = now() - interval '29 days' WHERE id = '{tenant}'");
        var purge = own.Services.GetRequiredService<TenantErasure>();

        (await purge.EraseNext(Cancel)).ShouldBeFalse();

        var variables = own.Cluster.Variables(own.Database);
        variables["TENANT_PURGE_AFTER_DAYS"] = "7";
        (await OperatorCommand.Run(["migrate"], variables)).Code.ShouldBe(0);
        await purge.EraseNext(Cancel);
        await own.Until($"SELECT NOT EXISTS (SELECT FROM tenants WHERE id = '{tenant}')");
    }

    private static async Task<(string Slug, Guid Id, Visitor Admin)> Erased(Service at)
    {
        var made = await at.NewTenant();
        await (await at.Platform()).Delete($"tenants/{made.Id}");
        await at.Sql($"UPDATE tenants SET deleted_at = now() - interval '31 days' WHERE id = '{made.Id}'");
        await at.Services.GetRequiredService<TenantErasure>().EraseNext(Cancel);
        await at.Until($"SELECT NOT EXISTS (SELECT FROM tenants WHERE id = '{made.Id}')");
        return made;
    }

    private Task<long> Events(Guid tenant) =>
        service.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{tenant}'");

    private async Task Refused(Guid tenant, string says, string change) =>
        (await Should.ThrowAsync<PostgresException>(() => AsTheService(tenant, change))).MessageText.ShouldBe(says);

    /// <summary>All in one transaction, with the rights that a stolen service has.</summary>
    private Task AsTheService(Guid tenant, params string[] statements) => AsTheService(service, tenant, statements);

    private static async Task AsTheService(Service at, Guid tenant, params string[] statements)
    {
        await using var connection = await at.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        foreach (var statement in statements.Prepend($"SELECT set_config('app.current_tenant_id', '{tenant}', true)"))
        {
            await using var command = new NpgsqlCommand(
                statement.Replace("{0}", tenant.ToString(), StringComparison.Ordinal),
                connection,
                transaction
            );
            await command.ExecuteNonQueryAsync(Cancel);
        }
        await transaction.CommitAsync(Cancel);
    }

    /// <summary>With the rights of the cluster's superuser, and no trigger.</summary>
    private Task Past(string sql) =>
        service.Sql("SET session_replication_role = replica; " + sql + "; SET session_replication_role = origin");

    private static async Task<List<AuditVerification.Finding>> Findings(Service at, Guid? tenant)
    {
        var findings = new List<AuditVerification.Finding>();
        await at.Services.GetRequiredService<AuditVerification>().Run(tenant, findings.Add, Cancel);
        return findings;
    }
}
