using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

/// <summary>Users who were imported or invited, and have no password yet.</summary>
public sealed class UsersWithoutPasswordTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_reset_request_of_a_user_without_a_password_sends_a_link_to_set_one()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"ada@{slug}.example";
        (await admin.Post("users", new { email, first_name = "Ada" })).Status.ShouldBe(201);
        var invitation = await service.MailedToken(email);

        (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
        await service.Mail(email, $"Set your password for {slug}");
        (
            await service
                .At()
                .Post(
                    "auth/password-reset",
                    new { token = await service.MailedToken(email), new_password = Service.Password }
                )
        ).Status.ShouldBe(204);

        (await service.At(slug).Post("auth/login", new { email, password = Service.Password })).Status.ShouldBe(200);
        (
            await service
                .At()
                .Post(
                    "auth/accept-invitation",
                    new
                    {
                        token = invitation,
                        password = "another long password",
                        first_name = "Eve",
                    }
                )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
    }

    [Fact]
    public async Task The_acceptance_of_an_invitation_voids_the_link_that_sets_a_password()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"ada@{slug}.example";
        (await admin.Post("users", new { email, first_name = "Ada" })).Status.ShouldBe(201);
        var invitation = await service.MailedToken(email);
        (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
        await service.Mail(email, $"Set your password for {slug}");
        var token = await service.MailedToken(email);

        (
            await service
                .At()
                .Post(
                    "auth/accept-invitation",
                    new
                    {
                        token = invitation,
                        password = Service.Password,
                        first_name = "Ada",
                    }
                )
        ).Status.ShouldBe(201);

        (await service.At().Post("auth/password-reset", new { token, new_password = "another long password" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
    }

    [Fact]
    public async Task Many_users_are_invited_at_once_and_the_others_are_reported_with_the_reason()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (joined, _, _) = await service.Joined(admin, slug, "User");
        var first = await Invited("a");
        var second = await Invited("b");
        var gone = await Invited("c");
        (await admin.Post($"users/{gone}/deactivate")).Status.ShouldBe(200);
        await service.Sql("UPDATE notification_logs SET created_at = created_at - interval '2 hours'");
        var unknown = Guid.NewGuid();

        var answer = await admin.Post(
            "users/invitations",
            new { user_ids = new[] { first, second, joined, gone, unknown } }
        );

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["invited"]!
            .AsArray()
            .Select(id => id!.GetValue<Guid>())
            .Order()
            .ShouldBe(new[] { first, second }.Order());
        answer.Json["skipped"]!
            .AsArray()
            .ToDictionary(one => one!["id"]!.GetValue<Guid>(), one => one!.Text("reason"))
            .ShouldBe(
                new Dictionary<Guid, string>
                {
                    [joined] = "has_password",
                    [gone] = "deactivated",
                    [unknown] = "not_found",
                },
                ignoreOrder: true
            );
        var again = await admin.Post("users/invitations", new { user_ids = new[] { first } });
        again.Json["skipped"]![0]!.Text("reason").ShouldBe("too_soon");
        (await admin.Post("users/invitations", new { user_ids = Array.Empty<Guid>() }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("user_ids");
        (await admin.Post("users/invitations", new { user_ids = Enumerable.Range(0, 101).Select(_ => Guid.NewGuid()) }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("user_ids");

        async Task<Guid> Invited(string name) =>
            (await admin.Post("users", new { email = $"{name}@{slug}.example" })).Json["id"]!.GetValue<Guid>();
    }

    [Fact]
    public async Task An_administrator_sees_who_never_came()
    {
        var (slug, _, admin) = await service.NewTenant();
        await service.Joined(admin, slug, "User");
        (await admin.Post("users", new { email = $"never@{slug}.example" })).Status.ShouldBe(201);

        (await admin.Get("users?has_signed_in=false"))
            .Items()
            .Select(user => user!.Text("email"))
            .ShouldBe([$"never@{slug}.example"]);
        (await admin.Get("users?has_signed_in=true")).Items().Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_invites_all_users_without_a_password()
    {
        var (slug, _, admin) = await service.NewTenant();
        await service.Joined(admin, slug, "User");
        foreach (var name in new[] { "a", "b" })
            (await admin.Post("users", new { email = $"{name}@{slug}.example" })).Status.ShouldBe(201);
        await service.Sql("UPDATE notification_logs SET created_at = created_at - interval '2 hours'");

        var dry = await Invite("--dry-run");
        var sent = await Invite();
        var again = await Invite();

        dry.ShouldBe((0, $"2 users of {slug} have no password. Nothing was sent.\n"));
        sent.ShouldBe((0, $"2 users of {slug} invited.\n"));
        again.Output.ShouldContain("2 users were invited several times recently.");
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE recipient = 'a@{slug}.example' AND template_name = 'invitation'"
            )
        ).ShouldBe(2);

        Task<(int Code, string Output)> Invite(params string[] more) =>
            OperatorCommand.Run(
                ["users", "invite", "--tenant", slug, "--all-without-password", .. more],
                cluster.Variables(service.Database)
            );
    }
}
