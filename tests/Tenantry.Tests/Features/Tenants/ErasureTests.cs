using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

/// <summary>Erasure ends for a tenant with any rows, and goes on for the others where it does not.</summary>
public sealed class ErasureTests(Cluster cluster)
{
    private const int Rows = 1_200; // more than are erased at once

    [Fact]
    public async Task A_role_with_more_roles_on_it_than_are_erased_at_once_is_erased()
    {
        await using var service = await cluster.Start();
        var (_, id, _) = await service.NewTenant();
        // Neither the parent before its children nor a circle keeps them there.
        await service.Sql(
            $"""
            INSERT INTO roles (tenant_id, id, name, parent_id, is_system_role, created_at, updated_at)
            SELECT '{id}', gen_random_uuid(), 'Role ' || n, (SELECT id FROM roles WHERE tenant_id = '{id}' AND name = 'Viewer'), false, now(), now() FROM generate_series(1, {Rows}) n;
            UPDATE roles SET parent_id = (SELECT id FROM roles WHERE tenant_id = '{id}' AND name = 'Role 1') WHERE tenant_id = '{id}' AND name = 'Viewer';
            """
        );
        await Delete(service, id, daysAgo: 40);

        await Erase(service);

        (await service.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_tenant_with_far_more_rows_in_every_table_than_are_erased_at_once_is_erased()
    {
        await using var service = await cluster.Start(replace: services =>
            services.Remove(services.Single(one => one.ImplementationType == typeof(MailRequestWorker)))
        );
        var (id, other) = (await Furnished(service), await Furnished(service));
        var model = service.Contexts.CreateDbContext().GetService<IDesignTimeModel>().Model;
        var tables = TenantErasure.Tables(model);
        foreach (var table in tables.Reverse()) // those that are referred to first
            await service.Sql(Multiply(model.GetEntityTypes().Single(entity => entity.GetTableName() == table), id));
        var single = model
            .GetEntityTypes()
            .Where(entity => entity.FindPrimaryKey()!.Properties.Count == 1)
            .Select(entity => entity.GetTableName()!); // one row a tenant is all they can have
        foreach (var table in tables.Except(single))
            (await service.Ask<long>($"SELECT count(*) FROM {table} WHERE tenant_id = '{id}'")).ShouldBeGreaterThan(
                Rows,
                table
            );
        string[] lasting = ["users", "user_roles", "roles", "role_permissions", "files", "notification_templates"];
        var before = await Count(service, lasting, other);
        await Delete(service, id, daysAgo: 40);

        await Erase(service);

        (await service.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'")).ShouldBe(0);
        (await Count(service, tables, id)).ShouldBe(0);
        (await Count(service, lasting, other)).ShouldBe(before);
        var certificate = JsonNode.Parse(
            (
                await service.Ask<string>(
                    $"SELECT details::text FROM audit_events WHERE action = 'tenant.purged' AND target_id = '{id}'"
                )
            )!
        )!;
        certificate["erased"]!.Number("roles").ShouldBeGreaterThan(Rows);
    }

    [Fact]
    public async Task A_tenant_that_cannot_be_erased_stops_no_other_is_shown_and_is_tried_again()
    {
        await using var service = await cluster.Start();
        var (slug, stuck, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        var (_, living, _) = await service.NewTenant();
        await service.Sql(
            $$"""
            CREATE FUNCTION stand_in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF OLD.tenant_id = '{{stuck}}' THEN RAISE EXCEPTION 'secret of %', OLD.id USING ERRCODE = 'P0001'; END IF;
                RETURN OLD;
            END $$;
            CREATE TRIGGER stand_in_the_way BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION stand_in_the_way();
            """
        );
        var platform = await service.Platform();
        await Delete(service, stuck, daysAgo: 41);
        await Delete(service, other, daysAgo: 40);

        await Erase(service);

        (await service.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{other}'")).ShouldBe(0);
        var shown = await platform.Get($"tenants/{stuck}");
        var erasure = shown.Json["erasure"].ShouldNotBeNull(shown.Text);
        erasure.Number("attempts").ShouldBe(1);
        erasure["failed_at"].ShouldNotBeNull();
        erasure["next_attempt_at"].ShouldNotBeNull();
        erasure.Text("reason").ShouldContain("P0001");
        erasure.Text("reason").ShouldNotContain("secret");
        var listed = (await platform.Get($"tenants?slug={slug}")).Items().ShouldHaveSingleItem()!;
        listed["erasure"]!.ToJsonString().ShouldBe(erasure.ToJsonString());
        (await platform.Get($"tenants/{living}")).Json["erasure"].ShouldBeNull();

        await Erase(service); // not before its time
        (await platform.Get($"tenants/{stuck}")).Json["erasure"]!.Number("attempts").ShouldBe(1);
        await service.Sql(
            "SET ROLE tenantry_doors; UPDATE tenants SET erasure_next_at = now() - interval '1 second' WHERE erasure_next_at IS NOT NULL; RESET ROLE; DROP TRIGGER stand_in_the_way ON users"
        );
        await Erase(service);
        (await service.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{stuck}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_row_that_refers_to_another_of_its_table_can_let_go_of_it()
    {
        await using var service = await cluster.Start();
        var references = service
            .Contexts.CreateDbContext()
            .GetService<IDesignTimeModel>()
            .Model.GetEntityTypes()
            .SelectMany(entity =>
                entity
                    .GetForeignKeys()
                    .Where(key => key.PrincipalEntityType == entity)
                    .SelectMany(key => key.Properties.Where(property => property.Name != nameof(ITenantOwned.TenantId)))
            )
            .ToList();

        references.ShouldNotBeEmpty();
        foreach (var reference in references)
        {
            reference.IsNullable.ShouldBeTrue(reference.ToString());
            (
                await service.Ask<bool>(
                    $"SELECT has_column_privilege('tenantry_doors', '{reference.DeclaringType.GetTableName()}', '{reference.GetColumnName()}', 'UPDATE')"
                )
            ).ShouldBeTrue(reference.ToString());
        }
    }

    [Theory]
    [InlineData("UPDATE tenants SET erasure_next_at = 'infinity'")]
    [InlineData("UPDATE tenants SET erasure_attempts = 100")]
    [InlineData("UPDATE tenants SET erasure_reason = 'made up', erasure_failed_at = now()")]
    public async Task The_serving_role_cannot_write_the_state_of_an_erasure(string sql)
    {
        await using var service = await cluster.Start();
        var (_, id, _) = await service.NewTenant();
        await using var connection = await service.DataSource.OpenConnectionAsync(
            TestContext.Current.CancellationToken
        );
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(TenantStatement.For(id));
        batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand(sql));

        (
            await Should.ThrowAsync<Npgsql.PostgresException>(
                batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)
            )
        ).SqlState.ShouldBe("42501");
    }

    /// <summary>As the platform does it, and as many days ago.</summary>
    private static async Task Delete(Service service, Guid tenant, int daysAgo)
    {
        (await (await service.Platform()).Delete($"tenants/{tenant}")).Status.ShouldBe(202);
        await service.Sql($"UPDATE tenants SET deleted_at = now() - interval '{daysAgo} days' WHERE id = '{tenant}'");
    }

    private static async Task Erase(Service service)
    {
        var purge = service.Services.GetRequiredService<TenantErasure>();
        while (await purge.EraseNext(CancellationToken.None)) { }
    }

    private static async Task<long> Count(Service service, IEnumerable<string> tables, Guid tenant) =>
        await service.Ask<long>(
            "SELECT "
                + string.Join(
                    " + ",
                    tables.Select(table => $"(SELECT count(*) FROM {table} WHERE tenant_id = '{tenant}')")
                )
        );

    /// <summary>A tenant with a row in every table.</summary>
    private static async Task<Guid> Furnished(Service service)
    {
        var (slug, id, admin) = await service.NewTenant();
        await admin.Post(
            "notifications/email",
            new
            {
                recipient = "a@example.com",
                subject = "Hello",
                body = "Hello",
            }
        );
        await service.At(slug).Post("auth/login", new { email = "nobody@example.com", password = "wrong password" });
        await service.At(slug).Post("auth/password-reset-request", new { email = "nobody@example.com" });
        await service
            .At(slug)
            .Send(
                HttpMethod.Post,
                "auth/password-reset-request",
                System.Net.Http.Json.JsonContent.Create(new { email = "nobody@example.com" }),
                ("Idempotency-Key", "once")
            );
        await service.Sql(
            $"INSERT INTO mailed_tokens (tenant_id, id, user_id, purpose, token_hash, created_at, expires_at) SELECT tenant_id, gen_random_uuid(), id, 'email_verification', sha256(id::text::bytea), now(), now() FROM users WHERE tenant_id = '{id}'"
        );
        await service.Sql(
            $"INSERT INTO request_days (tenant_id, day, requests, refusals) VALUES ('{id}', '2026-01-01', 1, 0) ON CONFLICT DO NOTHING"
        );
        await SeedData.OfMessages(service, id);
        await SeedData.OfFiles(service, id);
        await SeedData.OfAudit(service, id);
        await service.Settled();
        return id;
    }

    /// <summary>
    /// The statement that copies a tenant's first row of a table many times. What is unique becomes another in each;
    /// what refers to other tables goes through their rows.
    /// </summary>
    private static string Multiply(IEntityType entity, Guid tenant)
    {
        var (table, changes) = (entity.GetTableName()!, new List<string>());
        var unique = entity
            .GetKeys()
            .SelectMany(key => key.Properties)
            .Concat(entity.GetIndexes().Where(index => index.IsUnique).SelectMany(index => index.Properties))
            .Distinct();
        foreach (var property in unique.Where(property => property.Name != nameof(ITenantOwned.TenantId)))
        {
            if (
                property
                    .GetContainingForeignKeys()
                    .Any(key =>
                        !typeof(ITenantOwned).IsAssignableFrom(key.PrincipalEntityType.ClrType)
                        && key.Properties.Count == 1
                    )
            )
                continue; // of the catalogue, which all share
            var column = property.GetColumnName();
            var principal = property
                .GetContainingForeignKeys()
                .Select(key => key.PrincipalEntityType)
                .FirstOrDefault(other => typeof(ITenantOwned).IsAssignableFrom(other.ClrType));
            var value = (principal, property.GetColumnType()) switch
            {
                ({ } other, _) =>
                    $"(SELECT ids[1 + n % cardinality(ids)] FROM (SELECT array_agg(id ORDER BY id) AS ids FROM {other.GetTableName()} WHERE tenant_id = '{tenant}') AS x)",
                (_, "uuid") => $"md5('{table} ' || n)::uuid", // by n, or else all would be the same
                (_, "bytea") => "sha256(n::text::bytea)",
                (_, "date") => "'2000-01-01'::date + n",
                (_, "text") => $"coalesce(t.{column}, '') || n",
                _ => "n + 10",
            };
            changes.Add($"'{column}', {value}");
        }
        foreach (var key in entity.GetForeignKeys().Where(key => key.PrincipalEntityType == entity)) // all on one
            changes.Add($"'{key.Properties[^1].GetColumnName()}', t.id");
        var columns = string.Join(
            ", ",
            entity
                .GetProperties()
                .Where(property => property.GetComputedColumnSql() is null && property.GetColumnName() != "xmin")
                .Select(property => property.GetColumnName())
        );
        return $"""
            INSERT INTO {table} ({columns}) SELECT {string.Join(
                ", ",
                columns.Split(", ").Select(column => "r." + column)
            )}
            FROM (SELECT * FROM {table} WHERE tenant_id = '{tenant}' ORDER BY 1, 2 LIMIT 1) AS t CROSS JOIN generate_series(1, {Rows
                + 50}) AS n
            CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, to_jsonb(t) || jsonb_build_object({string.Join(
                ", ",
                changes
            )})) AS r ON CONFLICT DO NOTHING
            """;
    }
}
