using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth.Me;

public sealed class MeTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task Reading_oneself_takes_one_round_trip_to_the_database()
    {
        var user = await service.At().NewUser();
        (await user.Get("auth/me")).Status.ShouldBe(200); // the token is remembered from here on
        using var statements = new Statements(service.Database);

        (await user.Get("auth/me")).Status.ShouldBe(200);

        statements.Heard.ShouldHaveSingleItem().ShouldStartWith("SELECT set_config('app.current_tenant_id'");
    }

    [Fact]
    public async Task The_token_of_a_deactivated_user_is_revoked()
    {
        var user = await service.At().NewUser("off@example.com");
        await service.Sql("UPDATE users SET is_active = false WHERE email = 'off@example.com'");

        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task What_is_given_changes_what_is_null_goes_and_the_rest_stays()
    {
        var user = await service.At().NewUser();
        (await user.Patch("auth/me", new { last_name = "Lovelace", phone = "+41791234567" })).Status.ShouldBe(200);

        var changed = await user.Send(
            HttpMethod.Patch,
            "auth/me",
            new StringContent("""{"last_name":null}""", System.Text.Encoding.UTF8, "application/json")
        );

        changed.Status.ShouldBe(200, changed.Text);
        (changed.Text("first_name"), changed.Json["last_name"], changed.Text("phone")).ShouldBe(
            ("Ada", null, "+41791234567")
        );
        (await user.Get("auth/me")).Text.ShouldBe(changed.Text);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'auth.me_changed' AND target_id = '{changed.Json["id"]}'"
            )
        ).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"first_name":null}""", "first_name")]
    [InlineData("""{"first_name":" "}""", "first_name")]
    [InlineData("""{"phone":"0791234567"}""", "phone")]
    [InlineData("""{"email":"other@example.com"}""", "email")]
    [InlineData("""{"role":"Admin"}""", "role")]
    [InlineData("""{"is_active":true}""", "is_active")]
    public async Task Users_cannot_change_protected_fields_of_their_own_profile_or_give_invalid_values(
        string body,
        string field
    )
    {
        var user = await service.At().NewUser();

        (
            await user.Send(
                HttpMethod.Patch,
                "auth/me",
                new StringContent(body, System.Text.Encoding.UTF8, "application/json")
            )
        )
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField(field);
    }

    [Fact]
    public async Task Of_two_who_change_what_they_read_one_has_to_read_again()
    {
        var user = await service.At().NewUser();
        var tag = (await user.Get("auth/me")).Header("ETag")!;
        (await user.Send(HttpMethod.Get, "auth/me", null, ("If-None-Match", tag))).Status.ShouldBe(304);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i => user.Patch("auth/me", new { first_name = $"Ada {i}" }, ("If-Match", tag)))
        );

        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        foreach (var late in answers.Where(answer => answer.Status != 200))
            late.ShouldBeProblem(412, "precondition_failed");
        (await user.Patch("auth/me", new { first_name = "Ada" })).Status.ShouldBe(200); // without the header the last one wins
    }

    [Fact]
    public async Task The_tag_is_another_when_anything_in_the_body_is()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "Viewer");
        var again = await service.At(slug).SignIn(user.Email);
        var tag = (await again.Get("auth/me")).Header("ETag")!;
        (await user.Visitor.Get("auth/me")).Header("ETag").ShouldNotBe(tag); // another session
        await service.Sql(
            $"INSERT INTO user_roles SELECT u.tenant_id, u.id, r.id, now() FROM users u JOIN roles r ON r.tenant_id = u.tenant_id AND r.name = 'Manager' WHERE u.id = '{user.Id}'"
        );

        Answer read;
        do read = await again.Send(HttpMethod.Get, "auth/me", null, ("If-None-Match", tag));
        while (read.Status == 304);

        read.Text("role").ShouldBe("Manager");
    }

    [Fact]
    public async Task A_user_goes_and_the_tokens_with_them()
    {
        var user = await service.At().NewUser("leaving@example.com");

        (await user.Delete("auth/me")).Status.ShouldBe(204);

        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (
            await service.At().Post("auth/login", new { email = "leaving@example.com", password = Service.Password })
        ).ShouldBeProblem(401, "authentication_failed");
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email = 'leaving@example.com'")).ShouldBe(0);
        (await service.At().Get("/dev/mailbox?recipient=leaving@example.com")).Items().ShouldHaveSingleItem();
        await service.At().NewUser("leaving@example.com"); // the address is free
    }

    [Fact]
    public async Task Ten_minutes_after_the_sign_in_the_password_is_asked_for()
    {
        var user = await service.At().NewUser("old-session@example.com");
        await service.Sql(
            "UPDATE sessions SET created_at = created_at - interval '11 minutes' WHERE user_id = (SELECT id FROM users WHERE email = 'old-session@example.com')"
        );

        (await user.Delete("auth/me")).ShouldBeProblem(400, "validation_failed").ShouldNameField("password");
        (await Delete("wrong password")).ShouldBeProblem(400, "validation_failed").ShouldNameField("password");
        (await Delete(Service.Password)).Status.ShouldBe(204);

        Task<Answer> Delete(string password) =>
            user.Send(HttpMethod.Delete, "auth/me", System.Net.Http.Json.JsonContent.Create(new { password }));
    }

    [Fact]
    public async Task Who_goes_while_they_ask_for_other_things_makes_nothing_fail()
    {
        for (var round = 0; round < 5; round++)
        {
            var user = await service.At().NewUser();

            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(number =>
                        (number % 4) switch
                        {
                            0 => user.Delete("auth/me"),
                            1 => user.Get("auth/me/export"),
                            2 => user.Patch("auth/me", new { first_name = "Ada" }),
                            _ => user.Post(
                                "auth/password-change",
                                new { current_password = "another", new_password = "a longer horse and two batteries" }
                            ),
                        }
                    )
            );

            answers.ShouldAllBe(answer => answer.Status < 500);
            (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        }
    }

    [Fact]
    public async Task A_deletion_that_is_refused_after_the_right_password_ends_the_attempt()
    {
        var (_, _, admin) = await service.NewTenant();

        for (var i = 0; i < 3; i++)
            (
                await admin.Send(
                    HttpMethod.Delete,
                    "auth/me",
                    System.Net.Http.Json.JsonContent.Create(new { password = Service.Password })
                )
            ).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task The_last_Admin_does_not_go()
    {
        var (_, _, admin) = await service.NewTenant();

        (await admin.Delete("auth/me")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task An_export_has_all_that_is_kept_of_the_user_and_no_secret()
    {
        var user = await service.At().NewUser("portable@example.com");
        await service.At().NewUser("somebody-else@example.com");
        await service.At().Post("auth/verify-email/resend", new { email = "portable@example.com" });
        while (
            await service.Ask<long>("SELECT count(*) FROM notification_logs WHERE recipient = 'portable@example.com'")
            == 0
        )
            await Task.Yield();

        var export = await user.Get("auth/me/export");

        export.Status.ShouldBe(200, export.Text);
        export.Json["user"]!.Text("email").ShouldBe("portable@example.com");
        export.Json["sessions"]!.AsArray().Count.ShouldBe(1);
        export.Json["messages"]!.AsArray().Count.ShouldBe(1);
        export.Json["audit_events"]!
            .AsArray()
            .Select(one => one!.Text("action"))
            .ShouldBe(["auth.login", "auth.registered"]);
        foreach (var secret in new[] { "argon2", "tnr_", "tnm_", "token=", "somebody-else", Service.Password })
            export.Text.ShouldNotContain(secret);
    }
}
