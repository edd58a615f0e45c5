using System.Text;
using System.Text.Json.Nodes;
using Tenantry.Commands;
using Tenantry.Features.Tenants.Archives;
using Tenantry.Tests.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

/// <summary>
/// An archive is a file from outside: whoever wrote it gets nothing of other tenants and nothing that the platform
/// alone gives.
/// </summary>
public sealed class HostileArchiveTests(EveryTenantTableTests.Idle shared, Cluster cluster)
    : IClassFixture<EveryTenantTableTests.Idle>,
        IDisposable
{
    private readonly Service service = shared.Service;
    private readonly string folder = Directory.CreateTempSubdirectory("hostile").FullName;

    /// <summary>Into which none of these archives comes.</summary>
    private static Task<string>? empty;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("files", "file_key")]
    [InlineData("file_uploads", "object_key")]
    [InlineData("resumable_parts", "object_key")]
    public async Task No_table_of_an_archive_leads_to_an_object_of_another_tenant(string table, string column)
    {
        var (_, _, file) = await Archive();
        await using var there = await cluster.Start(replace: EveryTenantTableTests.Idle.WithoutWorkers);
        var (_, victim, _) = await there.NewTenant();
        var key = $"{victim}/{Guid.NewGuid()}";
        if ((await Paths(file)).Contains($"rows/{table}.jsonl"))
            await CraftedArchive.Rows(file, table, row => row[column] = key);
        else // no export writes it
            await CraftedArchive.AddTable(file, table, $$"""{"id":"{{Guid.NewGuid()}}","{{column}}":"{{key}}"}""");

        var (code, output) = await OperatorCommand.Run(["tenant", "import", file], cluster.Variables(there.Database));

        // A key of another tenant's is refused; what an export never writes is left out, and said.
        code.ShouldBe(table == "files" ? 1 : 0, output);
        output.ShouldContain(table);
        (await there.Ask<long>($"SELECT count(*) FROM {table} WHERE {column} LIKE '{victim}/%'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_archive_of_the_empty_tenant_id_is_refused()
    {
        var (_, id, file) = await Archive();

        foreach (var table in (await Paths(file)).Select(path => Path.GetFileNameWithoutExtension(path)))
            await CraftedArchive.Text(
                file,
                table,
                text => text.Replace(id.ToString(), Guid.Empty.ToString(), StringComparison.Ordinal)
            );
        await CraftedArchive.Said(file, manifest => manifest["tenant_id"] = Guid.Empty.ToString());

        await Refused(file, "tenant_id");
    }

    [Fact]
    public async Task Objects_come_along_under_new_keys_and_the_old_ones_go()
    {
        var (slug, id, admin) = await service.NewTenant();
        (
            await admin.Send(
                HttpMethod.Post,
                "files/upload",
                new MultipartFormDataContent
                {
                    { new StringContent("It cost 47.11.", Encoding.UTF8, "text/plain"), "file", "invoice.txt" },
                }
            )
        ).Status.ShouldBe(201);
        await service.Settled();
        var file = await Export(slug);
        var old = (await CraftedArchive.Rows(file, "files")).Single().Text("file_key");
        await using var there = await cluster.Start(replace: EveryTenantTableTests.Idle.WithoutWorkers);
        var copied = Place(there, old);
        Directory.CreateDirectory(Path.GetDirectoryName(copied)!);
        File.Copy(Place(service, old), copied);

        var output = await Import(file, there);

        var key = await there.Ask<string>($"SELECT file_key FROM files WHERE tenant_id = '{id}'");
        key.ShouldNotBe(old);
        key.ShouldStartWith($"{id}/");
        (await File.ReadAllTextAsync(Place(there, key!), Cancel)).ShouldBe("It cost 47.11.");
        File.Exists(copied).ShouldBeFalse();
        output.ShouldContain("1 objects");
    }

    [Fact]
    public async Task What_the_platform_alone_gives_is_reset_and_said_unless_the_operator_trusts_the_archive()
    {
        var (slug, id, file) = await Archive();
        await CraftedArchive.Rows(
            file,
            "tenants",
            row =>
            {
                row["custom_domain"] = $"{slug}.example";
                row["custom_domain_verified_at"] = "2026-01-01T00:00:00+00:00";
                row["subscription_tier"] = "premium";
                row["rate_limit_per_minute"] = 9_999_999;
            }
        );
        await CraftedArchive.Rows(file, "users", row => row["email_verified"] = true);
        await CraftedArchive.Rows(
            file,
            "devices",
            row => row["endpoint_arn"] = "arn:aws:sns:eu-central-1:1:endpoint/GCM/other/1"
        );
        await using var there = await cluster.Start(replace: EveryTenantTableTests.Idle.WithoutWorkers);
        await using var trusting = await cluster.Start(replace: EveryTenantTableTests.Idle.WithoutWorkers);

        var output = await Import(file, there);
        await Import(file, trusting, "--trust");

        const string Tenant =
            "SELECT concat_ws(' ', subscription_tier, rate_limit_per_minute, custom_domain_verified_at IS NOT NULL, is_active, custom_domain IS NOT NULL) FROM tenants WHERE id = ";
        (await there.Ask<string>($"{Tenant}'{id}'")).ShouldBe("free f f t");
        (await trusting.Ask<string>($"{Tenant}'{id}'")).ShouldBe("premium 9999999 t t t");
        foreach (
            var what in new[]
            {
                "custom_domain_verified_at",
                "subscription_tier",
                "rate_limit_per_minute",
                "is_active",
                "email_verified",
                "endpoint_arn",
                "--trust",
            }
        )
            output.ShouldContain(what);
        (await there.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}' AND email_verified")).ShouldBe(0);
        (
            await there.Ask<long>($"SELECT count(*) FROM devices WHERE tenant_id = '{id}' AND endpoint_arn IS NOT NULL")
        ).ShouldBe(0);
        (
            await there.Ask<long>(
                $"SELECT (SELECT count(*) FROM sessions WHERE tenant_id = '{id}') + (SELECT count(*) FROM refresh_tokens WHERE tenant_id = '{id}') + (SELECT count(*) FROM message_counts WHERE tenant_id = '{id}')"
            )
        ).ShouldBe(0);
        (await trusting.Ask<long>($"SELECT count(*) FROM sessions WHERE tenant_id = '{id}'")).ShouldBeGreaterThan(0);
    }

    public static TheoryData<string, string, string> Values =>
        new()
        {
            { "users", """{"email":"a@b.example\r\nBcc: c@d.example"}""", "email" },
            {
                "users",
                """{"password_hash":"$argon2id$v=19$m=1048576,t=20,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""",
                "password_hash"
            },
            { "users", """{"created_at":"infinity"}""", "created_at" },
            { "users", """{"first_name":"a\u0000b"}""", "first_name" },
            { "users", """{"is_superuser":true}""", "is_superuser" },
            {
                "file_links",
                """{"password_hash":"$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}""",
                "password_hash"
            },
            { "file_links", """{"downloads":-1}""", "downloads" },
            { "files", """{"mime_type":"text/html\r\nx: y"}""", "mime_type" },
            { "files", """{"file_name":"../../etc/passwd"}""", "file_name" },
            { "files", """{"file_size":-1000000000000}""", "file_size" },
            { "files", """{"scan":"harmless"}""", "scan" },
            { "files", """{"metadata":{"a":"\ud800"}}""", "metadata" },
            { "tenants", """{"subscription_tier":"gold"}""", "subscription_tier" },
            { "tenants", """{"allowed_origins":["javascript:x"]}""", "allowed_origins" },
            { "tenants", """{"sender_address":"a@b.example\r\nBcc: c@d.example"}""", "sender_address" },
            { "notification_templates", """{"body":"{% if x %}"}""", "body" },
            { "notification_templates", """{"variables":[null]}""", "variables" },
            { "notification_logs", """{"status":"maybe"}""", "status" },
            { "audit_events", """{"id":"ffffffff-ffff-7fff-8fff-ffffffffffff"}""", "id" },
            { "roles", """{"name":"Owner"}""", "is_system_role" },
        };

    [Theory, MemberData(nameof(Values))]
    public async Task A_value_that_no_request_could_have_made_is_refused_by_table_line_and_column(
        string table,
        string change,
        string column
    )
    {
        var (_, _, file) = await Archive();
        await CraftedArchive.Text(
            file,
            table,
            text => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Changed))
        );

        await Refused(file, $"rows/{table}.jsonl, line ", column);

        // As text: some of these are no values that a JSON document of .NET can hold.
        string Changed(string line)
        {
            var (name, value) = (
                change[2..change.IndexOf('"', 2)],
                change[(change.IndexOf(':', StringComparison.Ordinal) + 1)..^1]
            );
            var row = JsonNode.Parse(line)!.AsObject();
            row[name] = "@here@";
            return row.ToJsonString().Replace("\"@here@\"", value, StringComparison.Ordinal) + "\n";
        }
    }

    [Fact]
    public async Task Numbers_with_exponents_and_lines_without_end_are_refused_before_the_database_sees_them()
    {
        var (_, _, file) = await Archive();

        await CraftedArchive.Text(
            file,
            "files",
            text =>
                text.Replace("\"file_size\":1", "\"file_size\":1e0", StringComparison.Ordinal)
                    .Replace("\"file_size\": 1", "\"file_size\": 1e0", StringComparison.Ordinal)
        );
        await Refused(file, "rows/files.jsonl, line 1", "file_size");
        await CraftedArchive.Text(
            file,
            "files",
            _ =>
                $$"""{"file_name":"{{Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(9_000_000))}}"}"""
        );
        await Refused(file, "rows/files.jsonl, line 1", "longer than");
        await CraftedArchive.Text(file, "files", _ => $$"""{"file_name":"{{new string('a', 20_000_000)}}"}""");
        await Refused(file, "rows/files.jsonl is compressed by more than a factor of 250");
    }

    [Fact]
    public async Task Roles_that_hold_each_other_do_not_come_in()
    {
        var (_, _, file) = await Archive();
        await CraftedArchive.Rows(
            file,
            "roles",
            row =>
            {
                if (row.Text("name") == "Viewer")
                    row["parent_id"] = row.Text("id");
            }
        );

        await Refused(file, "roles");
    }

    [Fact]
    public async Task A_system_role_that_holds_what_it_does_not_give_does_not_come_in()
    {
        var (_, _, file) = await Archive();
        var roles = (await CraftedArchive.Rows(file, "roles")).ToDictionary(
            row => row.Text("name"),
            row => row.Text("id")
        );
        await CraftedArchive.Rows(
            file,
            "role_permissions",
            row =>
            {
                if (row.Text("role_id") == roles["Admin"])
                    row["role_id"] = roles["User"];
            }
        );

        await Refused(file, "the system role 'User' with");
    }

    [Theory]
    [InlineData("www")]
    [InlineData("wpad")]
    [InlineData("autodiscover")]
    [InlineData("xn--bcher-kva")]
    [InlineData("019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10")]
    [InlineData("019a8f3e5a007c108e210c9d4b3a2f10")]
    [InlineData("Not.A.Label")]
    public async Task An_archive_with_a_reserved_or_invalid_slug_is_refused(string reserved)
    {
        var (_, _, file) = await Archive();
        await CraftedArchive.Rows(file, "tenants", row => row["slug"] = reserved);
        await CraftedArchive.Said(file, manifest => manifest["slug"] = reserved);

        await Refused(file, "slug", "--trust");
    }

    [Fact]
    public async Task The_platform_itself_comes_in_only_from_an_archive_that_the_operator_trusts()
    {
        var (_, _, file) = await Archive();
        await CraftedArchive.Rows(file, "tenants", row => row["slug"] = "platform");
        await CraftedArchive.Said(file, manifest => manifest["slug"] = "platform");

        await Refused(file, "use --trust");
    }

    public static TheoryData<string> Mechanics =>
        [
            "twice",
            "unknown",
            "path",
            "more bytes",
            "fewer bytes",
            "comment",
            "rows",
            "null",
            "missing",
            "large manifest",
        ];

    [Theory, MemberData(nameof(Mechanics))]
    public async Task A_file_that_is_not_what_an_export_writes_is_refused(string how)
    {
        var (_, _, file) = await Archive();
        switch (how)
        {
            case "twice":
                await CraftedArchive.Add(file, "rows/users.jsonl", "{}\n"u8.ToArray());
                await CraftedArchive.Said(
                    file,
                    manifest => manifest["entries"]!.AsArray().Add(Entry(manifest, "users").DeepClone())
                );
                break;
            case "unknown" or "path":
                var path = how == "path" ? "../rows/users.jsonl" : "rows/signing_keys.jsonl";
                await CraftedArchive.Add(file, path, []);
                await CraftedArchive.Said(
                    file,
                    manifest =>
                        manifest["entries"]!
                            .AsArray()
                            .Add(
                                new JsonObject
                                {
                                    ["path"] = path,
                                    ["rows"] = 0,
                                    ["bytes"] = 0,
                                    ["sha256"] = Convert.ToHexStringLower(
                                        System.Security.Cryptography.SHA256.HashData([])
                                    ),
                                }
                            )
                );
                break;
            case "more bytes" or "fewer bytes":
                await CraftedArchive.Said(
                    file,
                    manifest =>
                        Entry(manifest, "users")["bytes"] =
                            Entry(manifest, "users")["bytes"]!.GetValue<long>() + (how == "more bytes" ? 1 : -1)
                );
                break;
            case "comment":
                await File.AppendAllTextAsync(file, "something behind the end", Cancel);
                break;
            case "rows":
                await CraftedArchive.Said(file, manifest => Entry(manifest, "users")["rows"] = long.MaxValue);
                break;
            case "null":
                await CraftedArchive.Said(file, manifest => manifest["entries"]!.AsArray().Add(null));
                break;
            case "missing":
                await CraftedArchive.Said(file, manifest => Entry(manifest, "users")["path"] = "rows/nothing.jsonl");
                break;
            default:
                await CraftedArchive.Said(file, manifest => manifest["padding"] = new string('a', 5 * 1024 * 1024));
                break;
        }

        await Refused(file, "The archive cannot be imported: ");

        static JsonNode Entry(JsonObject manifest, string table) =>
            manifest["entries"]!.AsArray().Single(entry => entry!.Text("path") == $"rows/{table}.jsonl")!;
    }

    [Fact]
    public async Task Texts_of_secret_messages_leave_in_no_archive()
    {
        var (slug, id, _) = await service.NewTenant();
        await service.Sql(
            $"""
            INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, body, html_body, is_secret, priority, category, status, is_ready, due_at, attempts, created_at)
                VALUES ('{id}', gen_random_uuid(), 'email', 'a@b.example', 'planted-token', 'planted-token', 'planted-token', true, 1, 'transactional', 'queued', false, now() + interval '1 day', 0, now())
            """
        );

        var rows = await CraftedArchive.Rows(await Export(slug), "notification_logs");

        rows.ShouldNotBeEmpty();
        rows.ShouldAllBe(row => !row.ToJsonString(null).Contains("planted-token"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<(string Slug, Guid Id, string File)> Archive()
    {
        var (slug, id, _) = await service.NewTenant();
        await SeedData.OfMessages(service, id);
        await SeedData.OfFiles(service, id);
        await service.Settled();
        return (slug, id, await Export(slug));
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

    private static async Task<List<string>> Paths(string file)
    {
        await using var archive = await System.IO.Compression.ZipFile.OpenReadAsync(file, Cancel);
        return
        [
            .. archive
                .Entries.Select(entry => entry.FullName)
                .Where(name => name.StartsWith("rows/", StringComparison.Ordinal)),
        ];
    }

    /// <returns>what the command said</returns>
    private async Task<string> Import(string file, Service into, params string[] more) =>
        (await OperatorCommand.Run(["tenant", "import", file, .. more], cluster.Variables(into.Database))).Output;

    private async Task Refused(string file, params string[] says)
    {
        var database = await (empty ??= cluster.NewDatabase());
        var refusal = await Should.ThrowAsync<OperatorException>(() =>
            TenantCommand.Import(
                () => Program.Build(cluster.Settings(database)),
                file,
                says.Contains("--trust"),
                Cancel
            )
        );
        foreach (var word in says.Where(word => word != "--trust"))
            refusal.Message.ShouldContain(word);
        await using var source = Npgsql.NpgsqlDataSource.Create(cluster.AdminOf(database).ConnectionString);
        await using var count = source.CreateCommand("SELECT count(*) FROM tenants");
        (await count.ExecuteScalarAsync(Cancel)).ShouldBe(0L);
    }

    private static string Place(Service of, string key)
    {
        var parts = key.Split('/');
        return Path.Combine(of.Settings.Store.Folder, parts[0], parts[1][..2], parts[1]);
    }
}
