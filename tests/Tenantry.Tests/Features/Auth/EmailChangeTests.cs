using System.Net.Http.Json;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>A user, or an administrator, changes an e-mail address.</summary>
public sealed class EmailChangeTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task The_address_changes_when_the_link_in_the_new_mailbox_is_used()
    {
        var (slug, before, after, user) = await Someone();
        (await Ask(user, after)).Status.ShouldBe(202);
        var token = await service.MailedToken(after);
        (await user.Get("auth/me")).Text("email").ShouldBe(before);

        (await service.At().Post("auth/email-change/confirm", new { token })).Status.ShouldBe(204);

        (await user.Get("auth/me")).Text("email").ShouldBe(after);
        (
            await service.At(slug).Post("auth/login", new { email = before, password = Service.Password })
        ).Status.ShouldBe(401);
        (await service.At(slug).Post("auth/login", new { email = after, password = Service.Password })).Status.ShouldBe(
            200
        );
        (await service.At().Post("auth/email-change/confirm", new { token }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
    }

    [Fact]
    public async Task The_former_mailbox_can_undo_the_change_and_locks_a_thief_out()
    {
        var (slug, before, after, thief) = await Someone();
        await Ask(thief, after);
        (
            await service.At().Post("auth/email-change/confirm", new { token = await service.MailedToken(after) })
        ).Status.ShouldBe(204);
        var back = await service.MailedToken(before);
        (
            await thief.Post(
                "auth/password-change",
                new { current_password = Service.Password, new_password = "a thief's long password" }
            )
        ).Status.ShouldBe(204);

        (await service.At().Post("auth/email-change/undo", new { token = back })).Status.ShouldBe(204);

        (await thief.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        foreach (var email in new[] { before, after })
            (
                await service.At(slug).Post("auth/login", new { email, password = "a thief's long password" })
            ).Status.ShouldBe(401);
        (
            await service
                .At()
                .Post(
                    "auth/password-reset",
                    new { token = await service.MailedToken(before), new_password = "the owner's long password" }
                )
        ).Status.ShouldBe(204);
        (
            await service.At(slug).Post("auth/login", new { email = before, password = "the owner's long password" })
        ).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_change_voids_the_links_that_were_mailed_before()
    {
        var (slug, before, after, user) = await Someone();
        (await service.At(slug).Post("auth/password-reset-request", new { email = before })).Status.ShouldBe(202);
        await service.Mail(before, $"Reset your password for {slug}");
        var reset = await service.MailedToken(before);
        await Ask(user, after);

        (
            await service.At().Post("auth/email-change/confirm", new { token = await service.MailedToken(after) })
        ).Status.ShouldBe(204);

        (
            await service
                .At()
                .Post("auth/password-reset", new { token = reset, new_password = "the owner's long password" })
        )
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
    }

    [Theory]
    [InlineData("ends all other sessions")]
    [InlineData("ends the session of the thief")]
    [InlineData("signs out everywhere")]
    [InlineData("is signed out by an administrator")]
    [InlineData("refreshes with a token that was used before")]
    public async Task A_change_that_a_thief_requested_is_void_when_its_user(string what)
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, email, thief) = await service.Joined(admin, slug, "User");
        var owner = await service.At(slug).SignIn(email);
        var after = $"{Guid.NewGuid():N}@example.com";
        (await Ask(thief, after)).Status.ShouldBe(202);
        var token = await service.MailedToken(after);
        var stolen = await service.Ask<Guid>(
            $"SELECT id FROM sessions WHERE user_id = '{id}' ORDER BY created_at LIMIT 1"
        );

        switch (what)
        {
            case "ends all other sessions":
                (await owner.Delete("auth/sessions")).Status.ShouldBe(204);
                break;
            case "ends the session of the thief":
                (await owner.Delete($"auth/sessions/{stolen}")).Status.ShouldBe(204);
                break;
            case "signs out everywhere":
                (await owner.Post("auth/logout", new { all_sessions = true })).Status.ShouldBe(204);
                break;
            case "is signed out by an administrator":
                (await admin.Delete($"users/{id}/sessions")).Status.ShouldBe(204);
                break;
            default:
                await Refresh(200);
                await service.Sql("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '1 hour'");
                await Refresh(401);
                break;
        }

        (await service.At().Post("auth/email-change/confirm", new { token }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");

        async Task Refresh(int status) =>
            (await service.At().Post("auth/refresh", new { refresh_token = owner.RefreshToken })).Status.ShouldBe(
                status
            );
    }

    [Fact]
    public async Task A_thief_cannot_prevent_the_undoing_by_registering_the_former_address()
    {
        var (slug, before, after, thief) = await Someone();
        await service.Sql(
            $"UPDATE tenants SET registration = 'open', verification_required = false WHERE slug = '{slug}'"
        );
        await Ask(thief, after);
        (
            await service.At().Post("auth/email-change/confirm", new { token = await service.MailedToken(after) })
        ).Status.ShouldBe(204);
        var back = await service.MailedToken(before);
        await Eventually.Is(async () =>
            (
                await service
                    .At(slug)
                    .Post(
                        "auth/register",
                        new
                        {
                            email = before,
                            password = "a thief's long password",
                            first_name = "Mallory",
                        }
                    )
            ).Status == 201
        );
        var squatter = await service.At(slug).SignIn(before, "a thief's long password");

        (await service.At().Post("auth/email-change/undo", new { token = back })).Status.ShouldBe(204);

        (await squatter.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (
            await service.At(slug).Post("auth/login", new { email = before, password = "a thief's long password" })
        ).Status.ShouldBe(401);
        (
            await service.Ask<string>($"SELECT string_agg(first_name, ',') FROM users WHERE email = '{before}'")
        ).ShouldNotBe("Mallory");
    }

    [Fact]
    public async Task A_user_who_has_undone_a_change_is_no_invitation_that_can_be_cancelled()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, before, user) = await service.Joined(admin, slug, "User");
        var after = $"{Guid.NewGuid():N}@example.com";
        await Ask(user, after);
        await service.At().Post("auth/email-change/confirm", new { token = await service.MailedToken(after) });
        (
            await service.At().Post("auth/email-change/undo", new { token = await service.MailedToken(before) })
        ).Status.ShouldBe(204);

        (await admin.Delete($"users/{id}/invitation")).ShouldBeProblem(409, "conflict");

        (await admin.Get($"users/{id}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_account_cannot_be_deleted_by_its_user_while_a_change_can_be_undone()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, before, user) = await service.Joined(admin, slug, "User");
        var after = $"{Guid.NewGuid():N}@example.com";
        await Ask(user, after);
        await service.At().Post("auth/email-change/confirm", new { token = await service.MailedToken(after) });

        var refused = await user.Send(
            HttpMethod.Delete,
            "auth/me",
            JsonContent.Create(new { password = Service.Password })
        );

        refused.ShouldBeProblem(409, "conflict").Text("detail").ShouldContain("undo");
        (
            await service.At().Post("auth/email-change/undo", new { token = await service.MailedToken(before) })
        ).Status.ShouldBe(204);
        (await admin.Delete($"users/{id}")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task An_administrator_cannot_flood_a_mailbox_by_changes_of_an_address()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, _, _) = await service.Joined(admin, slug, "User");
        var victim = $"{Guid.NewGuid():N}@example.com";
        for (var i = 0; i < 2; i++)
        {
            (await admin.Put($"users/{id}", new { email = victim, first_name = "Ada" })).Status.ShouldBe(200);
            (
                await admin.Put($"users/{id}", new { email = $"{Guid.NewGuid():N}@example.com", first_name = "Ada" })
            ).Status.ShouldBe(200);
        }

        (await admin.Put($"users/{id}", new { email = victim, first_name = "Eve" })).ShouldBeProblem(
            429,
            "rate_limit_exceeded"
        );

        var user = await admin.Get($"users/{id}");
        user.Text("email").ShouldNotBe(victim);
        user.Text("first_name").ShouldBe("Ada");
    }

    [Fact]
    public async Task Requests_for_taken_addresses_count_like_those_for_free_ones()
    {
        var (slug, _, _, user) = await Someone();
        for (var i = 0; i < 4; i++)
            (await Ask(user, $"{Guid.NewGuid():N}@example.com")).Status.ShouldBe(202);

        (await Ask(user, $"admin@{slug}.example")).Status.ShouldBe(202);

        (await Ask(user, $"{Guid.NewGuid():N}@example.com")).Status.ShouldBe(429);
    }

    [Fact]
    public async Task A_taken_address_gets_the_same_response_and_changes_nothing()
    {
        var (slug, _, _, user) = await Someone();
        var taken = $"admin@{slug}.example";

        (await Ask(user, taken)).Status.ShouldBe(202);

        (await service.Mail(taken, $"Your account at {slug}")).ShouldNotBeNull();
        (await service.Ask<long>($"SELECT count(*) FROM mailed_tokens WHERE email = '{taken}'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_address_that_was_taken_meanwhile_is_a_conflict_and_the_link_stays_valid()
    {
        var (slug, _, after, user) = await Someone();
        await Ask(user, after);
        var token = await service.MailedToken(after);
        (
            await service.Ask<long>(
                $"WITH other AS (UPDATE users SET email = '{after}', email_normalized = '{after}' WHERE email = 'admin@{slug}.example' RETURNING 1) SELECT count(*) FROM other"
            )
        ).ShouldBe(1);

        (await service.At().Post("auth/email-change/confirm", new { token }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("email");

        await service.Sql(
            $"UPDATE users SET email = 'x@{slug}.example', email_normalized = 'x@{slug}.example' WHERE email = '{after}'"
        );
        (await service.At().Post("auth/email-change/confirm", new { token })).Status.ShouldBe(204);
    }

    [Fact]
    public async Task The_password_must_be_right_and_is_needed_after_ten_minutes()
    {
        var (_, before, after, user) = await Someone();

        (await user.Post("auth/email-change", new { email = after, password = "not the password" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("password");
        (await user.Post("auth/email-change", new { email = $" {before} " }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("email");
        await service.Sql(
            $"UPDATE sessions SET created_at = created_at - interval '11 minutes' WHERE user_id = (SELECT id FROM users WHERE email = '{before}')"
        );
        (await user.Post("auth/email-change", new { email = after }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("password");
    }

    [Fact]
    public async Task One_user_cannot_send_mails_to_many_strangers()
    {
        var (_, _, _, user) = await Someone();

        for (var i = 0; i < 5; i++)
            (await Ask(user, $"{Guid.NewGuid():N}@example.com")).Status.ShouldBe(202);

        (await Ask(user, $"{Guid.NewGuid():N}@example.com")).Status.ShouldBe(429);
        // The password was right: it does not count as an open attempt.
        (
            await user.Post(
                "auth/password-change",
                new { current_password = Service.Password, new_password = "another long password" }
            )
        ).Status.ShouldBe(204);
    }

    [Fact]
    public async Task An_administrator_changes_the_address_and_the_user_must_prove_it()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, before, user) = await service.Joined(admin, slug, "User");
        var after = $"{Guid.NewGuid():N}@example.com";

        var changed = await admin.Put($"users/{id}", new { email = after, first_name = "Ada" });

        (changed.Status, changed.Text("email"), changed.Flag("email_verified")).ShouldBe((200, after, false));
        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await service.Mail(before, $"Your e-mail address at {slug} was changed"))["body"]!
            .GetValue<string>()
            .ShouldNotContain("token=");
        (
            await service.At().Post("auth/verify-email", new { token = await service.MailedToken(after) })
        ).Status.ShouldBe(204);
        (await admin.Get($"users/{id}")).Flag("email_verified").ShouldBeTrue();
        (await admin.Put($"users/{id}", new { email = $"admin@{slug}.example" }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("email");
        (await admin.Put($"users/{id}", new { first_name = "Ada" })).Text("email").ShouldBe(after);
        var own = (await admin.Get("auth/me")).Json["id"];
        (await admin.Put($"users/{own}", new { email = "other@example.com" })).ShouldBeProblem(
            403,
            "permission_denied"
        );
    }

    private async Task<(string Slug, string Before, string After, Visitor User)> Someone()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, email, user) = await service.Joined(admin, slug, "User");
        return (slug, email, $"{Guid.NewGuid():N}@example.com", user);
    }

    private static Task<Answer> Ask(Visitor user, string email) =>
        user.Post("auth/email-change", new { email, password = Service.Password });
}
