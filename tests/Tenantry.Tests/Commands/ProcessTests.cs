using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Commands;

/// <summary>The binary as an operator meets it: exit codes, and messages that can be acted on.</summary>
public sealed class ProcessTests(Cluster cluster)
{
    [Fact]
    public async Task The_process_reports_all_faulty_settings_at_once_and_exits_with_1()
    {
        var (code, output) = await Binary.Run(
            ["serve"],
            new()
            {
                ["APP_ENV"] = "Production",
                ["API_PORT"] = "99999",
                ["DATABASE_URL"] = "mysql://user:hunter2@host/db",
                ["JWT_SECRET"] = "short",
            }
        );

        code.ShouldBe(1);
        foreach (var name in new[] { "API_PORT", "DATABASE_URL", "JWT_SECRET" })
            output.ShouldContain("- " + name);
        output.ShouldNotContain("hunter2");
        output.ShouldNotContain("short ");
    }

    [Fact]
    public async Task Settings_are_checked_without_a_server()
    {
        Dictionary<string, string> variables = new()
        {
            ["APP_ENV"] = "Production",
            ["APP_BASE_URL"] = "http://api.acme.com",
            ["DATABASE_URL"] = "postgresql://u:hunter2@127.0.0.1:1/d",
            ["JWT_SECRET"] = "a secret for tests, long enough for it",
            ["FILES_PATH"] = Path.GetTempPath(),
        };

        var (code, output) = await OperatorCommand.Run(["settings", "check"], variables);

        code.ShouldBe(0, output);
        output.ShouldContain("The settings are valid (Production, http://api.acme.com/).");
        output.ShouldContain("cross the network unencrypted");
        (variables["API_PORT"], variables["JWT_SECRET"]) = ("abc", "short");
        (code, output) = await OperatorCommand.Run(["settings", "check"], variables);
        code.ShouldBe(1);
        output.ShouldContain("- API_PORT must be a whole number from 0 to 65535");
        output.ShouldContain("- JWT_SECRET must have at least 32 characters");
    }

    [Fact]
    public async Task A_superuser_is_refused_with_the_mend()
    {
        var database = await cluster.NewDatabase();
        var variables = cluster.Variables(database);
        variables["DATABASE_URL"] = cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, database);

        var (code, output) = await Binary.Run(["serve"], variables);

        code.ShouldBe(1);
        output.ShouldContain("superuser");
        output.ShouldContain("tenantry database create");
        output.ShouldNotContain("   at "); // no stack trace
    }

    [Fact]
    public async Task An_unmigrated_database_is_refused_with_the_command()
    {
        var database = "empty_" + Guid.NewGuid().ToString("N");
        var variables = cluster.Variables(database);
        variables["ADMIN_DATABASE_URL"] = cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, "postgres");
        (await Binary.Run(["database", "create"], variables)).Code.ShouldBe(0);

        var (code, output) = await Binary.Run(["serve"], variables);

        code.ShouldBe(1);
        output.ShouldContain("tenantry migrate");
    }

    [Fact]
    public async Task Creating_and_migrating_twice_changes_nothing_the_second_time()
    {
        var database = "twice_" + Guid.NewGuid().ToString("N");
        var variables = cluster.Variables(database);
        variables["ADMIN_DATABASE_URL"] = cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, "postgres");

        (await Binary.Run(["database", "create"], variables)).Code.ShouldBe(0);
        (await Binary.Run(["migrate"], variables)).Output.ShouldContain("Applied");
        (await Binary.Run(["database", "create"], variables)).Code.ShouldBe(0);
        var (code, output) = await Binary.Run(["migrate"], variables);

        code.ShouldBe(0, output);
        output.ShouldContain("up to date");
        (await Binary.Run(["database", "check"], variables)).Output.ShouldContain("isolates tenants");
    }

    [Fact]
    public async Task A_login_that_is_there_keeps_its_password()
    {
        var variables = cluster.Variables("second_" + Guid.NewGuid().ToString("N"));
        variables["ADMIN_DATABASE_URL"] = cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, "postgres");
        variables["DATABASE_URL"] = cluster.Url("tenantry_app", "another installation's idea of it", "second");
        variables["MIGRATION_DATABASE_URL"] =
            variables["MIGRATION_DATABASE_URL"].Split('?')[0][..variables["MIGRATION_DATABASE_URL"].LastIndexOf('/')]
            + "/second";

        var (code, output) = await Binary.Run(["database", "create"], variables);

        code.ShouldBe(1, output);
        output.ShouldContain("The server already has a role tenantry_app");
        await using var service = await cluster.Start(); // with the password it had
    }

    [Fact]
    public async Task Two_migrations_at_once_end_with_one_schema()
    {
        var database = "racing_" + Guid.NewGuid().ToString("N");
        var variables = cluster.Variables(database);
        variables["ADMIN_DATABASE_URL"] = cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, "postgres");
        (await Binary.Run(["database", "create"], variables)).Code.ShouldBe(0);

        var runs = await Task.WhenAll(Binary.Run(["migrate"], variables), Binary.Run(["migrate"], variables));

        runs.ShouldAllBe(run => run.Code == 0, string.Join('\n', runs.Select(run => run.Output)));
    }

    [Fact]
    public async Task An_unreachable_database_ends_the_process_with_a_message_and_no_stack_trace()
    {
        var variables = cluster.Variables("none");
        variables["DATABASE_URL"] = "postgresql://nobody:x@127.0.0.1:1/none";

        var (code, output) = await Binary.Run(["serve"], variables);

        code.ShouldBe(1);
        output.ShouldContain("127.0.0.1:1");
        output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Commands_take_their_url_from_a_file_too()
    {
        var file = Path.GetTempFileName();
        try
        {
            var variables = cluster.Variables("none");
            variables.Remove("MIGRATION_DATABASE_URL");
            variables["MIGRATION_DATABASE_URL_FILE"] = file;
            (await Binary.Run(["migrate"], variables)).Output.ShouldContain(
                "MIGRATION_DATABASE_URL_FILE names a file that is empty"
            );
            await File.WriteAllTextAsync(
                file,
                "postgresql://nobody:hunter2@127.0.0.1:1/none\n",
                TestContext.Current.CancellationToken
            );

            var (code, output) = await Binary.Run(["migrate"], variables);

            code.ShouldBe(1);
            output.ShouldContain("127.0.0.1:1");
            output.ShouldNotContain("hunter2");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
