using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// A change is held against its caller inside the database, where it is committed. RevokedCallerTests walks all
/// operations; here is what is particular.
/// </summary>
public sealed class ActingCallerTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_who_is_deactivated_while_their_change_waits_for_a_lock_changes_nothing()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (caller, _, other) = await service.Joined(admin, slug, "Admin");
        var (target, _, _) = await service.Joined(admin, slug, "User");

        var answer = await service.WhileHeld(
            $"SELECT FROM users WHERE id = '{target}' FOR UPDATE",
            () => other.Put($"users/{target}", new { first_name = "Changed" }),
            then: $"UPDATE users SET is_active = false WHERE id = '{caller}'"
        );

        answer.ShouldBeProblem(401, "token_revoked");
        (await service.Ask<string>($"SELECT first_name FROM users WHERE id = '{target}'")).ShouldBe("Joined");
    }

    [Fact]
    public async Task A_caller_whose_role_is_taken_while_they_wait_to_make_a_role_makes_none()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (caller, _, other) = await service.Joined(admin, slug, "Admin");

        var answer = await service.WhileHeld(
            $"SELECT FROM roles WHERE tenant_id = '{tenant}' FOR UPDATE",
            () => other.Post("roles", new { name = "Mine", permissions = new[] { "users:read" } }),
            then: $"DELETE FROM user_roles WHERE user_id = '{caller}'"
        );

        answer.ShouldBeProblem(403, "permission_denied");
        (
            await service.Ask<long>($"SELECT count(*) FROM roles WHERE tenant_id = '{tenant}' AND name = 'Mine'")
        ).ShouldBe(0);
    }

    [Fact]
    public async Task A_caller_who_waits_behind_the_taking_of_their_role_cannot_give_it_back_to_themselves()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (caller, _, other) = await service.Joined(admin, slug, "Admin");
        var role = await service.Ask<Guid>($"SELECT role_id FROM user_roles WHERE user_id = '{caller}'");

        var answer = await service.WhileHeld(
            $"SELECT FROM users WHERE id = '{caller}' FOR UPDATE",
            () => other.Post($"users/{caller}/roles", new { role_id = role }),
            then: $"DELETE FROM user_roles WHERE user_id = '{caller}'"
        );

        answer.ShouldBeProblem(403, "permission_denied");
        (await service.Ask<long>($"SELECT count(*) FROM user_roles WHERE user_id = '{caller}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_caller_who_waits_behind_their_deactivation_cannot_activate_themselves()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (caller, _, other) = await service.Joined(admin, slug, "Admin");

        var answer = await service.WhileHeld(
            $"SELECT FROM users WHERE id = '{caller}' FOR UPDATE",
            () => other.Post($"users/{caller}/activate"),
            then: $"UPDATE users SET is_active = false WHERE id = '{caller}'"
        );

        answer.ShouldBeProblem(401, "token_revoked");
        (await service.Ask<bool>($"SELECT is_active FROM users WHERE id = '{caller}'")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_caller_who_waits_behind_a_change_of_their_role_cannot_put_back_what_it_took()
    {
        var (tenant, keeper, caller, other) = await WithRole("Keeper", "roles:manage", "users:read", "users:update");

        var answer = await service.WhileHeld(
            $"SELECT FROM roles WHERE tenant_id = '{tenant}' FOR UPDATE",
            () =>
                other.Put(
                    $"roles/{keeper}",
                    new { name = "Keeper", permissions = new[] { "roles:manage", "users:read", "users:update" } }
                ),
            then: $"DELETE FROM role_permissions WHERE role_id = '{keeper}' AND permission_id = (SELECT id FROM permissions WHERE name = 'users:update')"
        );

        answer.ShouldBeProblem(403, "permission_denied");
        (await service.Ask<long>($"SELECT count(*) FROM role_permissions WHERE role_id = '{keeper}'")).ShouldBe(2);
        (await service.Ask<long>($"SELECT count(*) FROM user_roles WHERE user_id = '{caller}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_whose_role_loses_a_permission_during_the_wait_cannot_take_a_role_that_has_it()
    {
        var (tenant, keeper, caller, other) = await WithRole("Keeper", "roles:manage", "users:read", "users:update");
        var made = await other.Post("roles", new { name = "Spare", permissions = new[] { "users:update" } });
        made.Status.ShouldBe(201, made.Text);

        var answer = await service.WhileHeld(
            $"SELECT FROM roles WHERE tenant_id = '{tenant}' FOR UPDATE",
            () => other.Post($"users/{caller}/roles", new { role_id = made.Json["id"]!.GetValue<Guid>() }),
            then: $"DELETE FROM role_permissions WHERE role_id = '{keeper}' AND permission_id = (SELECT id FROM permissions WHERE name = 'users:update')"
        );

        answer.ShouldBeProblem(403, "permission_denied");
        (await service.Ask<long>($"SELECT count(*) FROM user_roles WHERE user_id = '{caller}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_who_waits_behind_the_switching_off_of_their_tenant_changes_nothing_of_it()
    {
        var (_, tenant, admin) = await service.NewTenant();

        var answer = await service.WhileHeld(
            $"SELECT FROM tenants WHERE id = '{tenant}' FOR UPDATE",
            () => admin.Put($"tenants/{tenant}", new { name = "Mine", metadata = new { a = 1 } }),
            then: $"UPDATE tenants SET is_active = false WHERE id = '{tenant}'"
        );

        answer.ShouldBeProblem(404, "tenant_not_found");
        (await service.Ask<string>($"SELECT name FROM tenants WHERE id = '{tenant}'")).ShouldNotBe("Mine");
    }

    [Fact]
    public async Task A_mail_is_not_accepted_of_a_caller_who_signs_out_while_it_waits()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (caller, _, other) = await service.Joined(admin, slug, "Manager");

        var answer = await service.WhileHeld(
            "LOCK TABLE message_counts IN EXCLUSIVE MODE",
            () =>
                other.Post(
                    "notifications/email",
                    new
                    {
                        recipient = "to@example.com",
                        subject = "Hello",
                        body = "Hello",
                    }
                ),
            then: $"UPDATE sessions SET revoked_at = now() WHERE user_id = '{caller}'"
        );

        answer.ShouldBeProblem(401, "token_revoked");
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{tenant}' AND recipient = 'to@example.com'"
            )
        ).ShouldBe(0);
    }

    /// <summary>The link of the audit chain is made at the very end, and may wait for others.</summary>
    [Fact]
    public async Task A_caller_deactivated_while_the_change_waits_for_the_audit_chain_changes_nothing()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (caller, _, other) = await service.Joined(admin, slug, "Admin");

        var answer = await service.WhileHeld(
            "LOCK TABLE audit_links IN EXCLUSIVE MODE",
            () => other.Post("roles", new { name = "Mine" }),
            then: $"UPDATE users SET is_active = false WHERE id = '{caller}'"
        );

        answer.ShouldBeProblem(401, "token_revoked");
        (
            await service.Ask<long>($"SELECT count(*) FROM roles WHERE tenant_id = '{tenant}' AND name = 'Mine'")
        ).ShouldBe(0);
    }

    [Fact]
    public async Task A_caller_may_end_their_own_session_role_and_account()
    {
        var (slug, _, admin) = await service.NewTenant();
        var roles = (await admin.Get("roles"))
            .Items()
            .ToDictionary(role => role!.Text("name"), role => role!["id"]!.GetValue<Guid>());
        var (first, _, deactivates) = await service.Joined(admin, slug, "Admin");
        var (second, _, takes) = await service.Joined(admin, slug, "Admin");
        var (third, _, deletes) = await service.Joined(admin, slug, "Admin");
        var (_, _, ends) = await service.Joined(admin, slug, "User");
        var (fourth, _, signsOut) = await service.Joined(admin, slug, "Admin");
        var (fifth, _, changes) = await service.Joined(admin, slug, "User");
        var own = await admin.Post(
            "roles",
            new { name = "Changes roles", permissions = new[] { "roles:manage", "users:read" } }
        );
        (await admin.Post($"users/{fifth}/roles", new { role_id = own.Json["id"]!.GetValue<Guid>() })).Status.ShouldBe(
            200
        );

        (await deactivates.Post($"users/{first}/deactivate")).Status.ShouldBe(200);
        (await takes.Delete($"users/{second}/roles/{roles["Admin"]}")).Status.ShouldBe(204);
        (await deletes.Delete($"users/{third}")).Status.ShouldBe(204);
        (await ends.Delete($"auth/sessions/{(await ends.Get("auth/me")).Json["session_id"]}")).Status.ShouldBe(204);
        (await signsOut.Delete($"users/{fourth}/sessions")).Status.ShouldBe(204);
        (
            await changes.Put(
                $"roles/{own.Json["id"]}",
                new { name = "Changes roles", permissions = new[] { "users:read" } }
            )
        ).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_change_has_no_round_trip_more_for_it()
    {
        var (_, _, admin) = await service.NewTenant();
        (await admin.Patch("auth/me", new { first_name = "Once" })).Status.ShouldBe(200);
        using var statements = new Statements(service.Database);

        (await admin.Patch("auth/me", new { first_name = "Twice" })).Status.ShouldBe(200);

        var ofTheChange = statements
            .Heard.Where(sql =>
                sql.Contains("begin_change", StringComparison.Ordinal)
                || sql.Contains("demand_caller", StringComparison.Ordinal)
            )
            .ToList();
        ofTheChange.Count.ShouldBe(2, string.Join("\n\n", statements.Heard));
        ofTheChange[0].ShouldNotContain("demand_caller"); // with BEGIN
        ofTheChange[1].ShouldContain("COMMIT");
    }

    /// <summary>
    /// So that nobody writes past the check, by mistake: a question of EF's that is none, outside a transaction.
    /// </summary>
    [Fact]
    public async Task What_is_no_change_of_a_caller_cannot_write()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var me = (await admin.Get("auth/me")).Json;
        var (user, session) = (me["id"]!.GetValue<Guid>(), me["session_id"]!.GetValue<Guid>());
        await using var db = service
            .Contexts.CreateDbContext()
            .For(tenant)
            .WithCaller(new ActingCaller(tenant, session, user) { Permissions = ["users:update"] });

        var refusal = await Should.ThrowAsync<PostgresException>(() =>
            db
                .Database.SqlQuery<Guid>(
                    $"UPDATE users SET first_name = 'x' WHERE id = {user} RETURNING id AS \"Value\""
                )
                .ToListAsync(Cancel)
        );
        (
            await db.Set<User>()
                .Where(u => u.Id == user)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.FirstName, "y"), Cancel)
        ).ShouldBe(1);
        await service.Sql($"UPDATE sessions SET revoked_at = now() WHERE id = '{session}'");
        var revoked = await Should.ThrowAsync<PostgresException>(() =>
            db.Set<User>()
                .Where(u => u.Id == user)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.FirstName, "z"), Cancel)
        );

        refusal.SqlState.ShouldBe(PostgresErrorCodes.ReadOnlySqlTransaction);
        revoked.SqlState.ShouldBe(ActingCaller.Revoked);
        (await service.Ask<string>($"SELECT first_name FROM users WHERE id = '{user}'")).ShouldBe("y");
    }

    /// <summary>Somebody who is a User, and has another role with these permissions of its own.</summary>
    private async Task<(Guid Tenant, Guid Role, Guid Id, Visitor Visitor)> WithRole(
        string name,
        params string[] permissions
    )
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (id, _, visitor) = await service.Joined(admin, slug, "User");
        var role = (await admin.Post("roles", new { name, permissions })).Json["id"]!.GetValue<Guid>();
        (await admin.Post($"users/{id}/roles", new { role_id = role })).Status.ShouldBe(200);
        return (tenant, role, id, visitor);
    }
}
