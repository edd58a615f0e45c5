using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.AuditEvents;

/// <summary>The log is appended to and nothing else; whoever gets past that is found out.</summary>
public sealed class AuditChainTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("UPDATE audit_events SET outcome = 'success' WHERE tenant_id = '{0}'")]
    [InlineData("DELETE FROM audit_events WHERE tenant_id = '{0}'")]
    [InlineData("UPDATE audit_links SET hash = '' WHERE tenant_id = '{0}'")]
    [InlineData("DELETE FROM audit_heads WHERE tenant_id = '{0}'")]
    [InlineData("TRUNCATE audit_events")]
    [InlineData("TRUNCATE audit_links")]
    [InlineData("SET ROLE tenantry_doors; TRUNCATE audit_months.rest")]
    [InlineData(
        "DO $$ BEGIN EXECUTE 'TRUNCATE audit_months.' || to_char(now() AT TIME ZONE 'UTC', '\"m\"YYYY_MM'); END $$"
    )]
    public async Task Not_even_the_owner_of_the_database_changes_it_by_chance(string sql)
    {
        var (_, tenant, _) = await service.NewTenant();
        await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);

        var fault = await Should.ThrowAsync<PostgresException>(() =>
            service.Sql(sql.Replace("{0}", tenant.ToString(), StringComparison.Ordinal))
        );

        (fault.SqlState, fault.MessageText).ShouldBe(
            (PostgresErrorCodes.InsufficientPrivilege, "the audit log is append-only")
        );
    }

    [Fact]
    public async Task Changes_at_once_over_many_connections_are_linked_one_after_the_other()
    {
        var (slug, tenant, admin) = await service.NewTenant();

        await Parallel.ForAsync(
            0,
            60,
            Cancel,
            async (i, _) => (await admin.Post("users", new { email = $"u{i}@{slug}.example" })).Status.ShouldBe(201)
        );

        (
            await service.Ask<string>(
                $"SELECT string_agg(position::text, ',' ORDER BY position) FROM audit_links WHERE tenant_id = '{tenant}'"
            )
        ).ShouldBe(
            string.Join(
                ',',
                Enumerable.Range(
                    1,
                    (int)await service.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{tenant}'")
                )
            )
        );
        (await Findings(tenant)).ShouldBeEmpty();
    }

    public static TheoryData<string, string> Tampering =>
        new()
        {
            {
                "UPDATE audit_events SET outcome = 'success' WHERE tenant_id = '{0}' AND outcome <> 'success'",
                "the event was changed"
            },
            {
                """UPDATE audit_events SET changes = '{"is_active": {"after": true, "before": false}}' WHERE tenant_id = '{0}' AND action = 'user.invited'""",
                "the event was changed"
            },
            {
                "UPDATE audit_events SET occurred_at = occurred_at + interval '1 second' WHERE tenant_id = '{0}' AND action = 'user.invited'",
                "the event was changed"
            },
            {
                "UPDATE audit_events SET user_agent = coalesce(user_agent, '') || trace_id, trace_id = '' WHERE tenant_id = '{0}' AND action = 'user.invited'",
                "the event was changed"
            },
            { "DELETE FROM audit_events WHERE tenant_id = '{0}' AND action = 'user.invited'", "the event was removed" },
            {
                "WITH one AS (DELETE FROM audit_events WHERE tenant_id = '{0}' AND action = 'user.invited' RETURNING id) DELETE FROM audit_links l USING one WHERE l.event_id = one.id",
                "the link is missing, and with it 1 events"
            },
            {
                "UPDATE audit_links a SET event_id = b.event_id FROM audit_links b WHERE a.tenant_id = '{0}' AND b.tenant_id = '{0}' AND a.position + b.position = 5 AND a.position IN (2, 3)",
                "the link was changed or moved"
            },
            {
                "UPDATE audit_links SET event_id = '00000000-0000-7000-8000-000000000001' WHERE tenant_id = '{0}' AND position = 2; DELETE FROM audit_events e WHERE e.tenant_id = '{0}' AND NOT EXISTS (SELECT FROM audit_links l WHERE l.event_id = e.id)",
                "the link was changed or moved"
            },
            {
                "UPDATE audit_links SET digest = 'x' WHERE tenant_id = '{0}' AND position = 2",
                "the link was changed or moved"
            },
            {
                "INSERT INTO audit_events (tenant_id, id, occurred_at, action, outcome) VALUES ('{0}', gen_random_uuid(), now(), 'user.invited', 'success')",
                "the event is not in the chain: it was added past the trigger"
            },
            {
                "WITH l AS (DELETE FROM audit_links WHERE tenant_id = '{0}' AND position = 4 RETURNING event_id) DELETE FROM audit_events e USING l WHERE e.id = l.event_id",
                "the end was cut off: events up to this position were signed"
            },
            {
                "WITH l AS (DELETE FROM audit_links WHERE tenant_id = '{0}' AND position < 4 RETURNING event_id) DELETE FROM audit_events e USING l WHERE e.id = l.event_id",
                "the link is missing, and with it 3 events"
            },
            {
                "UPDATE audit_heads SET hash = 'x' WHERE tenant_id = '{0}'",
                "the head at this position is not what was signed"
            },
            {
                "UPDATE audit_heads SET jws = left(jws, -4) || 'AAAA' WHERE tenant_id = '{0}'",
                "the newest head has an invalid signature"
            },
            {
                "DELETE FROM audit_links WHERE tenant_id = '{0}'; DELETE FROM audit_heads WHERE tenant_id = '{0}'; DELETE FROM audit_events WHERE tenant_id = '{0}'",
                "the chain was rewritten: the store has a head"
            },
        };

    [Theory, MemberData(nameof(Tampering))]
    public async Task Tampering_with_the_audit_log_past_the_triggers_is_detected(string sql, string says)
    {
        var (slug, tenant, admin) = await service.NewTenant(); // created, accepted, signed in
        (await admin.Post("users", new { email = $"one@{slug}.example" })).Status.ShouldBe(201);
        await Past($"UPDATE audit_events SET outcome = outcome WHERE tenant_id = '{tenant}'"); // the same again is no change
        (await service.Ask<long>($"SELECT count(*) FROM audit_links WHERE tenant_id = '{tenant}'")).ShouldBe(4);
        await service.At(slug).Post("auth/login", new { email = "nobody@example.com", password = "wrong password" });
        await service.Sql(
            $"SET session_replication_role = replica; WITH l AS (DELETE FROM audit_links WHERE tenant_id = '{tenant}' AND position = 5 AND {(says.Contains("cut off", StringComparison.Ordinal) ? "true" : "false")} RETURNING event_id) DELETE FROM audit_events e USING l WHERE e.id = l.event_id"
        );
        await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        (await Findings(tenant)).ShouldBeEmpty();

        await Past(sql.Replace("{0}", tenant.ToString(), StringComparison.Ordinal));

        (await Findings(tenant)).ShouldContain(finding =>
            finding.Tenant == tenant && finding.Message.StartsWith(says, StringComparison.Ordinal)
        );
    }

    /// <summary>Who owns the database writes all of it anew, hashes and all, and lacks the key.</summary>
    [Fact]
    public async Task An_audit_chain_rewritten_from_its_first_link_does_not_match_the_signed_heads()
    {
        var (_, tenant, _) = await service.NewTenant();
        await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);

        await service.Sql(
            $"""
            BEGIN;
            CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM audit_events WHERE tenant_id = '{tenant}' ORDER BY id;
            SET LOCAL session_replication_role = replica;
            DELETE FROM audit_links WHERE tenant_id = '{tenant}';
            DELETE FROM audit_events WHERE tenant_id = '{tenant}';
            SET LOCAL session_replication_role = origin;
            UPDATE kept SET address = '198.51.100.7';
            INSERT INTO audit_events SELECT * FROM kept ORDER BY id;
            COMMIT;
            """
        );

        var findings = await Findings(tenant);
        findings.ShouldAllBe(finding =>
            finding.Message.StartsWith("the chain was rewritten", StringComparison.Ordinal)
        );
        findings.Count.ShouldBe(2); // the database's head and the store's
    }

    [Fact]
    public async Task A_tenant_keeps_a_signed_head_and_checks_it_with_the_published_keys()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var keeping = service.Services.GetRequiredService<AuditRetention>();
        await keeping.RunOnce(Cancel);
        await keeping.RunOnce(Cancel); // nothing has happened since
        (await admin.Post("users", new { email = $"one@{slug}.example" })).Status.ShouldBe(201);
        await keeping.RunOnce(Cancel);

        var heads = (await admin.Get("audit-events/heads")).Items();

        heads.Select(head => head!["position"]!.GetValue<long>()).ShouldBe([4, 3]);
        var keys = new JsonWebKeySet((await service.At().Get("/.well-known/jwks.json")).Text);
        foreach (var head in heads)
        {
            var valid = await new JsonWebTokenHandler().ValidateTokenAsync(
                head!.Text("jws"),
                new TokenValidationParameters
                {
                    IssuerSigningKeys = keys.GetSigningKeys(),
                    ValidIssuer = service.Settings.JwtIssuer,
                    ValidateAudience = false,
                    RequireExpirationTime = false,
                    ValidTypes = ["audit-head+jwt"],
                }
            );
            valid.IsValid.ShouldBeTrue();
            valid.Claims["tenant_id"].ShouldBe(tenant.ToString());
            valid.Claims["position"].ShouldBe((int)head!["position"]!.GetValue<long>());
            Convert
                .ToBase64String(Base64UrlEncoder.DecodeBytes((string)valid.Claims["hash"]))
                .ShouldBe(head.Text("hash"));
            // It is no access token, although the same keys sign those.
            (await service.At(slug).With(head.Text("jws")).Get("auth/me")).Status.ShouldBe(401);
        }
        AuditHead.Read(heads[0]!.Text("jws"))!.Prev.ShouldBe(AuditHead.Print(heads[1]!.Text("jws")));
    }

    [Fact]
    public async Task An_idle_audit_log_is_signed_again_after_a_key_rotation_and_old_heads_stay_valid()
    {
        await using var own = await service.Cluster.Start();
        var (_, tenant, _) = await own.NewTenant();
        var keeping = own.Services.GetRequiredService<AuditRetention>();
        await keeping.RunOnce(Cancel);
        var ring = own.Services.GetRequiredService<KeyRing>();

        await ring.Rotate(_ => true, TimeSpan.Zero, dropOld: true, Cancel);
        await ring.Load(Cancel);
        (await Findings(tenant, own))
            .Single()
            .Message.ShouldStartWith("the newest head is signed by a key that is not in the key ring any more");
        (await keeping.RunOnce(Cancel)).ShouldBeGreaterThan(0);

        (await Findings(tenant, own)).ShouldBeEmpty();
        (await own.Ask<long>($"SELECT count(*) FROM audit_heads WHERE tenant_id = '{tenant}'")).ShouldBe(2);
    }

    [Fact]
    public async Task Months_after_their_time_go_with_their_links_and_what_is_left_still_holds_together()
    {
        await using var own = await service.Cluster.Start();
        var (slug, tenant, admin) = await own.NewTenant();
        var old = DateTimeOffset.UtcNow.AddDays(-500);
        // As if the log had begun then: three events of long ago, and after them those of today.
        await own.Sql(
            $"""
            BEGIN;
            SET LOCAL ROLE tenantry_doors;
            SELECT audit_month('{old:O}');
            RESET ROLE;
            CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM audit_events WHERE tenant_id = '{tenant}' ORDER BY id;
            SET LOCAL session_replication_role = replica;
            DELETE FROM audit_links WHERE tenant_id = '{tenant}';
            DELETE FROM audit_events WHERE tenant_id = '{tenant}';
            SET LOCAL session_replication_role = origin;
            INSERT INTO audit_events (tenant_id, id, occurred_at, action, outcome)
                SELECT '{tenant}', overlay(gen_random_uuid()::text PLACING left(audit_id_at('{old:O}')::text, 13) FROM 1 FOR 13)::uuid, '{old:O}', 'user.changed', 'success' FROM generate_series(1, 3);
            INSERT INTO audit_events SELECT * FROM kept ORDER BY id;
            COMMIT;
            """
        );
        var keeping = own.Services.GetRequiredService<AuditRetention>();
        (await Findings(tenant, own)).ShouldBeEmpty();

        await keeping.RunOnce(Cancel);

        (
            await own.Ask<string>(
                $"SELECT string_agg(position::text, ',' ORDER BY position) FROM audit_links WHERE tenant_id = '{tenant}'"
            )
        ).ShouldBe("3,4,5,6"); // the last of the old ones holds up the chain
        (await own.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{tenant}'")).ShouldBe(3);
        (await Findings(tenant, own)).ShouldBeEmpty();
        (await admin.Post("users", new { email = $"one@{slug}.example" })).Status.ShouldBe(201);
        (await Findings(tenant, own)).ShouldBeEmpty();
        (
            await own.Ask<bool>(
                $"SELECT count(*) FILTER (WHERE relname = 'm' || to_char('{old:O}'::timestamptz AT TIME ZONE 'UTC', 'YYYY_MM')) = 0 AND count(*) >= 4 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit_events'::regclass"
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task An_attacker_with_the_serving_role_cannot_drop_recent_months_of_the_audit_log()
    {
        var (_, tenant, _) = await service.NewTenant();
        await using (var command = service.DataSource.CreateCommand($"SELECT dropped FROM door_keep_audit_months(0)"))
            (await command.ExecuteScalarAsync(Cancel)).ShouldBe(0);
        await using (var command = service.DataSource.CreateCommand($"SELECT door_trim_audit('{tenant}', 0)"))
            (await command.ExecuteScalarAsync(Cancel)).ShouldBe(0);

        (await Findings(tenant)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Erasing_a_tenant_erases_its_audit_log_and_no_other()
    {
        await using var own = await service.Cluster.Start();
        var (_, tenant, _) = await own.NewTenant();
        var (_, other, _) = await own.NewTenant();
        var platform = await own.Platform();
        (await platform.Delete($"tenants/{other}")).Status.ShouldBe(202); // deleted too, and not erased yet: its rows have the same places in other months
        var before = await own.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{other}'");
        (await platform.Delete($"tenants/{tenant}")).Status.ShouldBe(202);
        await own.Sql(
            $"UPDATE tenants SET deleted_at = now() - interval '31 days' WHERE id IN ('{tenant}', '{other}')"
        );

        foreach (var table in new[] { "audit_events", "audit_links", "audit_heads" })
        {
            await using var command = own.DataSource.CreateCommand(
                $"SELECT door_purge_rows('{tenant}', '{table}', 1000, now() + interval '1 hour')"
            );
            await command.ExecuteNonQueryAsync(Cancel);
        }

        (await own.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{tenant}'")).ShouldBe(0);
        (await own.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{other}'")).ShouldBe(before);
    }

    /// <summary>By a row of its own it would be the end of the chain, or break it for good.</summary>
    [Fact]
    public async Task An_attacker_with_the_serving_role_cannot_add_a_link_to_the_audit_chain()
    {
        var (_, tenant, _) = await service.NewTenant();

        var fault = await Should.ThrowAsync<PostgresException>(() =>
            AsTheService(
                tenant,
                $"INSERT INTO audit_links (tenant_id, position, event_id, digest, hash) VALUES ('{tenant}', 9223372036854775807, gen_random_uuid(), '', '')"
            )
        );

        fault.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    /// <summary>Deleted, its log erased, and brought back, as if nothing had ever happened there.</summary>
    [Fact]
    public async Task An_attacker_with_the_serving_role_cannot_erase_an_audit_log_and_keep_the_tenant()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        const string off = "UPDATE tenants SET deleted_at = now(), is_active = false",
            erase = "SELECT door_purge_rows('{0}', 'audit_events', 1000, now() + interval '1 year')",
            back = "UPDATE tenants SET deleted_at = NULL, is_active = true";
        (
            await Should.ThrowAsync<PostgresException>(() =>
                AsTheService(tenant, "UPDATE tenants SET erasing_at = now()")
            )
        ).MessageText.ShouldBe("the tenant is being erased");
        (await admin.Get("auth/me")).Status.ShouldBe(200);

        await AsTheService(tenant, off);
        await service.Sql($"UPDATE tenants SET deleted_at = now() - interval '31 days' WHERE id = '{tenant}'");
        foreach (
            var last in new[] { back, "UPDATE tenants SET erasing_at = NULL", "UPDATE tenants SET deleted_at = NULL" }
        )
            (await Should.ThrowAsync<PostgresException>(() => AsTheService(tenant, erase, last))).MessageText.ShouldBe(
                "the tenant is being erased"
            );
        (await Findings(tenant)).ShouldBeEmpty();

        await AsTheService(tenant, erase);
        (await (await service.Platform()).Post($"tenants/{tenant}/restore")).ShouldBeProblem(409, "conflict");
        (
            await service.Ask<bool>(
                $"SELECT deleted_at IS NOT NULL AND NOT is_active FROM tenants WHERE slug = '{slug}'"
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_that_was_added_later_than_it_says_is_found_out()
    {
        var (_, tenant, _) = await service.NewTenant();
        await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        var past = DateTimeOffset.UtcNow.AddDays(-20);

        await AsTheService(
            tenant,
            $"INSERT INTO audit_events (tenant_id, id, occurred_at, action, outcome) VALUES ('{tenant}', '{Guid.CreateVersion7(past)}', '{past:O}', 'user.deleted', 'success')"
        );

        (await Findings(tenant)).ShouldHaveSingleItem().Message.ShouldStartWith("the event is dated");
    }

    [Fact]
    public async Task A_clock_that_was_put_back_makes_no_false_alarm()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow)
        {
            AutoAdvanceAmount = TimeSpan.Zero,
        };
        await using var own = await service.Cluster.Start();
        var (slug, tenant, admin) = await own.NewTenant();
        var keeping = ActivatorUtilities.CreateInstance<AuditRetention>(own.Services, clock);
        await keeping.RunOnce(Cancel);
        clock.AdjustTime(clock.GetUtcNow().AddMinutes(-2));
        for (var i = 0; i < 2; i++)
        {
            (await admin.Post("users", new { email = $"u{i}@{slug}.example" })).Status.ShouldBe(201);
            await keeping.RunOnce(Cancel);
        }

        (await keeping.RunOnce(Cancel)).ShouldBe(0);
        (await Findings(tenant, own)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Heads_that_were_taken_away_are_missed()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var keeping = service.Services.GetRequiredService<AuditRetention>();
        await keeping.RunOnce(Cancel);
        (await admin.Post("users", new { email = $"one@{slug}.example" })).Status.ShouldBe(201);
        await keeping.RunOnce(Cancel);

        await Past($"DELETE FROM audit_heads WHERE tenant_id = '{tenant}' AND position = 3");

        (await Findings(tenant)).ShouldContain(finding =>
            finding.Message.StartsWith("the heads before", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Heads_that_were_signed_while_the_store_was_away_get_there_later()
    {
        await using var own = await service.Cluster.Start(settings =>
            settings["FILES_PATH"] = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))
        );
        var (_, tenant, _) = await own.NewTenant();
        var folder = own.Settings.Store.Folder!;
        Directory.CreateDirectory(folder);
        var keeping = own.Services.GetRequiredService<AuditRetention>();
        Directory.Move(folder, folder + ".away");
        await File.WriteAllTextAsync(folder, "no folder", Cancel);
        await Should.ThrowAsync<Tenantry.Foundation.Storage.StoreException>(() => keeping.RunOnce(Cancel));
        File.Delete(folder);
        Directory.Move(folder + ".away", folder);

        await keeping.RunOnce(Cancel);

        var report = await own.Services.GetRequiredService<AuditVerification>().Run(tenant, _ => { }, Cancel);
        report.HeadsOfStore.ShouldBe(report.Heads);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_long_reader_holds_up_the_months_and_not_the_signing()
    {
        await using var own = await service.Cluster.Start();
        var (_, tenant, _) = await own.NewTenant();
        await using var reader = new NpgsqlConnection(own.Cluster.AdminOf(own.Database).ConnectionString);
        await reader.OpenAsync(Cancel);
        await using var transaction = await reader.BeginTransactionAsync(Cancel);
        await own.Sql(
            "DO $$ BEGIN EXECUTE 'DROP TABLE audit_months.' || to_char(now() AT TIME ZONE 'UTC' + interval '2 months', '\"m\"YYYY_MM'); END $$"
        );
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM audit_events", reader))
            await command.ExecuteScalarAsync(Cancel);

        var fault = await Should.ThrowAsync<PostgresException>(() =>
            own.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel)
        );

        fault.SqlState.ShouldBe(PostgresErrorCodes.LockNotAvailable);
        (await own.Ask<long>($"SELECT count(*) FROM audit_heads WHERE tenant_id = '{tenant}'")).ShouldBe(1);
    }

    [Fact]
    public async Task Reconciliation_does_not_remove_the_copies_of_the_audit_log_in_the_object_store()
    {
        await using var own = await service.Cluster.Start(settings =>
            settings["FILES_PATH"] = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))
        );
        await own.NewTenant();
        await own.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        var store = own.Services.GetRequiredService<IObjectStore>();
        var copies = await store.List(IObjectStore.OwnPrefix, Cancel).CountAsync(Cancel);
        copies.ShouldBeGreaterThan(0);

        var report = await own
            .Services.GetRequiredService<FileReconciler>()
            .Run(new FileReconciler.Terms(IsDry: false, TimeSpan.FromHours(-1), 0, EvenIfMany: true), _ => { }, Cancel);

        (report.Others, report.Removed).ShouldBe((copies, 0));
        (await store.List(IObjectStore.OwnPrefix, Cancel).CountAsync(Cancel)).ShouldBe(copies);
    }

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
    private Task Past(string sql) => service.Sql("SET session_replication_role = replica; " + sql);

    private Task<List<AuditVerification.Finding>> Findings(Guid tenant) => Findings(tenant, service);

    private static async Task<List<AuditVerification.Finding>> Findings(Guid tenant, Service service)
    {
        var findings = new List<AuditVerification.Finding>();
        var report = await service.Services.GetRequiredService<AuditVerification>().Run(tenant, findings.Add, Cancel);
        (report.Tenants, report.Findings).ShouldBe((1, findings.Count));
        return findings;
    }
}
