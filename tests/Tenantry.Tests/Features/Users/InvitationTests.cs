using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

public sealed class InvitationTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task An_invited_user_comes_with_the_role_that_was_chosen_once()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"new@{slug}.example";

        var invited = await admin.Post("users", new { email, role = "Manager" });

        invited.Status.ShouldBe(201, invited.Text);
        invited.Header("Location").ShouldBe($"/api/v1/users/{invited.Json["id"]}");
        invited.Text("status").ShouldBe("invited");
        var token = await service.MailedToken(email);
        (await Accept(token)).Status.ShouldBe(201);
        (await Accept(token)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
        (await (await service.At(slug).SignIn(email)).Get("auth/me")).Text("role").ShouldBe("Manager");
    }

    [Fact]
    public async Task Without_a_role_it_is_that_of_a_User()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"new@{slug}.example";
        await admin.Post("users", new { email });
        await Accept(await service.MailedToken(email));

        (await (await service.At(slug).SignIn(email)).Get("auth/me")).Text("role").ShouldBe("User");
    }

    [Fact]
    public async Task A_caller_cannot_invite_a_user_with_more_permissions_than_their_own()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, _, manager) = await service.Joined(admin, slug, "Manager");

        (await manager.Post("users", new { email = $"boss@{slug}.example", role = "Admin" })).ShouldBeProblem(
            403,
            "permission_denied"
        );
        (await manager.Post("users", new { email = $"peer@{slug}.example", role = "Manager" })).Status.ShouldBe(201);
        (
            await (await service.Joined(admin, slug, "User")).Visitor.Post("users", new { email = $"x@{slug}.example" })
        ).ShouldBeProblem(403, "permission_denied");
    }

    [Fact]
    public async Task An_unknown_role_is_refused_with_a_list_of_the_roles_that_exist()
    {
        var (slug, _, admin) = await service.NewTenant();

        var answer = await admin.Post("users", new { email = $"x@{slug}.example", role = "King" });

        answer
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("role")
            .Text.ShouldContain("Admin, Manager, User, Viewer");
    }

    [Fact]
    public async Task An_address_that_is_known_in_the_tenant_is_a_conflict_and_one_known_elsewhere_is_not()
    {
        var ((slug, _, admin), (other, _, otherAdmin)) = (await service.NewTenant(), await service.NewTenant());
        var email = $"known@{slug}.example";
        (await admin.Post("users", new { email })).Status.ShouldBe(201);

        (await admin.Post("users", new { email = email.ToUpperInvariant() }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("email");
        (await otherAdmin.Post("users", new { email })).Status.ShouldBe(201);
        await Accept(await service.MailedToken(email)); // the newest: of the other tenant
        await service.At(other).SignIn(email);
        (await service.At(slug).Post("auth/login", new { email, password = Service.Password })).ShouldBeProblem(
            401,
            "authentication_failed"
        );
    }

    [Fact]
    public async Task Sent_again_the_new_link_is_good_and_the_old_one_is_not()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"again@{slug}.example";
        var id = (await admin.Post("users", new { email })).Json["id"]!;
        var first = await service.MailedToken(email);

        (await admin.Post($"users/{id}/invitation")).Status.ShouldBe(202);

        (await Accept(first)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
        (await Accept(await service.MailedToken(email))).Status.ShouldBe(201);
        (await admin.Post($"users/{id}/invitation")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task Resending_an_invitation_while_its_user_is_deleted_sends_no_mail()
    {
        await using var own = await service.Cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        var id = (await admin.Post("users", new { email = $"going@{slug}.example" })).Json["id"]!.GetValue<Guid>();

        var again = await own.WhileHeld(
            $"SELECT FROM users WHERE id = '{id}' FOR UPDATE",
            () => admin.Post($"users/{id}/invitation"),
            then: $"DELETE FROM users WHERE id = '{id}'"
        );

        again.ShouldBeProblem(404, "not_found");
        (
            await own.Ask<long>($"SELECT count(*) FROM notification_logs WHERE recipient = 'going@{slug}.example'")
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Taken_back_the_link_ends_and_the_address_is_free()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"never@{slug}.example";
        var id = (await admin.Post("users", new { email })).Json["id"]!;
        var token = await service.MailedToken(email);

        (await admin.Delete($"users/{id}/invitation")).Status.ShouldBe(204);

        (await Accept(token)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
        (await admin.Delete($"users/{id}/invitation")).ShouldBeProblem(404, "not_found");
        (await admin.Post("users", new { email })).Status.ShouldBe(201);
    }

    [Fact]
    public async Task An_accepted_invitation_cannot_be_cancelled()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"came@{slug}.example";
        var id = (await admin.Post("users", new { email })).Json["id"]!;
        await Accept(await service.MailedToken(email));

        (await admin.Delete($"users/{id}/invitation")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task Of_coming_and_being_taken_back_at_once_one_happens()
    {
        var (slug, _, admin) = await service.NewTenant();
        for (var i = 0; i < 10; i++)
        {
            var email = $"race-{i}@{slug}.example";
            var id = (await admin.Post("users", new { email })).Json["id"]!;
            var token = await service.MailedToken(email);

            var (came, taken) = (Accept(token), admin.Delete($"users/{id}/invitation"));
            await Task.WhenAll(came, taken);

            var users = await service.Ask<long>($"SELECT count(*) FROM users WHERE email = '{email}'");
            ((await came).Status == 201).ShouldBe(users == 1, $"{(await came).Text} {(await taken).Text}");
            ((await taken).Status == 204).ShouldBe(users == 0, $"{(await came).Text} {(await taken).Text}");
        }
    }

    [Fact]
    public async Task Another_tenants_invitation_is_not_there()
    {
        var ((slug, _, admin), (_, _, stranger)) = (await service.NewTenant(), await service.NewTenant());
        var id = (await admin.Post("users", new { email = $"mine@{slug}.example" })).Json["id"]!;

        (await stranger.Post($"users/{id}/invitation")).ShouldBeProblem(404, "not_found");
        (await stranger.Delete($"users/{id}/invitation")).ShouldBeProblem(404, "not_found");
    }

    private Task<Answer> Accept(string token) =>
        service
            .At()
            .Post(
                "auth/accept-invitation",
                new
                {
                    token,
                    password = Service.Password,
                    first_name = "Ada",
                }
            );
}
