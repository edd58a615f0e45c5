using System.Text.Json;
using Tenantry.Foundation.Traffic.Metering;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

public sealed class TenantUsageTests(TenantUsageTests.Small shared) : IClassFixture<TenantUsageTests.Small>
{
    private const int Allowed = 4;

    private readonly Service service = shared.Service;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Usage_counts_what_the_tenant_has_and_nothing_of_others()
    {
        var (slug, id, admin) = await service.NewTenant();
        await service.NewTenant();
        await service.Joined(admin, slug, "Viewer");
        await admin.Post("users", new { email = $"{Guid.NewGuid():N}@{slug}.example" });
        var counts = service.Services.GetRequiredService<RequestMeter>();
        await counts.Write(Cancel);
        var before = (await admin.Get($"tenants/{id}/usage")).Json["days"]![0]!["requests"]!.GetValue<long>();
        await counts.Write(Cancel);
        await service.Settled();

        var usage = await admin.Get($"tenants/{id}/usage");

        usage.Status.ShouldBe(200, usage.Text);
        usage.Text("subscription_tier").ShouldBe("free");
        (usage.Json["users"]!.Number("count"), usage.Json["users"]!.Number("allowed")).ShouldBe((3, Allowed));
        usage.Number("active_users").ShouldBe(3);
        usage.Number("active_sessions").ShouldBe(2);
        usage.Json["notifications"]!
            .AsArray()
            .Select(of => (of!.Text("channel"), of.Text("status"), of.Number("count")))
            .ShouldBe([("email", "sent", 3)]);
        (usage.Json["messages"]!.Number("count"), usage.Json["messages"]!.Number("allowed")).ShouldBe((0, 1_000)); // these three the service sent by itself
        (
            usage.Number("files"),
            usage.Json["storage_bytes"]!["count"]!.GetValue<long>(),
            usage.Json["storage_bytes"]!["allowed"]!.GetValue<long>()
        ).ShouldBe((0, 0L, 1L << 30));
        usage.Json["days"]![0]!["requests"]!.GetValue<long>().ShouldBe(before + 1);
        usage.Json["days"]![0]!
            .Text("date")
            .ShouldBe(DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Usage_takes_one_round_trip_to_the_database()
    {
        var (_, id, admin) = await service.NewTenant();
        // The tenant is new: until its change notification arrives, the instance queries the tenant too.
        await Eventually.Is(async () => await Trips() <= 1);

        (await Trips()).ShouldBe(1);

        async Task<int> Trips()
        {
            using var statements = new Statements(service.Database);
            (await admin.Get($"tenants/{id}/usage?days=400")).Status.ShouldBe(200);
            return statements.Heard.Count;
        }
    }

    [Fact]
    public async Task The_platform_sees_the_usage_of_any_tenant_and_another_tenant_sees_none()
    {
        var (_, id, admin) = await service.NewTenant();
        var (_, _, stranger) = await service.NewTenant();

        (await (await service.Platform()).Get($"tenants/{id}/usage")).Json["users"]!.Number("count").ShouldBe(1);
        (await stranger.Get($"tenants/{id}/usage")).ShouldBeProblem(404, "not_found");
        (await admin.Get($"tenants/{id}/usage?days=0"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("days");
        (await admin.Get($"tenants/{id}/usage?days=401"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("days");
    }

    [Fact]
    public async Task Of_many_invitations_at_once_only_as_many_pass_as_the_quota_allows()
    {
        var (slug, id, admin) = await service.NewTenant();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(_ => admin.Post("users", new { email = $"{Guid.NewGuid():N}@{slug}.example" }))
        );

        answers.Count(answer => answer.Status == 201).ShouldBe(Allowed - 1);
        var refused = answers.Where(answer => answer.Status != 201).ToList();
        refused.ForEach(answer => answer.ShouldBeProblem(409, "quota_exceeded"));
        var quota = refused[0].Json["quota"]!;
        (quota.Text("name"), quota.Number("used"), quota.Number("allowed")).ShouldBe(("users", Allowed, Allowed));
        (await service.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}'")).ShouldBe(Allowed);
        (await service.Ask<long>($"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}'")).ShouldBe(
            Allowed,
            "a refused invitation mails nobody"
        );
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE tenant_id = '{id}' AND action = 'user.invited' AND outcome = 'success'"
            )
        ).ShouldBe(Allowed - 1);
    }

    [Fact]
    public async Task A_full_tenant_reveals_no_size_or_users_and_has_room_after_a_deletion_or_in_a_higher_tier()
    {
        var (slug, id, admin) = await service.NewTenant();
        await service.Sql($"UPDATE tenants SET verification_required = true WHERE id = '{id}'");
        var taken = (await service.Joined(admin, slug, "User")).Email;
        var (last, _, _) = await service.Joined(admin, slug, "User");
        await service.Joined(admin, slug, "User");

        var free = await Register($"{Guid.NewGuid():N}@example.com");
        var known = await Register(taken);

        free.ShouldBeProblem(409, "quota_exceeded").Json["quota"].ShouldBeNull();
        Told(known).ShouldBe(Told(free));

        (await admin.Delete($"users/{last}")).Status.ShouldBe(204);
        (await Register($"{Guid.NewGuid():N}@example.com")).Status.ShouldBe(201);
        (await Register($"{Guid.NewGuid():N}@example.com")).ShouldBeProblem(409, "quota_exceeded");
        (
            await (await service.Platform()).Put($"tenants/{id}", new { name = slug, subscription_tier = "premium" })
        ).Status.ShouldBe(200);
        (await Register($"{Guid.NewGuid():N}@example.com")).Status.ShouldBe(201);
        (await admin.Get($"tenants/{id}/usage")).Json["users"]!["allowed"].ShouldBeNull();

        Task<Answer> Register(string email) =>
            service
                .At(slug)
                .Post(
                    "auth/register",
                    new
                    {
                        email,
                        password = Service.Password,
                        first_name = "Ada",
                    }
                );

        static (int, string?) Told(Answer answer) => (answer.Status, answer.Json["detail"]?.GetValue<string>());
    }

    [Fact]
    public async Task An_import_over_the_quota_creates_no_users()
    {
        var (slug, id, _) = await service.NewTenant();
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.jsonl");
        await File.WriteAllLinesAsync(
            file,
            Enumerable
                .Range(0, Allowed)
                .Select(number => JsonSerializer.Serialize(new { email = $"u{number}@{slug}.example" })),
            Cancel
        );

        var variables = service.Cluster.Variables(service.Database);
        variables["QUOTA_FREE_USERS"] = $"{Allowed}";
        var (code, output) = await OperatorCommand.Run(["users", "import", file, "--tenant", slug], variables);

        code.ShouldBe(1);
        output.ShouldContain($"allows {Allowed} users");
        (await service.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}'")).ShouldBe(1);
    }

    /// <summary>A service where the smallest tier has room for few.</summary>
    public sealed class Small(Cluster cluster) : IAsyncLifetime
    {
        public Service Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await cluster.Start(variables => variables["QUOTA_FREE_USERS"] = $"{Allowed}");

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
