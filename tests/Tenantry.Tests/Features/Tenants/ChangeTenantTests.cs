using System.Text.Json.Nodes;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Features.Tenants;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

public sealed class ChangeTenantTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task An_Admin_changes_the_own_tenant_and_every_setting_is_read_back()
    {
        var (slug, id, admin) = await service.NewTenant();
        var read = await admin.Get($"tenants/{id}");

        var changed = await admin.Put(
            $"tenants/{id}",
            new
            {
                name = "Renamed",
                slug,
                registration = "invite_only",
                verification_required = true,
                mail_on_new_device = true,
                session_idle_days = 7,
                session_days = 30,
                allowed_origins = new[] { "https://App.acme.example", "https://app.acme.example" },
                sender_name = "Acme",
                sender_address = "hello@acme.example",
                metadata = new { plan = 1 },
            },
            ("If-Match", read.Header("ETag")!)
        );

        changed.Status.ShouldBe(200, changed.Text);
        (await admin.Get($"tenants/{id}")).Text.ShouldBe(changed.Text);
        changed.Json["allowed_origins"]!
            .AsArray()
            .ShouldHaveSingleItem()!
            .GetValue<string>()
            .ShouldBe("https://app.acme.example");
        (await admin.Put($"tenants/{id}", new { name = "Late" }, ("If-Match", read.Header("ETag")!))).ShouldBeProblem(
            412,
            "precondition_failed"
        );

        var kept = await admin.Put($"tenants/{id}", new { name = "Renamed" });
        (kept.Text("registration"), kept.Json["session_days"], kept.Json["metadata"]!.Number("plan")).ShouldBe(
            ("invite_only", null, 1)
        );
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'tenant.changed' AND tenant_id = '{id}'"
            )
        ).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"name":"X","slug":"another"}""", 409, "conflict")]
    [InlineData("""{"name":"X","subscription_tier":"premium"}""", 403, "permission_denied")]
    [InlineData("""{"name":"X","is_active":false}""", 403, "permission_denied")]
    [InlineData("""{"name":"X","session_idle_days":0}""", 400, "validation_failed")]
    [InlineData("""{"name":"X","allowed_origins":["https://app.example.com/path"]}""", 400, "validation_failed")]
    [InlineData("""{"name":"X","allowed_origins":["*"]}""", 400, "validation_failed")]
    [InlineData("""{"name":"X","sender_address":"nobody"}""", 400, "validation_failed")]
    [InlineData("""{"name":"X","custom_domain":"Not A Domain"}""", 400, "validation_failed")]
    [InlineData("""{}""", 400, "validation_failed")]
    public async Task What_an_Admin_may_not_change_or_makes_no_sense_is_refused(string body, int status, string code)
    {
        var (_, id, admin) = await service.NewTenant();

        (
            await admin.Send(
                HttpMethod.Put,
                $"tenants/{id}",
                new StringContent(body, System.Text.Encoding.UTF8, "application/json")
            )
        ).ShouldBeProblem(status, code);
    }

    [Fact]
    public async Task Another_tenant_is_not_there_for_any_verb()
    {
        var ((_, id, _), (slug, _, stranger)) = (await service.NewTenant(), await service.NewTenant());
        var manager = (await service.Joined(stranger, slug, "Manager")).Visitor;

        foreach (
            var answer in new[]
            {
                await stranger.Put($"tenants/{id}", new { name = "Mine" }),
                await stranger.Get($"tenants/{id}"),
                await stranger.Get($"tenants/{id}/domain-proof"),
                await stranger.Post($"tenants/{id}/verify-domain"),
            }
        )
            answer.ShouldBeProblem(404, "not_found");
        (await stranger.Delete($"tenants/{id}")).ShouldBeProblem(403, "permission_denied");
        (await stranger.Post($"tenants/{id}/restore")).ShouldBeProblem(403, "permission_denied");
        (await manager.Put($"tenants/{id}", new { name = "Mine" })).ShouldBeProblem(403, "permission_denied");
    }

    [Fact]
    public async Task A_tenant_that_the_platform_deactivates_is_refused_on_each_instance_until_reactivated()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var (slug, id, admin) = await one.NewTenant();
        var there = other.At(slug).With(admin.Token);
        (await there.Get("auth/me")).Status.ShouldBe(200);
        var platform = await one.Platform();

        (
            await platform.Put(
                $"tenants/{id}",
                new
                {
                    name = slug,
                    is_active = false,
                    subscription_tier = "premium",
                }
            )
        ).Status.ShouldBe(200);

        (await admin.Get("auth/me")).ShouldBeProblem(404, "tenant_not_found");
        await Eventually.Is(async () => (await there.Get("auth/me")).Status == 404);
        (
            await one.At(slug).Post("auth/login", new { email = $"admin@{slug}.example", password = Service.Password })
        ).ShouldBeProblem(404, "tenant_not_found");
        (await one.At().Post("auth/refresh", new { refresh_token = admin.RefreshToken })).ShouldBeProblem(
            401,
            "authentication_failed"
        );
        (
            await one.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'tenant.changed' AND target_id = '{id}'"
            )
        ).ShouldBe(2); // the tenant's row and the platform's

        (await platform.Put($"tenants/{id}", new { name = slug, is_active = true })).Status.ShouldBe(200);
        (await admin.Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_platform_cannot_be_switched_off_or_deleted_from_within()
    {
        var platform = await service.Platform();
        var id = (await platform.Get("auth/me")).Json["tenant_id"]!;

        (await platform.Put($"tenants/{id}", new { name = "Platform", is_active = false })).ShouldBeProblem(
            409,
            "conflict"
        );
        (await platform.Delete($"tenants/{id}")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task Deleted_a_tenant_is_off_at_once_and_comes_back_whole_within_the_days_of_grace()
    {
        var (slug, id, admin) = await service.NewTenant();
        var platform = await service.Platform();

        var deleted = await platform.Delete($"tenants/{id}");

        deleted.Status.ShouldBe(202, deleted.Text);
        deleted.Json["deleted_at"].ShouldNotBeNull();
        (await admin.Get("auth/me")).ShouldBeProblem(404, "tenant_not_found");
        (await platform.Put($"tenants/{id}", new { name = slug, is_active = true })).ShouldBeProblem(409, "conflict");
        (
            await platform.Post(
                "tenants",
                new
                {
                    name = slug,
                    slug,
                    admin = new { email = "a@example.com", first_name = "A" },
                }
            )
        ).ShouldBeProblem(409, "conflict"); // the slug is kept for it

        (await platform.Post($"tenants/{id}/restore")).Status.ShouldBe(200);
        (await admin.Get("auth/me")).Status.ShouldBe(200);
        (await platform.Post($"tenants/{id}/restore")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task After_the_days_of_grace_nothing_is_left_and_the_platform_has_it_in_writing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var (slug, id, _) = await timed.NewTenant();
        var (_, otherId, other) = await timed.NewTenant();
        for (var i = 0; i < 5; i++)
            await timed.At(slug).NewUser($"user-{i}@example.com");
        await (await timed.Platform()).Delete($"tenants/{id}");
        var tables = TenantErasure.Tables(timed.Contexts.CreateDbContext().Model);
        await Deleted("29 days");
        (await timed.Services.GetRequiredService<TenantErasure>().EraseNext(CancellationToken.None)).ShouldBeFalse();

        await Deleted("31 days");
        // An instance that died halfway: some rows of one table are gone already.
        await timed.Sql($"SET ROLE tenantry_doors; SELECT door_purge_rows('{id}', 'sessions', 2, now()); RESET ROLE");
        // Of the other, what none but a request writes or takes away: sweeps, counts and links of the audit log go on
        // meanwhile.
        string[] lasting = ["users", "user_roles", "roles", "role_permissions", "audit_events"];
        var before = await Rows(otherId, lasting);
        clock.Advance(TimeSpan.FromMinutes(16)); // the worker's next round
        await Eventually.Is(async () => await timed.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'") == 0);

        (await Rows(id, tables)).ShouldBe(0);
        (await Rows(otherId, lasting)).ShouldBe(before);
        var certificate = JsonNode.Parse(
            (
                await timed.Ask<string>(
                    $"SELECT details::text FROM audit_events WHERE action = 'tenant.purged' AND target_id = '{id}'"
                )
            )!
        )!;
        certificate.Text("slug").ShouldBe(slug);
        certificate["erased"]!.Number("users").ShouldBe(6);
        certificate["left"]!.AsObject().Select(table => table.Key).Order().ShouldBe(tables.Order());
        certificate["left"]!.AsObject().ShouldAllBe(table => table.Value!.GetValue<int>() == 0);
        var platform = await timed.Platform();
        (await platform.Post($"tenants/{id}/restore")).ShouldBeProblem(404, "not_found");
        (
            await platform.Post(
                "tenants",
                new
                {
                    name = slug,
                    slug,
                    admin = new { email = "a@example.com", first_name = "A" },
                }
            )
        ).Status.ShouldBe(201);

        // Times of deletion are the database's, whatever clock the service has.
        Task Deleted(string ago) =>
            timed.Sql($"UPDATE tenants SET deleted_at = now() - interval '{ago}' WHERE id = '{id}'");

        async Task<long> Rows(Guid tenant, IEnumerable<string> of) =>
            await timed.Ask<long>(
                "SELECT "
                    + string.Join(
                        " + ",
                        of.Select(table => $"(SELECT count(*) FROM {table} WHERE tenant_id = '{tenant}')")
                    )
            );
    }

    [Fact]
    public async Task Of_many_instances_that_erase_at_once_one_writes_the_certificate()
    {
        await using var timed = await cluster.Start();
        var (_, id, _) = await timed.NewTenant();
        await (await timed.Platform()).Delete($"tenants/{id}");
        await timed.Sql($"UPDATE tenants SET deleted_at = now() - interval '31 days' WHERE id = '{id}'");
        var purge = timed.Services.GetRequiredService<TenantErasure>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => purge.EraseNext(CancellationToken.None)));

        await Eventually.Is(async () => await timed.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'") == 0);
        (await timed.Ask<long>("SELECT count(*) FROM audit_events WHERE action = 'tenant.purged'")).ShouldBe(1);
    }

    [Fact]
    public async Task The_cross_tenant_functions_that_erase_do_nothing_to_an_active_tenant()
    {
        var (_, id, admin) = await service.NewTenant();

        (await service.Ask<int>($"SELECT door_purge_rows('{id}', 'users', 100, now() + interval '1 year')")).ShouldBe(
            0
        );
        (await service.Ask<bool>($"SELECT door_purge_tenant('{id}', now() + interval '1 year')")).ShouldBeFalse();
        (await admin.Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_custom_domain_counts_once_its_zone_says_so_and_for_one_tenant_only()
    {
        var dns = new Zone();
        await using var own = await cluster.Start(
            variables => variables.Remove("DEFAULT_TENANT"),
            services => services.AddSingleton<ITxtRecords>(dns)
        );
        var ((_, id, admin), (_, otherId, other)) = (await own.NewTenant(), await own.NewTenant());
        const string domain = "app.acme.test";
        foreach (var (tenant, who) in new[] { (id, admin), (otherId, other) })
            (await who.Put($"tenants/{tenant}", new { name = "Acme", custom_domain = domain })).Json[
                "custom_domain_verified"
            ]!
                .GetValue<bool>()
                .ShouldBeFalse();
        var (proof, otherProof) = (
            (await admin.Get($"tenants/{id}/domain-proof")).Json,
            (await other.Get($"tenants/{otherId}/domain-proof")).Json
        );
        proof.Text("name").ShouldBe("_tenantry." + domain);
        proof.Text("value").ShouldNotBe(otherProof.Text("value"));

        (await admin.Post($"tenants/{id}/verify-domain"))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("custom_domain");
        dns.Records["_tenantry." + domain] = ["something else", otherProof.Text("value")];
        (await admin.Post($"tenants/{id}/verify-domain")).ShouldBeProblem(409, "conflict"); // the other's record is none of ours
        (await Login(own, domain)).ShouldBeProblem(404, "tenant_not_found");

        dns.Records["_tenantry." + domain] = [proof.Text("value"), otherProof.Text("value")];
        (await admin.Post($"tenants/{id}/verify-domain")).Flag("custom_domain_verified").ShouldBeTrue();
        (await Login(own, domain)).ShouldBeProblem(401, "authentication_failed"); // it names the tenant now
        (await other.Post($"tenants/{otherId}/verify-domain"))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("custom_domain");

        (await admin.Put($"tenants/{id}", new { name = "Acme", custom_domain = "www.acme.test" })).Json[
            "custom_domain_verified"
        ]!
            .GetValue<bool>()
            .ShouldBeFalse();
        (await Login(own, domain)).ShouldBeProblem(404, "tenant_not_found");
        (await other.Post($"tenants/{otherId}/verify-domain")).Status.ShouldBe(200);

        dns.IsAway = true;
        (await admin.Post($"tenants/{id}/verify-domain")).ShouldBeProblem(503, "dependency_unavailable");

        static Task<Answer> Login(Service at, string host) =>
            at.At()
                .Send(
                    HttpMethod.Post,
                    "auth/login",
                    System.Net.Http.Json.JsonContent.Create(
                        new { email = "a@example.com", password = "wrong password" }
                    ),
                    ("Host", host)
                );
    }

    [Fact]
    public async Task A_tenants_own_lifetimes_count_for_its_sessions()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var (slug, id, admin) = await timed.NewTenant();
        (
            await admin.Put(
                $"tenants/{id}",
                new
                {
                    name = "Short",
                    session_idle_days = 2,
                    session_days = 3,
                }
            )
        ).Status.ShouldBe(200);
        var answer = await timed
            .At(slug)
            .Post("auth/login", new { email = $"admin@{slug}.example", password = Service.Password });
        answer.Number("refresh_expires_in").ShouldBe(2 * 86_400);

        clock.Advance(TimeSpan.FromDays(1.5));
        var refreshed = await timed.At().Post("auth/refresh", new { refresh_token = answer.Text("refresh_token") });
        refreshed.Number("refresh_expires_in").ShouldBe((int)(1.5 * 86_400)); // the end of the session
        clock.Advance(TimeSpan.FromDays(1.5));
        (
            await timed.At().Post("auth/refresh", new { refresh_token = refreshed.Text("refresh_token") })
        ).ShouldBeProblem(401, "token_expired");
    }

    [Fact]
    public async Task CORS_allows_the_origins_that_a_tenant_lists_for_that_tenant_only()
    {
        var ((slug, id, admin), (otherSlug, _, _)) = (await service.NewTenant(), await service.NewTenant());
        var origin = $"https://{slug}.test";
        (await Preflight(origin)).Header("Access-Control-Allow-Origin").ShouldBeNull();
        (await admin.Put($"tenants/{id}", new { name = "Acme", allowed_origins = new[] { origin } })).Status.ShouldBe(
            200
        );

        (await Preflight(origin)).Header("Access-Control-Allow-Origin").ShouldBe(origin); // a browser does not say for which tenant
        (await Ask(slug, origin)).Header("Access-Control-Allow-Origin").ShouldBe(origin);
        (await Ask(slug, origin)).Header("Access-Control-Allow-Credentials").ShouldBe("true");
        (await Ask(otherSlug, origin)).Header("Access-Control-Allow-Origin").ShouldBeNull();
        (await Ask(slug, "https://evil.test")).Header("Access-Control-Allow-Origin").ShouldBeNull();

        Task<Answer> Preflight(string from) =>
            service
                .At()
                .Send(
                    HttpMethod.Options,
                    "auth/login",
                    null,
                    ("Origin", from),
                    ("Access-Control-Request-Method", "POST"),
                    ("Access-Control-Request-Headers", "x-tenant")
                );

        Task<Answer> Ask(string tenant, string from) =>
            service.At(tenant).Send(HttpMethod.Get, "auth/me", null, ("Origin", from));
    }

    [Fact]
    public async Task Pages_of_those_origins_send_files_to_the_disk_and_fetch_them_as_from_a_bucket()
    {
        var ((slug, id, admin), (_, otherId, _)) = (await service.NewTenant(), await service.NewTenant());
        var origin = $"https://{slug}.test";
        (await admin.Put($"tenants/{id}", new { name = "Acme", allowed_origins = new[] { origin } })).Status.ShouldBe(
            200
        );

        (await Preflight(id, origin)).Header("Access-Control-Allow-Origin").ShouldBe(origin);
        (await Preflight(id, origin)).Header("Access-Control-Allow-Methods")!.ShouldContain("PUT");
        (await Preflight(otherId, origin)).Header("Access-Control-Allow-Origin").ShouldBeNull();
        (await Preflight(id, "https://evil.test")).Header("Access-Control-Allow-Origin").ShouldBeNull();

        Task<Answer> Preflight(Guid tenant, string from) =>
            service
                .At()
                .Send(
                    HttpMethod.Options,
                    $"/objects/{tenant}/{Guid.NewGuid()}",
                    null,
                    ("Origin", from),
                    ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "content-type")
                );
    }

    /// <summary>A zone that the test writes.</summary>
    private sealed class Zone : ITxtRecords
    {
        public Dictionary<string, string[]> Records { get; } = [];
        public bool IsAway { get; set; }

        public Task<IReadOnlyList<string>> Of(string name, CancellationToken cancel) =>
            IsAway
                ? throw new DnsResponseException("away")
                : Task.FromResult<IReadOnlyList<string>>(Records.GetValueOrDefault(name) ?? []);
    }
}
