using System.Text;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users.Importing;

/// <summary>The options of <c>tenantry users import</c>, and what an import leaves in the database.</summary>
public sealed class ImportOptionsTests(Cluster cluster, SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task All_faults_of_a_record_are_reported_and_unknown_members_with_the_known_ones()
    {
        var (slug, _, _) = await service.NewTenant();

        var (code, output) = await Import(
            slug,
            """
            {"email":"no address","phone":"123","locale":"german!","first_name":7,"is_active":"maybe","created_at":"yesterday","roles":["King"],"metadata":[1],"e_mail":"x"}
            {"email":"old@example.com","created_at":"1899-12-31T23:59:59Z"}
            {"email":"new@example.com","created_at":"2999-01-01"}
            {"email":"big@example.com","metadata":{"a":1e99}}
            """
        );

        code.ShouldBe(1);
        var first = output.Split('\n').Single(line => line.StartsWith("line 1: ", StringComparison.Ordinal));
        foreach (
            var fault in new[]
            {
                "e_mail is not a member",
                "known members are created_at, email, email_verified, first_name, id, is_active, last_name, locale, metadata, password_hash, phone, role, roles",
                "email must be an e-mail address",
                "phone must be a telephone number",
                "locale must be a language tag",
                "is_active must be true or false",
                "created_at must be a time",
                "role must be one of Admin, Manager, User, Viewer",
                "metadata must be a JSON object",
            }
        )
            first.ShouldContain(fault);
        output.ShouldContain("line 2: created_at must be between 1900 and now");
        output.ShouldContain("line 3: created_at must be between 1900 and now");
        output.ShouldContain("line 4: metadata is refused: metadata.a must be a number");
    }

    [Fact]
    public async Task A_dry_run_reports_what_the_database_refuses_and_leaves_no_trace()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        (await admin.Post("users", new { email = "there@example.com" })).Status.ShouldBe(201);
        const string lines = """
            {"email":"new@example.com","role":"Manager"}
            {"email":"There@example.com"}
            """;

        var (code, output) = await Import(slug, lines, "--dry-run", "--partial", "--role", "Manager");

        code.ShouldBe(1);
        output.ShouldContain("line 2: email belongs to a user of the tenant");
        output.ShouldContain($"Dry run: 1 users would be imported into {slug}, 1 lines would be refused.");
        output.ShouldContain("Nothing was written.");
        (await Count(tenant, "users", "email LIKE '%@example.com'")).ShouldBe(1);
        (await Count(tenant, "audit_events", "action IN ('users.imported', 'user.imported')")).ShouldBe(0);
    }

    [Fact]
    public async Task Kept_ids_are_UUIDs_that_no_user_of_any_tenant_has()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (_, other, stranger) = await service.NewTenant();
        var taken = (await stranger.Get("auth/me")).Json["id"]!.GetValue<Guid>();
        var own = Guid.NewGuid();
        var lines = $$"""
            {"id":"{{own}}","email":"own@example.com"}
            {"id":"{{taken}}","email":"thief@example.com"}
            {"id":"4711","email":"number@example.com"}
            {"email":"none@example.com"}
            {"id":"00000000-0000-0000-0000-000000000000","email":"nil@example.com"}
            {"id":"{{own}}","email":"twice@example.com"}
            """;

        var (dryCode, dry) = await Import(slug, lines, "--keep-ids", "--dry-run");
        var (code, output) = await Import(slug, lines, "--keep-ids", "--partial");

        (dryCode, code).ShouldBe((1, 1));
        foreach (var text in new[] { dry, output })
        {
            text.ShouldContain("line 2: id belongs to another user of this installation");
            foreach (var line in new[] { 3, 4, 5 })
                text.ShouldContain($"line {line}: id must be a UUID");
            text.ShouldContain("line 6: id is the same as in line 1");
        }
        (await admin.Get($"users/{own}")).Text("email").ShouldBe("own@example.com");
        (await admin.Get($"users/{taken}")).Status.ShouldBe(404);
        (await service.Ask<Guid>($"SELECT tenant_id FROM users WHERE id = '{taken}'")).ShouldBe(other);
        (await Count(tenant, "users", "email LIKE '%@example.com'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_interrupted_partial_import_continues_when_it_is_run_again()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var many = string.Join(
            '\n',
            Enumerable
                .Range(0, 6_000)
                .Select(i => $$"""{"id":"{{i}}","email":"u{{i}}@example.com","created_at":"2020-01-01T00:00:00Z"}""")
        );

        // The file is cut off in the midst of a record that is too long to be one.
        var (code, output) = await Import(
            WithQuota("unlimited"),
            slug,
            many + "\n{\"email\":\"" + new string('x', 70_000),
            "--partial"
        );
        code.ShouldBe(1);
        output.ShouldContain("line 6001 is longer than");
        output.ShouldContain("6000 users were imported before.");
        output.ShouldContain("5000 records read.");

        // Meanwhile a user changed the address, and another one was deleted.
        await service.Sql(
            $"UPDATE users SET email = 'moved@example.com', email_normalized = 'moved@example.com' WHERE tenant_id = '{tenant}' AND email = 'u7@example.com'"
        );
        await service.Sql($"DELETE FROM users WHERE tenant_id = '{tenant}' AND email = 'u8@example.com'");
        (code, output) = await Import(
            WithQuota("unlimited"),
            slug,
            many + "\n" + """{"id":"more","email":"more@example.com","created_at":"2021-01-01"}"""
        );

        code.ShouldBe(0, output);
        output.ShouldContain($"2 users imported into {slug}, 0 lines refused.");
        output.ShouldContain("5999 users were already imported.");
        (await Count(tenant, "users", "email LIKE '%@example.com'")).ShouldBe(6_001);
        (await Count(tenant, "users", "email = 'u7@example.com'")).ShouldBe(0);
        // Lists are in the order of ids: the users of 2020 come after those who were created here.
        (
            await admin.Get("users?limit=1")
        ).Json["items"]![0]!["email"]!.GetValue<string>().ShouldBe((await admin.Get("auth/me")).Text("email"));
    }

    [Fact]
    public async Task The_audit_log_counts_an_import_and_names_users_with_higher_roles()
    {
        var (slug, tenant, admin) = await service.NewTenant();

        (
            await Import(
                slug,
                """
                {"email":"plain@example.com"}
                {"email":"boss@example.com","roles":["Viewer","Manager"]}
                """,
                "--role",
                "Manager"
            )
        ).Code.ShouldBe(0);

        var counted = (await admin.Get("audit-events?action=users.imported")).Json["items"]!.AsArray();
        counted.ShouldHaveSingleItem()!["details"]!
            .ToJsonString()
            .ShouldBe("""{"users":2,"format":"tenantry","already_imported":0}""");
        var named = (await admin.Get("audit-events?action=user.imported")).Json["items"]!.AsArray();
        named.ShouldHaveSingleItem()!["details"]!.ToJsonString().ShouldBe("""{"roles":["Viewer","Manager"]}""");
        var boss = await service.Ask<Guid>(
            $"SELECT id FROM users WHERE tenant_id = '{tenant}' AND email = 'boss@example.com'"
        );
        named[0]!["target_id"]!.GetValue<Guid>().ShouldBe(boss);
        (await Count(tenant, "user_roles", $"user_id = '{boss}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_user_without_a_known_hash_is_refused_or_imported_without_it()
    {
        var (slug, tenant, _) = await service.NewTenant();
        const string line = """{"email":"md5@example.com","password_hash":"5f4dcc3b5aa765d61d8327deb882cf99"}""";

        (await Import(slug, line)).Output.ShouldContain("line 1: password_hash must be");
        var (code, output) = await Import(slug, line, "--without-unknown-hashes");

        code.ShouldBe(0, output);
        output.ShouldContain("1 users have no password, because their hashes cannot be verified here.");
        (await Count(tenant, "users", "email = 'md5@example.com' AND password_hash IS NULL")).ShouldBe(1);
    }

    [Fact]
    public async Task A_quota_stops_an_import_before_it_is_exceeded()
    {
        var (slug, tenant, _) = await service.NewTenant();

        var (code, output) = await Import(
            WithQuota("3"),
            slug,
            string.Join('\n', Enumerable.Range(0, 3).Select(i => $$"""{"email":"q{{i}}@example.com"}"""))
        );

        code.ShouldBe(1);
        output.ShouldContain(
            "The quota allows 3 users, and the tenant has 1. Raise the tenant's tier or the quota first."
        );
        output.ShouldContain("Nothing was imported.");
        (await Count(tenant, "users", "email LIKE 'q%@example.com'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_record_in_a_later_batch_is_not_mistaken_for_a_full_quota()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        (await admin.Post("users", new { email = "l590@example.com" })).Status.ShouldBe(201);

        var (code, output) = await Import(
            WithQuota("700"),
            slug,
            string.Join('\n', Enumerable.Range(1, 600).Select(i => $$"""{"email":"l{{i}}@example.com"}"""))
        );

        code.ShouldBe(1);
        output.ShouldContain("line 590: email belongs to a user of the tenant");
        output.ShouldContain("Nothing was imported. Correct the lines above");
        output.ShouldNotContain("quota");
        (await Count(tenant, "users", "email LIKE 'l%@example.com'")).ShouldBe(1);
    }

    [Fact]
    public async Task Fields_are_mapped_from_paths_and_left_out()
    {
        var (slug, tenant, _) = await service.NewTenant();

        var (code, output) = await Import(
            slug,
            """
            {"user_id":"auth0|1","email":"p@example.com","name":"Ada Lovelace","blocked":true,"phone_number":"unknown","user_metadata":{"lang":["de","fr"]},"custom_password_hash":{"algorithm":"bcrypt","hash":{"value":"$2b$04$kEY46Iwq7tjbKCOVcVfI8uU.kMvddi4AJw69vl.Rg7FijjhjX5CQe"}}}
            """,
            "--map",
            "locale=user_metadata.lang.1",
            "--map",
            "phone=",
            "--map",
            "is_active=",
            "--map",
            "metadata=",
            "--map",
            "metadata.languages=user_metadata.lang"
        );

        code.ShouldBe(0, output);
        (
            await service.Ask<string>(
                $"SELECT concat_ws('|', first_name, last_name, locale, coalesce(phone, '-'), is_active, metadata, left(password_hash, 6)) FROM users WHERE tenant_id = '{tenant}' AND email = 'p@example.com'"
            )
        ).ShouldBe("""Ada|Lovelace|fr|-|t|{"languages": ["de", "fr"]}|$2b$04""");
    }

    [Fact]
    public async Task Names_in_the_file_cannot_control_the_terminal_of_the_operator()
    {
        var (slug, _, _) = await service.NewTenant();

        var (_, output) = await Import(slug, "{\"email\":\"a@example.com\",\"\\u001b]0;owned\\u0007\\u202e\":1}");

        output.ShouldContain("line 1: ?]0;owned?? is not a member");
        output.ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData("--map", "email", "--map email must be FIELD=COLUMN.")]
    [InlineData("--map", "mail=Mail", "'mail' is no field.")]
    [InlineData("--format", "ldap", "ldap")]
    public async Task Wrong_options_are_refused_before_the_file_is_read(string option, string value, string message)
    {
        var (slug, tenant, _) = await service.NewTenant();

        var (code, output) = await Import(slug, """{"email":"a@example.com"}""", option, value);

        code.ShouldNotBe(0);
        output.ShouldContain(message);
        (await Count(tenant, "users", "email = 'a@example.com'")).ShouldBe(0);
    }

    [Fact]
    public async Task Metadata_of_a_user_is_read_and_changed_by_the_API()
    {
        var (slug, _, admin) = await service.NewTenant();
        (await Import(slug, """{"email":"m@example.com","metadata":{"department":"Engines"}}""")).Code.ShouldBe(0);

        var listed = (await admin.Get("users?email=m@example.com")).Json["items"]![0]!;
        listed["metadata"]!.ToJsonString().ShouldBe("""{"department":"Engines"}""");
        var id = listed["id"]!.GetValue<Guid>();
        (await admin.Put($"users/{id}", new { first_name = "M" })).Json["metadata"]!
            .ToJsonString()
            .ShouldBe("""{"department":"Engines"}""");
        (await admin.Put($"users/{id}", new { metadata = new { team = 7 } })).Json["metadata"]!
            .ToJsonString()
            .ShouldBe("""{"team":7}""");
        (await admin.Get($"users/{id}")).Json["metadata"]!.ToJsonString().ShouldBe("""{"team":7}""");
        (await admin.Put($"users/{id}", new { metadata = new { a = new string('x', 17_000) } }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("metadata");
        (await admin.Post("users", new { email = "i@example.com", metadata = new { plan = "pro" } })).Json["metadata"]!
            .ToJsonString()
            .ShouldBe("""{"plan":"pro"}""");
    }

    /// <summary>The file is far larger than the heap that the process may have.</summary>
    [Fact]
    public async Task An_import_needs_no_more_memory_for_a_larger_file()
    {
        const int users = 16_000;
        var (slug, tenant, _) = await service.NewTenant();
        var file = Path.GetTempFileName();
        try
        {
            await using (var writer = new StreamWriter(file))
            {
                await writer.WriteAsync("[");
                for (var i = 0; i < users; i++)
                    await writer.WriteLineAsync(
                        $$$"""{{{(i > 0 ? "," : "")}}}{"email":"u{{{i}}}@example.com","metadata":{"text":"{{{new string((char)('a' + i % 26), 9_900)}}}"}}"""
                    );
                await writer.WriteAsync("]");
            }
            var variables = WithQuota("unlimited");
            variables["DOTNET_GCHeapHardLimit"] = "0x7800000"; // 120 MiB

            var (code, output) = await Binary.Run(["users", "import", file, "--tenant", slug], variables);

            code.ShouldBe(0, output);
            new FileInfo(file).Length.ShouldBeGreaterThan(155_000_000);
            (await Count(tenant, "users", "email LIKE 'u%@example.com'")).ShouldBe(users);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task<(int Code, string Output)> Import(string tenant, string lines, params string[] more) =>
        Import(cluster.Variables(service.Database), tenant, lines, more);

    private Dictionary<string, string> WithQuota(string users)
    {
        var variables = cluster.Variables(service.Database);
        variables["QUOTA_FREE_USERS"] = variables["QUOTA_STANDARD_USERS"] = users;
        return variables;
    }

    private static async Task<(int Code, string Output)> Import(
        Dictionary<string, string> variables,
        string tenant,
        string lines,
        params string[] more
    )
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, lines, new UTF8Encoding(false));
            return await OperatorCommand.Run(["users", "import", file, "--tenant", tenant, .. more], variables);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task<long> Count(Guid tenant, string table, string condition) =>
        service.Ask<long>($"SELECT count(*) FROM {table} WHERE tenant_id = '{tenant}' AND {condition}");
}
