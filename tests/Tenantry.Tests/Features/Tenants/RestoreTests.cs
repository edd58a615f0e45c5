using System.Text;
using Tenantry.Commands;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Tenants.Archives;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

/// <summary>
/// A tenant that was erased or damaged comes back from its export; a database that was put back to an earlier moment
/// does nothing twice.
/// </summary>
public sealed class RestoreTests(Cluster cluster) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("restore").FullName;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_erased_tenant_comes_back_from_its_export_with_its_people_roles_and_files()
    {
        Script.Need("", "rsync");
        await using var service = await cluster.Start();
        var (slug, id, admin) = await service.NewTenant();
        var (_, email, _) = await service.Joined(admin, slug, "Manager");
        var file = await Upload(admin, "It cost 47.11.");
        await service.Settled();
        var archive = await Export(service, slug);
        (await admin.Post("roles", new { name = "Since" })).Status.ShouldBe(201);
        (await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel)).ShouldBeGreaterThan(0); // the store knows that there was more
        (await Objects("copy", service.Settings.Store.Folder, Path.Combine(folder, "copy"))).Code.ShouldBe(0);

        (await (await service.Platform()).Delete($"tenants/{id}")).Status.ShouldBe(202);
        await service.Sql($"UPDATE tenants SET deleted_at = now() - interval '31 days' WHERE id = '{id}'");
        while (await service.Services.GetRequiredService<TenantErasure>().EraseNext(Cancel)) { }
        await service.Until(
            $"SELECT NOT EXISTS (SELECT FROM tenants WHERE id = '{id}') AND NOT EXISTS (SELECT FROM object_removals)"
        );

        var refused = await Should.ThrowAsync<OperatorException>(() =>
            TenantCommand.Import(() => Program.Build(service.Settings), archive, isTrusted: true, Cancel)
        );
        refused.Message.ShouldContain("'tenantry tenant readmit ID'");
        (await OperatorCommand.Run(["tenant", "readmit", $"{id}"], cluster.Variables(service.Database))).Code.ShouldBe(
            0
        );
        await TenantCommand.Import(() => Program.Build(service.Settings), archive, isTrusted: true, Cancel);
        var lost = await OperatorCommand.Run(
            ["files", "reconcile", "--dry-run", "--grace-hours", "0"],
            cluster.Variables(service.Database)
        );
        (lost.Code, lost.Output.Contains($"of file {file}", StringComparison.Ordinal)).ShouldBe((1, true), lost.Output);
        (
            await Objects("back", Path.Combine(folder, "copy"), service.Settings.Store.Folder, id.ToString())
        ).Code.ShouldBe(0);

        (
            await OperatorCommand.Run(["tenant", "objects", slug, archive], cluster.Variables(service.Database))
        ).Output.ShouldContain("1 objects have their keys; 0 are missing");
        (
            await OperatorCommand.Run(
                ["files", "reconcile", "--dry-run", "--grace-hours", "0"],
                cluster.Variables(service.Database)
            )
        ).Code.ShouldBe(0);
        var manager = await service.At(slug).SignIn(email);
        (await manager.Get("auth/me")).Text("role").ShouldBe("Manager");
        (await Download(manager, file)).ShouldBe("It cost 47.11.");
        var verified = await OperatorCommand.Run(["audit", "verify"], cluster.Variables(service.Database));
        verified.Code.ShouldBe(0, verified.Output);
        verified.Output.ShouldContain("of them lost by a restore: all unaltered.");
    }

    [Fact]
    public async Task Rows_that_are_gone_come_back_into_a_tenant_that_lives_and_what_came_since_stays()
    {
        await using var service = await cluster.Start();
        var (slug, id, admin) = await service.NewTenant();
        var (user, email, _) = await service.Joined(admin, slug, "Manager");
        var archive = await Export(service, slug);
        await service.Sql($"DELETE FROM users WHERE tenant_id = '{id}' AND id = '{user}'");
        var (_, later, _) = await service.Joined(admin, slug, "Viewer");
        await service.Sql(
            $"UPDATE users SET first_name = 'Since' WHERE tenant_id = '{id}' AND email_normalized = 'admin@{slug}.example'"
        );
        await service
            .At(slug)
            .Post("auth/login", new { email, password = Service.Password })
            .ContinueWith(answer => answer.Result.ShouldBeProblem(401, "authentication_failed"), Cancel);

        // A role without the user that has it does not fit.
        (
            await Should.ThrowAsync<OperatorException>(() => Restore(service, slug, archive, ["user_roles"]))
        ).Message.ShouldContain("refers to a row that does not exist");
        await Restore(service, slug, archive, ["users", "user_roles"]);

        (await (await service.At(slug).SignIn(email)).Get("auth/me")).Text("role").ShouldBe("Manager");
        (await (await service.At(slug).SignIn(later)).Get("auth/me")).Text("role").ShouldBe("Viewer");
        (await admin.Get("auth/me")).Text("first_name").ShouldBe("Since");
        (
            await service.Ask<string>(
                $"SELECT details->'rows'->>'users' FROM audit_events WHERE action = 'tenant.rows_restored' AND tenant_id = '{id}'"
            )
        ).ShouldBe("1");
    }

    [Fact]
    public async Task Rows_that_were_changed_become_what_the_export_has_where_that_is_said()
    {
        await using var service = await cluster.Start();
        var (slug, id, admin) = await service.NewTenant();
        var (_, email, _) = await service.Joined(admin, slug, "Viewer");
        var archive = await Export(service, slug);
        await service.Sql(
            $"UPDATE users SET email = 'x' || id, email_normalized = 'x' || id, password_hash = 'x' WHERE tenant_id = '{id}'"
        );

        await Restore(service, slug, archive, ["users"]);
        (await service.At(slug).Post("auth/login", new { email, password = Service.Password })).ShouldBeProblem(
            401,
            "authentication_failed"
        );
        await Restore(service, slug, archive, ["users", "user_roles"], overwrite: true);

        (await (await service.At(slug).SignIn(email)).Get("auth/me")).Text("role").ShouldBe("Viewer");
    }

    [Fact]
    public async Task A_file_that_says_it_is_of_another_tenant_than_the_operator_brings_nothing_back()
    {
        await using var service = await cluster.Start();
        var (slug, _, admin) = await service.NewTenant();
        var (other, _, _) = await service.NewTenant();
        var (user, _, _) = await service.Joined(admin, slug, "User");
        var archive = await Export(service, slug);
        await service.Sql($"DELETE FROM users WHERE id = '{user}'");

        (
            await Should.ThrowAsync<OperatorException>(() => Restore(service, other, archive, ["users"]))
        ).Message.ShouldContain($"The archive contains the tenant '{slug}'");
        (await service.Ask<long>($"SELECT count(*) FROM users WHERE id = '{user}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_comes_back_has_a_key_of_its_own_and_leads_to_no_file_that_lives()
    {
        await using var service = await cluster.Start();
        var (slug, id, admin) = await service.NewTenant();
        var (kept, lost) = (await Upload(admin, "It is kept."), await Upload(admin, "It was lost."));
        await service.Settled();
        var archive = await Export(service, slug);
        var old = await service.Ask<string>($"SELECT file_key FROM files WHERE id = '{lost}'");
        // By a hand in the database: the object is still there.
        await service.Sql($"SET session_replication_role = replica; DELETE FROM files WHERE id = '{lost}'");
        var crafted = Path.Combine(folder, "crafted.zip");
        File.Copy(archive, crafted);
        var living = await service.Ask<string>($"SELECT file_key FROM files WHERE id = '{kept}'");
        await CraftedArchive.Rows(
            crafted,
            "files",
            row =>
            {
                if (row["id"]!.GetValue<Guid>() == lost)
                    row["file_key"] = living;
                else
                    row["file_key"] = $"{id}/{Guid.NewGuid()}";
            }
        );

        (
            await Should.ThrowAsync<OperatorException>(() => Restore(service, slug, crafted, ["files"]))
        ).Message.ShouldContain("the object of another file");
        await Restore(service, slug, archive, ["files"]);

        (await service.Ask<string>($"SELECT file_key FROM files WHERE id = '{lost}'")).ShouldNotBe(old);
        (await Download(admin, lost)).ShouldBe("It was lost.");
        (await Download(admin, kept)).ShouldBe("It is kept.");
    }

    [Fact]
    public async Task Overwriting_from_an_archive_that_is_not_trusted_verifies_no_address_and_moves_no_object()
    {
        await using var service = await cluster.Start();
        var (slug, id, admin) = await service.NewTenant();
        var (user, _, _) = await service.Joined(admin, slug, "User");
        var file = await Upload(admin, "It is kept.");
        await service.Settled();
        await service.Sql($"UPDATE users SET email_verified = true WHERE tenant_id = '{id}'");
        var archive = await Export(service, slug);
        await service.Sql($"UPDATE users SET email_verified = false WHERE id = '{user}'");
        await CraftedArchive.Rows(
            archive,
            "users",
            row =>
            {
                if (row["id"]!.GetValue<Guid>() != user)
                    row["email"] = "somebody.else@example.com";
            }
        );
        var key = await service.Ask<string>($"SELECT file_key FROM files WHERE id = '{file}'");

        await Restore(service, slug, archive, ["users", "files"], overwrite: true);

        (await service.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}' AND email_verified")).ShouldBe(
            0
        );
        (await service.Ask<string>($"SELECT file_key FROM files WHERE id = '{file}'")).ShouldBe(key);
        (await Download(admin, file)).ShouldBe("It is kept.");
    }

    [Fact]
    public async Task Tables_that_would_restore_access_or_repeat_work_cannot_be_restored()
    {
        await using var service = await cluster.Start();
        var (slug, _, _) = await service.NewTenant();
        var archive = await Export(service, slug);
        using var db = service.Contexts.CreateDbContext();
        var tables = TenantArchive.Tables(db.Model).Select(table => table.Name).ToList();

        RestoreTenantRows.Restorable.Except(tables).ShouldBeEmpty();
        foreach (var table in tables.Except(RestoreTenantRows.Restorable).Append("signing_keys"))
            (
                await Should.ThrowAsync<OperatorException>(() => Restore(service, slug, archive, [table]))
            ).Message.ShouldContain($"The table {table} cannot be restored.");
    }

    [Fact]
    public async Task A_database_that_was_put_back_ends_sessions_holds_messages_and_explains_its_audit_log()
    {
        var database = await cluster.NewDatabase();
        string slug;
        Guid id;
        Visitor admin;
        await using (var before = await cluster.Start(database))
        {
            (slug, id, admin) = await before.NewTenant();
            foreach (var recipient in new[] { "due", "later", "under-way" })
                (
                    await admin.Post(
                        "notifications/email",
                        new
                        {
                            recipient = $"{recipient}@held.example",
                            subject = "Hello",
                            body = "Hello",
                        }
                    )
                ).Status.ShouldBe(202);
            await before.Settled();
            await before.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        }
        var backup = $"{database}_backup";
        // A pooler keeps its connections for a while, and who copies wants to be alone.
        await Cluster.Execute(
            cluster.Admin,
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        await Cluster.Execute(
            cluster.Admin,
            $"CREATE DATABASE {backup} TEMPLATE {database} OWNER tenantry_owner STRATEGY FILE_COPY; ".TrimEnd(' ', ';')
        );
        await Cluster.Execute(
            cluster.Admin,
            $"REVOKE ALL ON DATABASE {backup} FROM PUBLIC; GRANT CONNECT ON DATABASE {backup} TO tenantry_serving"
        );
        await using (var since = await cluster.Start(database))
        {
            // What is lost with the restore, and signed: the store knows of it.
            await (await since.At(slug).SignIn($"admin@{slug}.example")).Post(
                "users",
                new { email = $"lost@{slug}.example" }
            );
            await since.Settled();
            (await since.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel)).ShouldBeGreaterThan(0);
        }
        // In the backup one message was due, one is for tomorrow, and a worker had one.
        await Cluster.Execute(
            cluster.AdminOf(backup),
            """
            UPDATE notification_logs SET status = 'queued', is_ready = true, due_at = now() - interval '1 minute', sent_at = NULL WHERE recipient = 'due@held.example';
            UPDATE notification_logs SET status = 'queued', is_ready = false, due_at = now() + interval '1 day', sent_at = NULL WHERE recipient = 'later@held.example';
            UPDATE notification_logs SET status = 'sending', is_ready = false, due_at = now() + interval '1 minute', sent_at = NULL WHERE recipient = 'under-way@held.example';
            """
        );
        var variables = cluster.Variables(backup);
        variables["FILES_PATH"] = Cluster.FilesOf(database);

        var unexplained = await OperatorCommand.Run(["audit", "verify"], variables);
        (unexplained.Code, unexplained.Output.Contains("the store has a head", StringComparison.Ordinal)).ShouldBe(
            (1, true),
            unexplained.Output
        );
        var finished = await OperatorCommand.Run(["restore", "finish"], variables);
        finished.Code.ShouldBe(0, finished.Output);
        finished.Output.ShouldContain("2 messages held back");

        var verified = await OperatorCommand.Run(["audit", "verify"], variables);
        verified.Code.ShouldBe(0, verified.Output);
        verified.Output.ShouldContain("lost by a restore");
        await using var service = await cluster.Start(backup, change => change["FILES_PATH"] = variables["FILES_PATH"]);
        (await service.At(slug).With(admin.Token).Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await service.At(slug).Post("auth/refresh", new { refresh_token = admin.RefreshToken })).Status.ShouldBe(401);
        var again = await service.At(slug).SignIn($"admin@{slug}.example");
        await service.Settled();
        (
            await service.Ask<string>(
                "SELECT string_agg(status, ' ' ORDER BY recipient) FROM notification_logs WHERE recipient LIKE '%@held.example'"
            )
        ).ShouldBe("failed queued failed");
        var due = (await again.Get("notifications/history?recipient=due@held.example")).Json["items"]![0]!;
        due.Text("error_message").ShouldStartWith("Held back after a restore");
        (await again.Post($"notifications/{due["id"]}/retry")).Status.ShouldBe(202);
        await service.Until("SELECT status = 'sent' FROM notification_logs WHERE recipient = 'due@held.example'");

        // A log that is cut off afterwards is found all the same.
        await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel);
        await service.Sql(
            $"SET session_replication_role = replica; DELETE FROM audit_links WHERE tenant_id = '{id}' AND position = (SELECT max(position) FROM audit_links WHERE tenant_id = '{id}')"
        );
        (await OperatorCommand.Run(["audit", "verify"], variables)).Code.ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<string> Export(Service service, string slug)
    {
        var file = Path.Combine(folder, $"{slug}.zip");
        await TenantCommand.Export(() => Program.Build(service.Settings), slug, file, Cancel);
        return file;
    }

    private static Task Restore(
        Service service,
        string slug,
        string archive,
        string[] tables,
        bool overwrite = false
    ) =>
        TenantCommand.Restore(
            () => Program.Build(service.Settings),
            slug,
            archive,
            tables,
            overwrite,
            isTrusted: false,
            Cancel
        );

    private static Task<(int Code, string Output, string Errors)> Objects(params string[] arguments) =>
        Script.Run(["deploy/backup/objects.sh", .. arguments], []);

    private static async Task<Guid> Upload(Visitor by, string text)
    {
        var answer = await by.Send(
            HttpMethod.Post,
            "files/upload",
            new MultipartFormDataContent
            {
                { new StringContent(text, Encoding.UTF8, "text/plain"), "file", "invoice.txt" },
            }
        );
        answer.Status.ShouldBe(201, answer.Text);
        return answer.Json["id"]!.GetValue<Guid>();
    }

    private static async Task<string> Download(Visitor by, Guid file)
    {
        var answer = await by.Get($"files/{file}/download");
        answer.Status.ShouldBe(302, answer.Text);
        return (await by.Get(new Uri(answer.Header("Location")!).PathAndQuery)).Text;
    }
}
