using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>Dumps by deploy/backup/database.sh, and what comes of them.</summary>
public sealed partial class BackupTests(SharedService shared, Cluster cluster)
    : IClassFixture<SharedService>,
        IDisposable
{
    private const string DatabaseScript = "deploy/backup/database.sh";

    private readonly Service service = shared.Service;
    private readonly string folder = Directory.CreateTempSubdirectory("backup").FullName;
    private string binaries = "";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dump_is_whole_says_so_to_the_monitoring_and_comes_back_row_by_row()
    {
        await Need();
        var (slug, _, _) = await service.NewTenant();
        await service.NewTenant();
        await service.Settled();
        var metrics = Directory.CreateDirectory(Path.Combine(folder, "metrics")).FullName;

        var seen = new CommandLines();
        var dump = await seen.While(() =>
            Run(
                ["dump", Path.Combine(folder, "dumps and more")],
                ("BACKUP_DATABASE_URL", cluster.BackupUrl(service.Database)),
                ("BACKUP_METRICS_FOLDER", metrics)
            )
        );

        dump.Code.ShouldBe(0, dump.Errors);
        var backup = dump.Output;
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(backup, "database.dump"))
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await service.Ask<long>("SELECT count(*) FROM users")).ShouldBeGreaterThan(1);
        (await File.ReadAllLinesAsync(Path.Combine(backup, "rows.tsv"), Cancel)).ShouldContain(
            $"public.users\t{await service.Ask<long>("SELECT count(*) FROM users")}"
        );
        (await File.ReadAllTextAsync(Path.Combine(backup, "roles.sql"), Cancel)).ShouldNotContain("PASSWORD");
        var password = NpgsqlPassword(cluster.BackupUrl(service.Database));
        (
            dump.Output + dump.Errors + await File.ReadAllTextAsync(Path.Combine(backup, "about.txt"), Cancel)
        ).ShouldNotContain(password);
        seen.All.ShouldContain(line => line.Contains("pg_dump"));
        seen.All.ShouldAllBe(line => !line.Contains(password) && !line.Contains(Uri.EscapeDataString(password)));
        var metric = await File.ReadAllTextAsync(Path.Combine(metrics, "tenantry_backup_dump.prom"), Cancel);
        (
            DateTimeOffset.UtcNow
            - DateTimeOffset.FromUnixTimeSeconds(
                long.Parse(Completed().Match(metric).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            )
        ).ShouldBeInRange(TimeSpan.FromSeconds(-2), TimeSpan.FromMinutes(2));

        var other = "restored_" + Guid.NewGuid().ToString("N")[..8];
        var settings = cluster.Settings(other);
        await DatabaseSetup.Create(
            cluster.Admin,
            settings.MigrationDatabase,
            settings.Database,
            backup: null,
            CancellationToken.None
        );
        var restored = await Run(
            ["restore", backup],
            ("RESTORE_DATABASE_URL", cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, other))
        );
        restored.Code.ShouldBe(0, restored.Errors);
        var again = await Run(
            ["restore", backup],
            ("RESTORE_DATABASE_URL", cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, other))
        );
        (again.Code, again.Errors).ShouldBe(
            (1, $"The database {other} is not empty. Restore into a new one: 'tenantry database create' makes it.\n")
        );

        // It starts, so that isolation is as it was, and people sign in.
        await using var there = await cluster.Start(other);
        foreach (var table in new[] { "users", "roles", "notification_logs", "audit_links", "signing_keys", "tenants" })
            (await Rows(there, table)).ShouldBe(await Rows(service, table), table);
        (await there.At(slug).SignIn($"admin@{slug}.example")).Token.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("tenantry_owner")]
    [InlineData("tenantry_app")]
    public async Task A_dump_as_a_role_that_policies_bind_is_refused_and_leaves_nothing(string role)
    {
        await Need();
        var variables = cluster.Variables(service.Database);

        var (code, output, errors) = await Run(
            ["dump", folder],
            ("BACKUP_DATABASE_URL", variables[role == "tenantry_owner" ? "MIGRATION_DATABASE_URL" : "DATABASE_URL"])
        );

        code.ShouldBe(1);
        errors.ShouldContain($"The role {role} is bound by row-level security");
        output.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dump_that_lacks_rows_is_found_out_though_its_checksums_are_right()
    {
        await Need();
        await service.NewTenant();
        var backup = (await Run(["dump", folder], ("BACKUP_DATABASE_URL", cluster.BackupUrl(service.Database)))).Output;
        (await Run(["verify", backup])).Code.ShouldBe(0);

        // As the owner, to whom row-level security says nothing of what it leaves out.
        var dump = Path.Combine(backup, "database.dump");
        PostgresUrl
            .TryParse(cluster.Variables(service.Database)["MIGRATION_DATABASE_URL"], out var owner, out _)
            .ShouldBeTrue();
        var partial = await Script.Run(
            ["-c", "pg_dump --enable-row-security --format=custom --file=\"$0\"", dump],
            With(
                ("PGHOST", owner!.Host!),
                ("PGPORT", $"{owner.Port}"),
                ("PGUSER", owner.Username!),
                ("PGPASSWORD", owner.Password!),
                ("PGDATABASE", owner.Database!)
            )
        );
        partial.Code.ShouldBe(0, partial.Errors);

        var altered = await Run(["verify", backup]);
        (altered.Code, altered.Errors.Contains("is not what was written", StringComparison.Ordinal)).ShouldBe(
            (1, true),
            altered.Errors
        );

        var sums = Path.Combine(backup, "SHA256SUMS");
        var lines = (await File.ReadAllLinesAsync(sums, Cancel)).Where(line =>
            !line.EndsWith("database.dump", StringComparison.Ordinal)
        );
        await File.WriteAllLinesAsync(
            sums,
            lines.Append(
                $"{Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(dump, Cancel)))}  database.dump"
            ),
            Cancel
        );
        var lacking = await Run(["verify", backup]);
        lacking.Code.ShouldBe(1);
        lacking.Errors.ShouldContain("The dump does not have the rows of the database");
        lacking.Errors.ShouldContain($"< public.users\t{await service.Ask<long>("SELECT count(*) FROM users")}");
        lacking.Errors.ShouldContain("> public.users\t0");
        var restored = await Run(
            ["restore", backup],
            ("RESTORE_DATABASE_URL", cluster.Url(cluster.Admin.Username!, cluster.Admin.Password!, "postgres"))
        );
        restored.Code.ShouldBe(1);
        restored.Errors.ShouldContain("The dump does not have the rows of the database");
    }

    [Fact]
    public async Task A_server_that_is_away_leaves_no_backup_and_no_word_to_the_monitoring()
    {
        await Need();

        var (code, output, errors) = await Run(
            ["dump", folder],
            ("BACKUP_DATABASE_URL", $"postgresql://tenantry_backup:hunter2@127.0.0.1:{FreePort.Find()}/tenantry"),
            ("BACKUP_METRICS_FOLDER", folder)
        );

        code.ShouldNotBe(0);
        output.ShouldBeEmpty();
        errors.ShouldContain("127.0.0.1");
        errors.ShouldNotContain("hunter2");
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task Need()
    {
        binaries = await service.Ask<string>("SELECT setting FROM pg_config WHERE name = 'BINDIR'") ?? "";
        Script.Need(binaries, "psql", "pg_dump", "pg_restore", "pg_dumpall");
    }

    private Task<(int Code, string Output, string Errors)> Run(
        string[] arguments,
        params (string Name, string Value)[] variables
    ) => Script.Run([DatabaseScript, .. arguments], With(variables));

    private Dictionary<string, string> With(params (string Name, string Value)[] variables)
    {
        var all = variables.ToDictionary(one => one.Name, one => one.Value);
        all["PATH"] = $"{binaries}:{Environment.GetEnvironmentVariable("PATH")}";
        return all;
    }

    private static string NpgsqlPassword(string url) =>
        PostgresUrl.TryParse(url, out NpgsqlConnectionStringBuilder? parsed, out _)
            ? parsed!.Password!
            : throw new ArgumentException(url);

    private static Task<string?> Rows(Service of, string table) =>
        of.Ask<string>($"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) || ' ' || count(*) FROM {table} t");

    /// <summary>What anybody on the machine can read of the processes there are.</summary>
    private sealed class CommandLines
    {
        public HashSet<string> All { get; } = [];

        public async Task<T> While<T>(Func<Task<T>> work)
        {
            var task = Task.Run(work);
            while (!task.IsCompleted)
            {
                foreach (
                    var process in Directory
                        .EnumerateDirectories("/proc")
                        .Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
                )
                {
                    try
                    {
                        All.Add(
                            Encoding
                                .UTF8.GetString(await File.ReadAllBytesAsync(Path.Combine(process, "cmdline")))
                                .Replace('\0', ' ')
                        );
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        // It has ended.
                    }
                }
            }
            return await task;
        }
    }

    [GeneratedRegex("""^tenantry_backup_completed_timestamp_seconds\{kind="dump"\} (\d+)$""", RegexOptions.Multiline)]
    private static partial Regex Completed();
}
