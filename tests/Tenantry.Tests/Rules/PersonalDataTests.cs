using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Addresses, names and numbers of users are for holders of <c>users:read</c>. What else shows them is declared here.
/// </summary>
public sealed class PersonalDataTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string FirstName = "Zephyrine",
        LastName = "Quillfeather",
        Phone = "+41791234599";

    private readonly Service service = shared.Service;

    /// <summary>Beside <c>users:read</c>: what a permission alone shows of people, and why.</summary>
    private static readonly Dictionary<string, string> Shows = new(StringComparer.Ordinal)
    {
        [Permissions.AuditRead] = "/api/v1/audit-events", // who did what, and what became of it, is what the log is for
        [Permissions.NotificationsRead] = "/api/v1/notifications", // to whom a message went is what the history is for
    };

    [Fact]
    public async Task A_single_permission_shows_personal_data_only_where_that_is_its_purpose()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var below = (
            await admin.Post(
                "roles",
                new { name = "Below", permissions = new[] { "users:read", "files:read", "files:create" } }
            )
        ).Json["id"]!.GetValue<Guid>();
        var role = (await admin.Post("roles", new { name = "Above", parent_id = below })).Json["id"]!.GetValue<Guid>();
        var email = $"planted.{Guid.NewGuid():N}@{slug}.example";
        var user = (
            await admin.Post(
                "users",
                new
                {
                    email,
                    first_name = FirstName,
                    last_name = LastName,
                    phone = Phone,
                    role = "Above",
                }
            )
        ).Json["id"]!.GetValue<Guid>();
        (
            await service
                .At()
                .Post(
                    "auth/accept-invitation",
                    new
                    {
                        token = await service.MailedToken(email),
                        password = Service.Password,
                        first_name = FirstName,
                        last_name = LastName,
                    }
                )
        ).Status.ShouldBe(201);
        var reads = await Reads.Of(
            service,
            tenant,
            admin,
            user,
            email,
            await service.At(slug).SignIn(email),
            role,
            below
        );
        var found = 0;

        foreach (
            var permission in Permissions
                .All.Where(one => !one.Name.StartsWith("platform:", StringComparison.Ordinal))
                .Select(one => one.Name)
        )
        {
            (
                await admin.Post("roles", new { name = $"Only {permission}", permissions = new[] { permission } })
            ).Status.ShouldBe(201);
            var holder = (await service.Joined(admin, slug, $"Only {permission}")).Visitor;
            foreach (var (route, path) in reads.All.Append(("preview", "preview")))
            {
                var answer =
                    route == "preview"
                        ? await holder.Post($"roles/{below}/preview", new { permissions = Array.Empty<string>() })
                        : await holder.Get(path);
                answer.Status.ShouldBeOneOf([200, 302, 403, 404], $"{permission} at {route}: {answer.Text}");
                var shown = new[] { email, FirstName, LastName, Phone }
                    .Where(planted => answer.Text.Contains(planted, StringComparison.OrdinalIgnoreCase))
                    .ToList();
                found += shown.Count;
                if (
                    permission == Permissions.UsersRead
                    || (
                        Shows.TryGetValue(permission, out var where)
                        && route.StartsWith(where, StringComparison.Ordinal)
                    )
                )
                    continue;
                shown.ShouldBeEmpty($"{permission} at {route}");
            }
        }
        found.ShouldBeGreaterThan(4); // the walk finds what there is to find
    }

    [Fact]
    public async Task A_preview_names_users_to_who_may_see_users_and_shows_ids_to_others()
    {
        var (slug, _, admin) = await service.NewTenant();
        var role = (await admin.Post("roles", new { name = "Changed", permissions = new[] { "reports:view" } })).Json[
            "id"
        ]!;
        var user = await service.Joined(admin, slug, "Changed");
        await admin.Post("roles", new { name = "Role keeper", permissions = new[] { "roles:manage", "roles:read" } });
        var keeper = (await service.Joined(admin, slug, "Role keeper")).Visitor;
        var change = new { permissions = new[] { "files:read" } };

        var named = (await admin.Post($"roles/{role}/preview", change)).Json["users"]![0]!;
        (named["id"]!.GetValue<Guid>(), named.Text("email")).ShouldBe((user.Id, user.Email));
        var plain = (await keeper.Post($"roles/{role}/preview", change)).Json["users"]![0]!;
        (plain["id"]!.GetValue<Guid>(), plain["email"]?.GetValue<string>()).ShouldBe((user.Id, null));
    }

    [Fact]
    public async Task Why_another_may_do_something_is_explained_to_who_may_see_users()
    {
        var (slug, _, admin) = await service.NewTenant();
        await admin.Post("roles", new { name = "Role reader", permissions = new[] { "roles:read" } });
        var reader = await service.Joined(admin, slug, "Role reader");
        var other = await service.Joined(admin, slug, "Viewer");

        (await reader.Visitor.Get($"access/explain?user_id={other.Id}&permission=users:read")).ShouldBeProblem(
            403,
            "permission_denied"
        );
        (await reader.Visitor.Get($"access/explain?user_id={Guid.NewGuid()}&permission=users:read")).ShouldBeProblem(
            403,
            "permission_denied"
        );
        (await reader.Visitor.Get($"access/explain?user_id={reader.Id}&permission=roles:read"))
            .Flag("allowed")
            .ShouldBeTrue();
    }
}
