using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Roles;

/// <summary>A tenant has so many roles and no more, and no chain of them is longer than sixteen.</summary>
public sealed class RoleLimitsTests(RoleLimitsTests.Few shared) : IClassFixture<RoleLimitsTests.Few>
{
    private const int Most = 40,
        Deepest = 16;

    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_tenant_has_as_many_roles_as_the_setting_allows_however_many_are_made_at_once()
    {
        var (_, tenant, admin) = await service.NewTenant();
        await service.Sql(
            $"INSERT INTO roles (tenant_id, id, name, is_system_role, created_at, updated_at) SELECT '{tenant}', gen_random_uuid(), 'Planted ' || n, false, now(), now() FROM generate_series(1, {Most - 4 - 3}) n"
        );

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => admin.Post("roles", new { name = $"Made {n}" }))
        );

        answers.Select(answer => answer.Status).Order().ShouldBe([201, 201, 201, 409, 409, 409, 409, 409]);
        var refused = answers.First(answer => answer.Status == 409).ShouldBeProblem(409, "quota_exceeded");
        (refused.Json["quota"]!.Number("used"), refused.Json["quota"]!.Number("allowed")).ShouldBe((Most, Most));
        (await admin.Delete($"roles/{answers.First(answer => answer.Status == 201).Json["id"]}")).Status.ShouldBe(204);
        (await admin.Post("roles", new { name = "Again" })).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_chain_of_roles_grows_to_its_bound_and_no_further_by_making_moving_or_previewing()
    {
        var (_, _, admin) = await service.NewTenant();
        var chain = await Chain(admin, "C", Deepest);

        (await admin.Post("roles", new { name = "Too deep", parent_id = chain[^1] }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("parent_id");
        var top = await Chain(admin, "T", 2); // moved, it brings the role on it along
        (await admin.Put($"roles/{top[0]}", new { name = "T0", parent_id = chain[^2] }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("parent_id");
        (
            await admin.Post(
                $"roles/{top[0]}/preview",
                new { parent_id = chain[^2], permissions = Array.Empty<string>() }
            )
        )
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("parent_id");
        (await admin.Put($"roles/{top[0]}", new { name = "T0", parent_id = chain[^3] })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Two_changes_at_once_make_no_chain_longer_than_its_bound()
    {
        var (_, _, admin) = await service.NewTenant();
        var (low, middle, high) = (await Chain(admin, "L", 6), await Chain(admin, "M", 6), await Chain(admin, "H", 6));

        var answers = await Task.WhenAll(
            admin.Put($"roles/{middle[0]}", new { name = "M0", parent_id = low[^1] }),
            admin.Put($"roles/{high[0]}", new { name = "H0", parent_id = middle[^1] })
        );

        answers.Select(answer => answer.Status).Order().ShouldBe([200, 409]);
    }

    [Fact]
    public async Task A_chain_from_before_the_bound_can_be_changed_but_not_made_longer()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var chain = await Chain(admin, "C", Deepest);
        var below = (await admin.Post("roles", new { name = "Lowest" })).Json["id"]!.GetValue<Guid>();
        await service.Sql($"UPDATE roles SET parent_id = '{below}' WHERE tenant_id = '{tenant}' AND id = '{chain[0]}'");

        (await admin.Put($"roles/{chain[^1]}", new { name = "Renamed", parent_id = chain[^2] })).Status.ShouldBe(200);
        (await admin.Post($"roles/{chain[^1]}/permissions", new { permission = "users:read" })).Status.ShouldBe(200);
        (await admin.Post("roles", new { name = "Longer", parent_id = chain[^1] }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("parent_id");
    }

    /// <returns>the lowest first</returns>
    private static async Task<List<Guid>> Chain(Visitor admin, string name, int length)
    {
        var chain = new List<Guid>();
        for (var i = 0; i < length; i++)
        {
            var made = await admin.Post(
                "roles",
                new { name = $"{name}{i}", parent_id = chain.Count == 0 ? (Guid?)null : chain[^1] }
            );
            made.Status.ShouldBe(201, made.Text);
            chain.Add(made.Json["id"]!.GetValue<Guid>());
        }
        return chain;
    }

    /// <summary>A service that allows few roles.</summary>
    public sealed class Few(Cluster cluster) : IAsyncLifetime
    {
        public Service Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await cluster.Start(variables => variables["ROLES_PER_TENANT"] = $"{Most}");

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
