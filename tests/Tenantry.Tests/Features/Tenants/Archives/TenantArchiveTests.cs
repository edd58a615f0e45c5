using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tenantry.Commands;
using Tenantry.Features.Tenants.Archives;
using Tenantry.Tests.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants.Archives;

/// <summary>A tenant leaves one database and comes into another, as an operator does it.</summary>
public sealed class TenantArchiveTests(EveryTenantTableTests.Idle shared, Cluster cluster)
    : IClassFixture<EveryTenantTableTests.Idle>,
        IDisposable
{
    private readonly Service service = shared.Service;
    private readonly string folder = Directory.CreateTempSubdirectory("archive").FullName;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_comes_into_an_empty_database_row_by_row_and_its_users_go_on_there()
    {
        var (slug, id, email) = await Furnished();
        var refreshable = await service.At(slug).SignIn(email);
        var file = Path.Combine(folder, "tenant.zip");
        var other = await cluster.NewDatabase();

        var exported = await OperatorCommand.Run(
            ["tenant", "export", slug, "--to", file],
            cluster.Variables(service.Database)
        );
        var imported = await OperatorCommand.Run(["tenant", "import", file, "--trust"], cluster.Variables(other));

        exported.Code.ShouldBe(0, exported.Output);
        imported.Code.ShouldBe(0, imported.Output);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var there = await cluster.Start(other, replace: EveryTenantTableTests.Idle.WithoutWorkers);
        foreach (var table in Tables())
        {
            var here = await Rows(service, table, id);
            here.ShouldNotBeNullOrEmpty($"nothing of {table.Name} to compare: furnish the tenant with it");
            (await Rows(there, table, id)).ShouldBe(here, table.Name);
        }
        (await there.At(slug).SignIn(email)).Token.ShouldNotBeNull();
        (await there.At(slug).Post("auth/refresh", new { refresh_token = refreshable.RefreshToken })).Status.ShouldBe(
            200
        );
        (await (await there.At(slug).SignIn($"admin@{slug}.example")).Get("roles"))
            .Items()
            .Single(role => role!.Text("name") == "Below")!["permissions"]!
            .AsArray()
            .Select(permission => permission!.Text("name"))
            .ShouldBe(["users:read"]);
        (
            await there.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'tenant.imported' AND tenant_id = '{id}'"
            )
        ).ShouldBe(1);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'tenant.exported' AND tenant_id = '{id}'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_tenant_that_is_there_already_stays_as_it_is()
    {
        var (slug, id, _) = await Furnished();
        var file = await Export(slug);
        var before = await service.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{id}'");

        (await Should.ThrowAsync<TenantExistsException>(() => Import(file))).Message.ShouldContain(slug);

        (await service.Ask<long>($"SELECT count(*) FROM audit_events WHERE tenant_id = '{id}'")).ShouldBe(before);
    }

    [Fact]
    public async Task An_archive_that_was_altered_brings_nothing_in()
    {
        var (slug, id, _) = await Furnished();
        var file = await Export(slug);
        await using var there = await cluster.Start();

        await Alter(
            file,
            "rows/users.jsonl",
            text => text.Replace("\"is_active\": true", "\"is_active\": false", StringComparison.Ordinal)
        );

        (await Should.ThrowAsync<InvalidArchiveException>(() => Import(file, there))).Message.ShouldContain(
            "rows/users.jsonl"
        );
        (await there.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Rows_of_another_tenant_do_not_come_in_though_the_manifest_was_made_to_fit()
    {
        var (slug, id, _) = await Furnished();
        var file = await Export(slug);
        await using var there = await cluster.Start();
        var (_, victim, _) = await there.NewTenant();

        string? hash = null;
        await Alter(
            file,
            "rows/users.jsonl",
            text => text.Replace(id.ToString(), victim.ToString(), StringComparison.Ordinal),
            altered => hash = altered
        );
        await Alter(
            file,
            TenantArchive.ManifestName,
            text =>
            {
                var manifest = JsonNode.Parse(text)!;
                manifest["entries"]!.AsArray().Single(entry => entry!.Text("path") == "rows/users.jsonl")!["sha256"] =
                    hash;
                return manifest.ToJsonString();
            }
        );

        (await Should.ThrowAsync<InvalidArchiveException>(() => Import(file, there))).Message.ShouldContain(
            "another tenant"
        );
        (await there.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{victim}'")).ShouldBe(1);
        (await there.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_leads_to_an_object_of_another_tenant_does_not_come_in()
    {
        var (slug, id, admin) = await service.NewTenant();
        (await admin.Send(HttpMethod.Post, "files/upload", new StringContent("hello"))).Status.ShouldBe(201);
        var file = await Export(slug);
        await using var there = await cluster.Start();
        var (_, victim, _) = await there.NewTenant();

        string? hash = null;
        await Alter(
            file,
            "rows/files.jsonl",
            text => text.Replace($"\"{id}/", $"\"{victim}/", StringComparison.Ordinal),
            altered => hash = altered
        );
        await Alter(
            file,
            TenantArchive.ManifestName,
            text =>
            {
                var manifest = JsonNode.Parse(text)!;
                manifest["entries"]!.AsArray().Single(entry => entry!.Text("path") == "rows/files.jsonl")!["sha256"] =
                    hash;
                return manifest.ToJsonString();
            }
        );

        (await Should.ThrowAsync<InvalidArchiveException>(() => Import(file, there))).Message.ShouldContain(
            "not the key of an object of this tenant"
        );
        (await there.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Rights_over_the_platform_do_not_come_in_with_a_tenant()
    {
        var (slug, id, _) = await Furnished();
        var file = await Export(slug);
        await using var there = await cluster.Start();

        // What a role of the tenant refers to is said to be the platform's permission.
        await Alter(
            file,
            TenantArchive.ManifestName,
            text =>
            {
                var manifest = JsonNode.Parse(text)!;
                var read = manifest["permissions"]!
                    .AsObject()
                    .Single(permission => permission.Value!.GetValue<string>() == "users:read")
                    .Key;
                manifest["permissions"]![read] = "platform:tenants:manage";
                return manifest.ToJsonString();
            }
        );

        (await Should.ThrowAsync<InvalidArchiveException>(() => Import(file, there))).Message.ShouldContain("platform");
        (await there.Ask<long>($"SELECT count(*) FROM tenants WHERE id = '{id}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"slug":"another-one"}""")]
    [InlineData("""{"format":"tenantry-tenant/9"}""")]
    [InlineData("""{"schema":"20000101000000_Old"}""")]
    [InlineData("""{"permissions":{"019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10":"moon:fly"}}""")]
    [InlineData("""{"entries":[]}""")]
    [InlineData("""{"slug":null}""")]
    public async Task An_archive_of_another_kind_is_refused_in_words(string change)
    {
        var (slug, _, _) = await service.NewTenant();
        var file = await Export(slug);
        await using var there = await cluster.Start();

        await Alter(
            file,
            TenantArchive.ManifestName,
            text =>
            {
                var manifest = JsonNode.Parse(text)!.AsObject();
                foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
                    manifest[name] = value?.DeepClone();
                return manifest.ToJsonString();
            }
        );

        await Should.ThrowAsync<InvalidArchiveException>(() => Import(file, there));
    }

    [Fact]
    public async Task The_commands_tell_in_words_what_an_operator_can_mend()
    {
        var (slug, _, _) = await service.NewTenant();
        var file = await Export(slug);
        var text = Path.Combine(folder, "text.zip");
        await File.WriteAllTextAsync(text, "no archive", Cancel);

        (
            await Refusal(() => TenantCommand.Export(Build, "nobody-here", Path.Combine(folder, "a.zip"), Cancel))
        ).ShouldBe("There is no tenant 'nobody-here'.");
        (await Refusal(() => TenantCommand.Export(Build, slug, file, Cancel))).ShouldBe(
            $"The file '{file}' already exists."
        );
        (await Refusal(() => TenantCommand.Import(Build, file + ".none", isTrusted: false, Cancel))).ShouldBe(
            $"There is no file '{file}.none'."
        );
        (await Refusal(() => TenantCommand.Import(Build, text, isTrusted: false, Cancel))).ShouldBe(
            "The archive cannot be imported: it is not a complete ZIP file."
        );
        Directory.EnumerateFiles(folder, "*.unfinished").ShouldBeEmpty();

        WebApplication Build() => Program.Build(cluster.Settings(service.Database));

        static async Task<string> Refusal(Func<Task> command) =>
            (await Should.ThrowAsync<OperatorException>(command)).Message;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A tenant with something in every table, a role that builds on a newer one among it.</summary>
    private async Task<(string Slug, Guid Id, string Email)> Furnished()
    {
        var (slug, id, admin) = await service.NewTenant();
        var (_, email, _) = await service.Joined(admin, slug, "Manager");
        var above = (await admin.Post("roles", new { name = "Above" })).Json["id"]!.GetValue<Guid>();
        var below = (await admin.Post("roles", new { name = "Below", permissions = new[] { "users:read" } })).Json[
            "id"
        ]!.GetValue<Guid>();
        var read = await admin.Get($"roles/{above}");
        (
            await admin.Put(
                $"roles/{above}",
                new { name = "Above", parent_id = below },
                ("If-Match", read.Header("ETag")!)
            )
        ).Status.ShouldBe(200);
        await service.At(slug).Post("auth/login", new { email = "nobody@example.com", password = "wrong password" });
        await service.Sql(
            $"INSERT INTO mailed_tokens (tenant_id, id, user_id, purpose, token_hash, created_at, expires_at) SELECT tenant_id, gen_random_uuid(), id, 'email_verification', sha256(id::text::bytea), now(), now() FROM users WHERE tenant_id = '{id}'"
        );
        await service.Sql(
            $"INSERT INTO request_days (tenant_id, day, requests, refusals) VALUES ('{id}', '2026-01-01', 1, 0)"
        );
        (
            await service
                .At(slug)
                .Send(
                    HttpMethod.Post,
                    "auth/password-reset-request",
                    JsonContent.Create(new { email = "nobody@example.com" }),
                    ("Idempotency-Key", "once")
                )
        ).Status.ShouldBe(202);
        await service.Sql(
            $"INSERT INTO mail_requests (tenant_id, id, purpose, email_normalized, created_at) VALUES ('{id}', gen_random_uuid(), 'password_reset', 'x', now() + interval '1 hour')"
        );
        await SeedData.OfMessages(service, id);
        await SeedData.OfFiles(service, id);
        await service.Settled();
        return (slug, id, email);
    }

    private IReadOnlyList<TenantArchive.Table> Tables()
    {
        using var db = service.Contexts.CreateDbContext();
        return TenantArchive.Tables(db.Model);
    }

    private static Task<string?> Rows(Service of, TenantArchive.Table table, Guid tenant)
    {
        // Keys of objects are new ones; a secret text does not leave; what waited is cancelled.
        var columns = string.Join(
            ", ",
            table
                .Columns.Where(column => column is not ("file_key" or "worker_id" or "is_ready" or "sealed_text"))
                .Select(column =>
                    column == table.PermissionColumn ? $"(SELECT name FROM permissions p WHERE p.id = t.{column})"
                    : table.Name == "notification_logs" && (column is "subject" or "body" or "html_body")
                        ? $"CASE WHEN NOT is_secret THEN t.{column} END"
                    : "t." + column
                )
        );
        var own = table.Name == "tenants" ? "id" : "tenant_id";
        var kept =
            table.Name == "audit_events" ? " AND action NOT IN ('tenant.imported', 'tenant.exported')"
            : table.Name == "request_days" ? " AND day = '2026-01-01'"
            : "";
        return of.Ask<string>(
            $"SELECT string_agg(ROW({columns})::text, E'\\n' ORDER BY ROW({columns})::text) FROM {table.Name} t WHERE t.{own} = '{tenant}'{kept}"
        );
    }

    private async Task<string> Export(string slug)
    {
        var tenant = await service
            .Services.GetRequiredService<Tenantry.Foundation.Data.Tenancy.TenantDirectory>()
            .BySlug(slug, Cancel);
        var file = Path.Combine(folder, $"{slug}.zip");
        await using var stream = File.Create(file);
        await service.Services.GetRequiredService<ExportTenant>().Run(tenant!, stream, Cancel);
        return file;
    }

    private async Task Import(string file, Service? into = null)
    {
        await using var stream = File.OpenRead(file);
        await (into ?? service).Services.GetRequiredService<ImportTenant>().Run(stream, isTrusted: false, Cancel);
    }

    private static async Task Alter(string file, string entry, Func<string, string> alter, Action<string>? hash = null)
    {
        await using var archive = await ZipFile.OpenAsync(file, ZipArchiveMode.Update, Cancel);
        string text;
        using (var reader = new StreamReader(archive.GetEntry(entry)!.Open()))
            text = await reader.ReadToEndAsync(Cancel);
        var altered = System.Text.Encoding.UTF8.GetBytes(alter(text));
        System.Text.Encoding.UTF8.GetString(altered).ShouldNotBe(text, "there was nothing to alter");
        archive.GetEntry(entry)!.Delete();
        await using var stream = archive.CreateEntry(entry).Open();
        await stream.WriteAsync(altered, Cancel);
        hash?.Invoke(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(altered)));
    }
}
