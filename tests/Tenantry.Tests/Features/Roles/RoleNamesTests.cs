using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Roles;

/// <summary>Nobody is taken in by a role that only looks like another.</summary>
public sealed class RoleNamesTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Theory]
    [InlineData(" Admin")]
    [InlineData("admin")]
    [InlineData("A d m i n")]
    [InlineData("Admin.")]
    [InlineData("Adm1n")]
    [InlineData("\u0410dmin")] // Cyrillic A
    [InlineData("\uff21\uff44\uff4d\uff49\uff4e")] // full width
    [InlineData("Adm\u0131n")] // dotless i
    [InlineData("\u00c1dm\u00edn")] // with accents
    [InlineData("Ad\u00a0min")] // a space that does not break
    [InlineData("VIEWER")]
    [InlineData("Manag\u0435r")]
    [InlineData("Manag\u212fr")] // a mathematical e
    [InlineData("Us\u0435r")]
    [InlineData("Platform administrator")]
    [InlineData("platform-administrator")]
    [InlineData("\u03a1latform Administrator")] // Greek Rho
    public async Task A_tenants_own_role_cannot_have_a_name_that_reads_like_a_system_role(string name)
    {
        var (_, _, admin) = await service.NewTenant();
        var own = (await admin.Post("roles", new { name = "Support" })).Json["id"]!;

        (await admin.Post("roles", new { name })).ShouldBeProblem(400, "validation_failed").ShouldNameField("name");
        (await admin.Put($"roles/{own}", new { name }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("name");
    }

    [Theory]
    [InlineData("support")]
    [InlineData("Support ")]
    [InlineData("\u0405upport")] // Cyrillic
    [InlineData("\ud835\udc12upport")] // mathematical bold
    public async Task Two_roles_of_a_tenant_cannot_read_alike(string name)
    {
        var (_, _, admin) = await service.NewTenant();
        (await admin.Post("roles", new { name = "Support" })).Status.ShouldBe(201);
        var other = (await admin.Post("roles", new { name = "Sales" })).Json["id"]!;

        (await admin.Post("roles", new { name })).ShouldBeProblem(409, "conflict").ShouldNameField("name");
        (await admin.Put($"roles/{other}", new { name })).ShouldBeProblem(409, "conflict").ShouldNameField("name");
    }

    [Theory]
    [InlineData("Sup\u200bport")] // zero width space
    [InlineData("Sup\u00adport")] // soft hyphen
    [InlineData("\u202etroppuS")] // right-to-left override
    [InlineData("Sup\u034fport")] // combining grapheme joiner
    [InlineData("Support\u3164")] // Hangul filler
    [InlineData("Sup\nport")]
    [InlineData("Sup\u2028port")]
    [InlineData("\u00a0")]
    [InlineData("Sup\ufffeport")] // no character at all
    [InlineData("\u2800")] // an empty Braille pattern
    public async Task A_name_holds_nothing_that_cannot_be_seen(string name)
    {
        var (_, _, admin) = await service.NewTenant();

        (await admin.Post("roles", new { name })).ShouldBeProblem(400, "validation_failed").ShouldNameField("name");
    }

    [Fact]
    public async Task Names_of_all_languages_are_names()
    {
        var (_, _, admin) = await service.NewTenant();

        foreach (
            var name in new[]
            {
                "D\u00e9veloppeur",
                "\u0410\u0434\u043c\u0438\u043d\u0438\u0441\u0442\u0440\u0430\u0442\u043e\u0440",
                "\u7ba1\u7406\u8005",
                "Pr\u00fcfer",
                "Prufer",
                "Users",
                "Team 1",
                "Team 2",
                "Team I",
                "C",
                "C++",
                "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1",
            }
        )
            (await admin.Post("roles", new { name })).Status.ShouldBe(201, name);
    }

    [Fact]
    public async Task Of_many_who_make_roles_that_read_alike_at_once_one_succeeds()
    {
        var (_, _, admin) = await service.NewTenant();
        string[] names =
        [
            "Helpdesk",
            "helpdesk",
            "HELPDESK",
            "Help desk",
            "H\u0435lpdesk",
            "Helpd\u0435sk",
            "\uff28elpdesk",
            "Helpdesk ",
        ];

        var answers = await Task.WhenAll(names.Select(name => admin.Post("roles", new { name })));

        answers.Select(answer => answer.Status).Order().ShouldBe([201, .. Enumerable.Repeat(409, names.Length - 1)]);
    }

    [Fact]
    public async Task A_role_that_had_such_a_name_before_keeps_it_until_it_is_given_another()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var role = (await admin.Post("roles", new { name = "Old" })).Json["id"]!;
        await service.Sql($"UPDATE roles SET name = 'admin' WHERE tenant_id = '{tenant}' AND id = '{role}'");

        (await admin.Put($"roles/{role}", new { name = "admin", description = "From before" })).Status.ShouldBe(200);
        (await admin.Put($"roles/{role}", new { name = "viewer" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("name");
    }

    [Theory]
    [InlineData("Platform administrator")]
    [InlineData(" platform  ADMINISTRATOR")]
    public async Task The_role_in_a_tenants_token_is_never_that_of_the_platform(string name)
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var role = (await admin.Post("roles", new { name = "Old", permissions = new[] { "users:read" } })).Json["id"]!;
        var user = await service.Joined(admin, slug, "Old");
        // As an archive from elsewhere, or a version before, could have left it.
        await service.Sql(
            $"ALTER TABLE roles DISABLE TRIGGER USER; UPDATE roles SET name = '{name}', is_system_role = true WHERE tenant_id = '{tenant}' AND id = '{role}'; ALTER TABLE roles ENABLE TRIGGER USER"
        );

        var signedIn = await service
            .At(slug)
            .Post("auth/login", new { email = user.Email, password = Service.Password });

        var me = await service.At(slug).With(signedIn.Text("access_token")).Get("auth/me");
        me.Text("role").ShouldBe("");
        me.Json["permissions"]!.AsArray().Select(permission => permission!.GetValue<string>()).ShouldBe(["users:read"]);
        (await (await service.Platform()).Get("auth/me")).Text("role").ShouldBe("Platform administrator");
    }
}
