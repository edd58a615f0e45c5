using System.Text.Json.Nodes;
using CsCheck;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Roles;

/// <summary>
/// What a user may do is one thing, whoever is asked: the token, auth/me, the explanation, the preview, and the
/// endpoints themselves.
/// </summary>
public sealed class EffectivePermissionsTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly string[] Given =
    [
        .. Permissions
            .All.Select(one => one.Name)
            .Where(name => !name.StartsWith("platform:", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_chain_of_a_hundred_roles_from_before_the_bound_means_the_same_to_all() =>
        await Agree(
            new Planted([.. Enumerable.Range(0, 100).Select(n => n - 1)], [(0, 3), (31, 4), (32, 5), (99, 6)], [99])
        );

    [Fact]
    public async Task A_circle_of_roles_ends_for_all() =>
        await Agree(new Planted([2, 0, 1, 2], [(0, 3), (1, 4), (2, 5), (3, 6)], [3]));

    [Fact]
    public async Task Any_hierarchy_means_the_same_to_all()
    {
        var hierarchies = Gen.Int[1, 60]
            .SelectMany(count =>
                Gen.Select(
                    Gen.OneOf(
                        Gen.Int[-1, count - 1].Array[count],
                        Gen.Const<int[]>([.. Enumerable.Range(0, count).Select(n => n - 1)])
                    ), // any, circles among them; or one long chain
                    Gen.Select(Gen.Int[0, count - 1], Gen.Int[0, Given.Length - 1]).Array[0, 12],
                    Gen.Int[0, count - 1].Array[0, 3],
                    (parents, granted, assigned) => new Planted(parents, granted, [.. assigned.Distinct()])
                )
            );
        await hierarchies.SampleAsync(Agree, iter: 8, threads: 1);
    }

    private async Task Agree(Planted planted)
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "Viewer");
        var ids = await Plant(tenant, user.Id, planted);
        await Eventually.Is(async () => (await admin.Get($"roles?name=Planted {ids.Length - 1}")).Items().Count > 0);
        var expected = planted.Means.Select(index => Given[index]).Order(StringComparer.Ordinal).ToList();

        var answer = await service.At(slug).Post("auth/login", new { email = user.Email, password = Service.Password });
        answer.Status.ShouldBe(200, answer.Text);
        Texts(answer.Json["user"]!["permissions"]!).ShouldBe(expected);
        var signedIn = service.At(slug).With(answer.Text("access_token"));
        Texts((await signedIn.Get("auth/me")).Json["permissions"]!).ShouldBe(expected);
        // Somebody whose token was made before is held against the rows.
        Texts((await user.Visitor.Get("auth/me")).Json["permissions"]!).ShouldBe(expected);
        foreach (
            var (path, permission) in new[]
            {
                ("users", Permissions.UsersRead),
                ("roles", Permissions.RolesRead),
                ("audit-events", Permissions.AuditRead),
                ("files", Permissions.FilesRead),
            }
        )
            (await signedIn.Get(path)).Status.ShouldBe(expected.Contains(permission) ? 200 : 403, path);
        foreach (var permission in Given)
            (await admin.Get($"access/explain?user_id={user.Id}&permission={permission}"))
                .Flag("allowed")
                .ShouldBe(expected.Contains(permission), permission);
        if (planted.Assigned.Length == 1)
        {
            var preview = await admin.Post(
                $"roles/{ids[planted.Assigned[0]]}/preview",
                new { permissions = Array.Empty<string>() }
            );
            preview.Status.ShouldBe(200, preview.Text);
            (preview.Json["users"]!.AsArray().Count == 0 ? [] : Texts(preview.Json["users"]![0]!["loses"]!)).ShouldBe(
                expected
            );
        }
    }

    private async Task<Guid[]> Plant(Guid tenant, Guid user, Planted planted)
    {
        var ids = planted.Parents.Select(_ => Guid.CreateVersion7()).ToArray();
        List<string> sql = [$"BEGIN; DELETE FROM user_roles WHERE tenant_id = '{tenant}' AND user_id = '{user}';"];
        for (var i = 0; i < ids.Length; i++)
            sql.Add(
                $"INSERT INTO roles (tenant_id, id, name, is_system_role, created_at, updated_at) VALUES ('{tenant}', '{ids[i]}', 'Planted {i}', false, now(), now());"
            );
        for (var i = 0; i < ids.Length; i++)
        {
            if (planted.Parents[i] >= 0)
                sql.Add(
                    $"UPDATE roles SET parent_id = '{ids[planted.Parents[i]]}' WHERE tenant_id = '{tenant}' AND id = '{ids[i]}';"
                );
        }
        foreach (var (role, permission) in planted.Granted)
            sql.Add(
                $"INSERT INTO role_permissions (tenant_id, role_id, permission_id) SELECT '{tenant}', '{ids[role]}', id FROM permissions WHERE name = '{Given[permission]}' ON CONFLICT DO NOTHING;"
            );
        foreach (var role in planted.Assigned)
            sql.Add(
                $"INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_at) VALUES ('{tenant}', '{user}', '{ids[role]}', now());"
            );
        await service.Sql(string.Concat(sql) + "COMMIT");
        return ids;
    }

    private static List<string> Texts(JsonNode texts) =>
        [.. texts.AsArray().Select(text => text!.GetValue<string>()).Order(StringComparer.Ordinal)];

    /// <param name="Parents">of each role, the index of the one below; -1: none</param>
    /// <param name="Granted">role and permission, by index</param>
    /// <param name="Assigned">what the user has, by index</param>
    private sealed record Planted(int[] Parents, (int Role, int Permission)[] Granted, int[] Assigned)
    {
        /// <summary>The definition: of each assigned role and all below it, each once.</summary>
        public IReadOnlySet<int> Means
        {
            get
            {
                var reached = new HashSet<int>();
                foreach (var role in Assigned)
                {
                    for (var next = role; next >= 0 && reached.Add(next); next = Parents[next]) { }
                }
                return Granted
                    .Where(grant => reached.Contains(grant.Role))
                    .Select(grant => grant.Permission)
                    .ToHashSet();
            }
        }
    }
}
