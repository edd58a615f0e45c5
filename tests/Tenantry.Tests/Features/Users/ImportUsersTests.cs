using Tenantry.Commands;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

/// <summary>The command as an operator runs it, against a service that is up.</summary>
public sealed class ImportUsersTests(Cluster cluster)
{
    private static readonly string Bcrypt = BCrypt.Net.BCrypt.HashPassword("the old password", 4);

    [Fact]
    public async Task Imported_users_sign_in_with_the_passwords_they_had()
    {
        await using var service = await cluster.Start();

        var (code, output) = await Import(
            service,
            $$"""
            {"email":"Ada@Example.com","password_hash":"{{Bcrypt}}","first_name":"Ada","last_name":"Lovelace","phone":"+41791234567","email_verified":true,"role":"Manager","created_at":"2020-01-02T03:04:05+01:00"}

            {"email":"php@example.com","password_hash":"{{Bcrypt.Replace("$2a$", "$2y$", StringComparison.Ordinal)}}"}
            {"email":"off@example.com","password_hash":"{{Bcrypt}}","is_active":false}
            {"email":"later@example.com"}
            """,
            "--role",
            "Manager"
        );

        code.ShouldBe(0, output);
        output.ShouldContain("4 users imported into default, 0 lines refused.");
        var me = await (await service.At().SignIn("ada@example.com", "the old password")).Get("auth/me");
        (me.Text("email"), me.Text("role"), me.Text("created_at")).ShouldBe(
            ("Ada@Example.com", "Manager", "2020-01-02T02:04:05Z")
        );
        await service.At().SignIn("php@example.com", "the old password");
        (
            await service.At().Post("auth/login", new { email = "off@example.com", password = "the old password" })
        ).Status.ShouldBe(401);
        (await service.At().Post("auth/login", new { email = "later@example.com", password = "" })).Status.ShouldBe(
            400
        );
        (await service.Ask<long>("SELECT count(*) FROM audit_events WHERE action = 'users.imported'")).ShouldBe(1);
    }

    [Fact]
    public async Task Imported_addresses_and_names_have_the_form_of_all_others()
    {
        await using var service = await cluster.Start();

        var (code, output) = await Import(
            service,
            """
            {"email":" Elodie@bu\u0308cher.example ","first_name":"E\u0301lodie ","last_name":"\u200B"}
            {"email":"ELODIE@xn--bcher-kva.example"}
            """,
            "--partial"
        );

        code.ShouldBe(1, output);
        output.ShouldContain("line 2: email is the same as in line 1");
        (
            await service.Ask<string>(
                "SELECT concat_ws('|', email, first_name, coalesce(last_name, 'none')) FROM users WHERE email_normalized = 'elodie@xn--bcher-kva.example'"
            )
        ).ShouldBe("Elodie@b\u00FCcher.example|\u00C9lodie|none");
    }

    private const string Mixed = """
        {"email":"good@example.com"}
        {"email":"no address"}
        {"email":"good@EXAMPLE.com"}
        not json
        {"email":"typo@example.com","pasword_hash":"x"}
        {"email":"hash@example.com","password_hash":"5f4dcc3b5aa765d61d8327deb882cf99"}
        {"email":"slow@example.com","password_hash":"$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}
        {"email":"king@example.com","role":"King"}
        {"first_name":"Nobody"}
        {"email":"there@example.com"}
        {"email":"fine@example.com"}
        null
        """;

    [Fact]
    public async Task Every_invalid_line_of_an_import_is_reported_with_its_number_and_nothing_is_imported()
    {
        await using var service = await cluster.Start();
        await service.At().NewUser("there@example.com");

        var (code, output) = await Import(service, Mixed);

        code.ShouldBe(1);
        foreach (
            var (line, fault) in new[]
            {
                (2, "email must be an e-mail address"),
                (3, "email is the same as in line 1"),
                (4, "body is not well-formed JSON"),
                (5, "pasword_hash is not a member"),
                (6, "password_hash must be a hash of Argon2"),
                (7, "password_hash must be a hash of Argon2"),
                (8, "role must be one of Admin, Manager, User, Viewer"),
                (9, "email is required"),
                (10, "email belongs to a user of the tenant"),
                (12, "must be a JSON object"),
            }
        )
            output.ShouldContain($"line {line}: {fault}");
        output.ShouldContain("Nothing was imported");
        output.ShouldNotContain("5f4dcc3b"); // no hash in anybody's log
        (
            await service.Ask<long>(
                "SELECT count(*) FROM users WHERE email IN ('good@example.com', 'fine@example.com')"
            )
        ).ShouldBe(0);
        (await service.Ask<long>("SELECT count(*) FROM audit_events WHERE action = 'users.imported'")).ShouldBe(0);
    }

    [Fact]
    public async Task Asked_for_the_good_lines_come_in_all_the_same()
    {
        await using var service = await cluster.Start();
        await service.At().NewUser("there@example.com");

        var (code, output) = await Import(service, Mixed, "--partial");

        code.ShouldBe(1); // not all of it came in
        output.ShouldContain("2 users imported into default, 10 lines refused.");
        (
            await service.Ask<long>(
                "SELECT count(*) FROM users WHERE email IN ('good@example.com', 'fine@example.com')"
            )
        ).ShouldBe(2);
    }

    [Fact]
    public async Task A_file_of_many_batches_comes_in_and_its_last_line_can_undo_it()
    {
        await using var service = await cluster.Start();
        var many = string.Join(
            '\n',
            Enumerable.Range(0, 1_600).Select(i => $$"""{"email":"user-{{i}}@example.com"}""")
        );

        (await Import(service, many + "\nbroken")).Code.ShouldBe(1);
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email LIKE 'user-%'")).ShouldBe(0);

        var (code, output) = await Import(service, many);
        code.ShouldBe(0, output);
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email LIKE 'user-%'")).ShouldBe(1_600);
        (
            await service.Ask<long>(
                "SELECT count(*) FROM user_roles a JOIN users u ON u.id = a.user_id WHERE u.email LIKE 'user-%'"
            )
        ).ShouldBe(1_600);
    }

    [Fact]
    public async Task An_import_grants_no_unlisted_role_verifies_no_address_and_refuses_costly_hashes()
    {
        await using var service = await cluster.Start();
        const string lines = """
            {"email":"boss@example.com","role":"Admin"}
            {"email":"proven@example.com","email_verified":true,"role":"Viewer"}
            {"email":"slow@example.com","password_hash":"$argon2id$v=19$m=1048576,t=20,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
            """;

        var (_, refused) = await Import(service, lines, "--partial");
        refused.ShouldContain("line 1: role Admin cannot be granted by this file");
        refused.ShouldContain("line 3: password_hash costs more than a sign-in may");
        refused.ShouldContain("Reset: email_verified of 1 users");
        (
            await service.Ask<bool>("SELECT email_verified FROM users WHERE email = 'proven@example.com'")
        ).ShouldBeFalse();

        await service.Sql("DELETE FROM users WHERE email = 'proven@example.com'");
        (await Import(service, lines, "--trust")).Code.ShouldBe(0);
        (await service.Ask<bool>("SELECT email_verified FROM users WHERE email = 'proven@example.com'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        await using var service = await cluster.Start();

        var (code, output) = await Import(
            service,
            "{\"email\":\"a@example.com\"}\n{\"first_name\":\"" + new string('a', 100_000) + "\"}"
        );

        code.ShouldBe(1);
        output.ShouldContain("line 2 is longer than");
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email = 'a@example.com'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("nowhere", "There is no tenant 'nowhere'.")]
    [InlineData("default", "There is no file '/no/such/file'.")]
    public async Task An_import_names_a_missing_tenant_or_file(string tenant, string message)
    {
        await using var service = await cluster.Start();

        (
            await Should.ThrowAsync<OperatorException>(() =>
                UsersCommand.Import(
                    () => Program.Build(cluster.Settings(service.Database)),
                    "/no/such/file",
                    tenant,
                    new(IsPartial: false, IsTrusted: false, []),
                    CancellationToken.None
                )
            )
        ).Message.ShouldContain(message);
    }

    private async Task<(int Code, string Output)> Import(Service service, string lines, params string[] more)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, lines);
            return await OperatorCommand.Run(
                ["users", "import", file, "--tenant", "default", .. more],
                cluster.Variables(service.Database)
            );
        }
        finally
        {
            File.Delete(file);
        }
    }
}
