using System.Text.RegularExpressions;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Files;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Traffic.Metering;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// No worker is held up by one entry or by one tenant: each is declared with the test that shows it, and here are those
/// that have no better place.
/// </summary>
public sealed partial class QueueTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_worker_is_declared_with_the_test_of_its_failing_head()
    {
        var page = Repository.Read("docs/architecture.md");
        var section = page[page.IndexOf("## Queues and periodic workers", StringComparison.Ordinal)..];
        var rows = section[..section.IndexOf("\n## ", StringComparison.Ordinal)]
            .Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split(" | "))
            .ToList();
        var declared = rows.SelectMany(cells => Name().Matches(cells[0]).Select(name => name.Groups[1].Value)).ToList();
        var workers = typeof(Program)
            .Assembly.GetTypes()
            .Where(type =>
                !type.IsAbstract && typeof(Microsoft.Extensions.Hosting.BackgroundService).IsAssignableFrom(type)
            )
            .Select(type => type.Name)
            .ToList();

        declared.Order().ShouldBe(workers.Order());
        foreach (var cells in rows.Where(cells => !cells[1].Contains("no entries", StringComparison.Ordinal)))
        {
            var test = Name().Match(cells[^1]).Groups[1].Value.Split('.');
            var type = typeof(QueueTests).Assembly.GetTypes().SingleOrDefault(type => type.Name == test[0]);
            type.ShouldNotBeNull($"{cells[0]} names no test");
            if (test.Length > 1)
                type.GetMethod(test[1]).ShouldNotBeNull($"{cells[0]} names a test that is not there: {test[1]}");
        }
    }

    [Fact]
    public async Task An_object_that_cannot_be_removed_delays_no_other_and_is_given_up()
    {
        await using var service = await cluster.Start();
        var (_, tenant, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        await service.Sql(
            $"""
            CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER fails BEFORE DELETE ON object_removals FOR EACH ROW WHEN (OLD.object_key LIKE '{tenant}%') EXECUTE FUNCTION fails();
            INSERT INTO object_removals (id, object_key, attempts, due_at) SELECT gen_random_uuid(), '{tenant}/' || gen_random_uuid(), 0, now() - interval '1 day' FROM generate_series(1, 5) n
            """
        );
        var key = StoredFile.NewKey(other);
        await service.Sql(
            $"INSERT INTO object_removals (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), '{key}', 0, now()); SELECT pg_notify('tenantry_changes', 'object_removals x')"
        );

        await service.Until($"SELECT NOT EXISTS (SELECT FROM object_removals WHERE object_key = '{key}')");
        await service.Until(
            $"SELECT bool_and(attempts >= 1 AND last_error = 'PostgreSQL P0001' AND failed_at IS NULL) FROM object_removals"
        );

        await service.Sql(
            "UPDATE object_removals SET attempts = 99, due_at = now() WHERE id = (SELECT min(id::text)::uuid FROM object_removals); SELECT pg_notify('tenantry_changes', 'object_removals x')"
        );
        await service.Until(
            "SELECT count(*) = 1 AND bool_and(attempts = 100 AND failed_at IS NOT NULL) FROM object_removals WHERE due_at = 'infinity'"
        );
    }

    [Fact]
    public async Task A_claim_of_objects_takes_one_of_each_tenant_and_begins_after_the_one_that_was_served_last()
    {
        await using var service = await cluster.Start(replace: services =>
            services.Remove(
                services.Single(one =>
                    one.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService)
                    && one.ImplementationFactory?.Method.ReturnType == typeof(ObjectRemovalWorker)
                )
            )
        );
        Guid[] tenants =
        [
            new("10000000-0000-7000-8000-000000000000"),
            new("20000000-0000-7000-8000-000000000000"),
            new("a0000000-0000-7000-8000-000000000000"),
        ];
        foreach (var tenant in tenants)
            await service.Sql(
                $"INSERT INTO object_removals (id, object_key, attempts, due_at) SELECT gen_random_uuid(), '{tenant}/' || n, 0, now() FROM generate_series(1, 5) n"
            );

        (await Claimed(Guid.Empty)).ShouldBe("1,2,a");
        (await Claimed(tenants[0])).ShouldBe("2,a,1");
        (await Claimed(tenants[2], tenants[1])).ShouldBe("1,a");
        (await Claimed(tenants[1])).ShouldBe("a,1,2");

        async Task<string?> Claimed(Guid served, params Guid[] full) =>
            await service.Ask<string>(
                $"SELECT string_agg(left(object_key, 1), ',' ORDER BY n) FROM claim_object_work('object_removals', 10, interval '1 minute', '{served}', ARRAY[{string.Join(',', full.Select(id => $"'{id}'"))}]::uuid[]) WITH ORDINALITY AS c (id, object_key, store_upload, attempts, n)"
            );
    }

    [Fact]
    public async Task Counts_of_one_tenant_that_are_refused_do_not_hold_up_the_others()
    {
        await using var service = await cluster.Start();
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
            ids.Add((await service.NewTenant()).Id);
        var counts = service.Services.GetRequiredService<RequestMeter>();
        await counts.Write(Cancel);
        await service.Sql(
            $"""
            DELETE FROM request_days;
            CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one' USING ERRCODE = 'check_violation'; END $$;
            CREATE TRIGGER fails BEFORE INSERT ON request_days FOR EACH ROW WHEN (NEW.tenant_id = '{ids[
                1
            ]}') EXECUTE FUNCTION fails()
            """
        );
        foreach (var id in ids)
            counts.Add(id, isRefused: false);

        await service.Until(
            $"SELECT count(*) = 2 FROM request_days WHERE tenant_id IN ('{ids[0]}', '{ids[2]}') AND requests = 1"
        );
        await service.Sql("DROP TRIGGER fails ON request_days");
        await service.Until(
            $"SELECT count(*) = 3 FROM request_days WHERE tenant_id IN ('{string.Join("', '", ids)}') AND requests = 1"
        );
    }

    [Fact]
    public async Task An_audit_log_that_cannot_be_signed_holds_up_no_other()
    {
        await using var service = await cluster.Start();
        var (_, one, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        var first = one.CompareTo(other) < 0 ? one : other;
        await service.Sql(
            $"""
            CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER fails BEFORE INSERT ON audit_heads FOR EACH ROW WHEN (NEW.tenant_id = '{first}') EXECUTE FUNCTION fails()
            """
        );
        var keeping = service.Services.GetRequiredService<AuditRetention>();

        await Should.ThrowAsync<Microsoft.EntityFrameworkCore.DbUpdateException>(() => keeping.RunOnce(Cancel));

        (await service.Ask<long>($"SELECT count(*) FROM audit_heads WHERE tenant_id IN ('{one}', '{other}')")).ShouldBe(
            1
        );
        await service.Sql("DROP TRIGGER fails ON audit_heads");
        (await keeping.RunOnce(Cancel)).ShouldBeGreaterThan(0);
        (await service.Ask<long>($"SELECT count(*) FROM audit_heads WHERE tenant_id IN ('{one}', '{other}')")).ShouldBe(
            2
        );
    }

    [Fact]
    public async Task A_tenant_whose_old_secrets_cannot_be_forgotten_holds_up_no_other()
    {
        await using var service = await cluster.Start();
        var (_, one, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        await service.Settled();
        var (first, last) = one.CompareTo(other) < 0 ? (one, other) : (other, one);
        await service.Sql(
            $"""
            ALTER TABLE notification_logs DISABLE TRIGGER USER;
            INSERT INTO notification_logs (tenant_id, id, type, recipient, template_name, body, is_secret, priority, category, status, transport, is_ready, due_at, attempts, created_at)
                SELECT t, gen_random_uuid(), 'email', 'old@example.com', 'password_reset', 'readable', true, 0, 'transactional', 'sent', 'smtp', false, now(), 1, now() FROM unnest(ARRAY['{one}', '{other}']::uuid[]) t;
            ALTER TABLE notification_logs ENABLE TRIGGER USER;
            CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER fails BEFORE UPDATE ON notification_logs FOR EACH ROW WHEN (NEW.tenant_id = '{first}') EXECUTE FUNCTION fails()
            """
        );

        await service
            .Services.GetRequiredService<Tenantry.Features.Notifications.Delivery.SecretTextErasure>()
            .RunOnce(Cancel);

        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{last}' AND body = 'readable'"
            )
        ).ShouldBe(0);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{first}' AND body = 'readable'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_tenant_that_cannot_be_counted_holds_up_no_other()
    {
        await using var service = await cluster.Start();
        var (_, one, _) = await service.NewTenant();
        var (_, other, _) = await service.NewTenant();
        var (first, last) = one.CompareTo(other) < 0 ? (one, other) : (other, one);
        await service.Sql(
            $"""
            INSERT INTO storage_counts (tenant_id, files, bytes) VALUES ('{first}', 7, 7), ('{last}', 7, 7) ON CONFLICT (tenant_id) DO UPDATE SET files = 7, bytes = 7;
            CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER fails BEFORE UPDATE ON storage_counts FOR EACH ROW WHEN (NEW.tenant_id = '{first}') EXECUTE FUNCTION fails()
            """
        );

        var report = await service
            .Services.GetRequiredService<FileReconciler>()
            .Run(
                new FileReconciler.Terms(IsDry: false, FileReconciler.DefaultGrace, 0, EvenIfMany: false),
                _ => { },
                Cancel
            );

        report.Unread.ShouldBe([first]);
        report.ToString().ShouldContain($"{first}");
        (await service.Ask<long>($"SELECT files FROM storage_counts WHERE tenant_id = '{last}'")).ShouldBe(0);
    }

    [GeneratedRegex("`([A-Za-z_.]+)`")]
    private static partial Regex Name();
}
