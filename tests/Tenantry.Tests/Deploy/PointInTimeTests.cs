using System.Diagnostics;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>Base backups and the archived log, by deploy/backup/wal.sh.</summary>
public sealed class PointInTimeTests(Cluster cluster) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wal").FullName;

    [Fact]
    public async Task Rows_deleted_by_mistake_come_back_from_the_moment_before_into_the_database_that_went_on()
    {
        await using var server = await ArchivingServer.Begin();
        var living = Variables(server.Admin.Port);
        var settings = ServiceSettings.Read(living);
        PostgresUrl.TryParse(Url("tenantry_backup", server.Admin.Port), out var backup, out _).ShouldBeTrue();
        await DatabaseSetup.Create(
            server.Admin,
            settings.MigrationDatabase,
            settings.Database,
            backup,
            CancellationToken.None
        );
        await using (var schema = new SchemaMigrations(settings.MigrationDatabase))
            await schema.Apply(Permission.Sync, CancellationToken.None);
        await using var service = await cluster.Start("elsewhere", Over(living));
        var (slug, id, admin) = await service.NewTenant();
        var (_, early, _) = await service.Joined(admin, slug, "Manager");

        var basing = Stopwatch.StartNew();
        var based = await server.Base(Url("tenantry_backup", server.Admin.Port));
        basing.Stop();
        var (_, late, _) = await service.Joined(admin, slug, "Viewer"); // in the log alone
        var moment = await ArchivingServer.Ask<string>(server.Admin, "SELECT clock_timestamp()::text");
        await Cluster.Execute(
            On(server.Admin),
            $"DELETE FROM users WHERE tenant_id = '{id}' AND email_normalized IN ('{early}', '{late}')"
        );
        var (_, since, _) = await service.Joined(admin, slug, "User");
        var archiving = Stopwatch.StartNew();
        await server.Archived();
        archiving.Stop();

        var restoring = Stopwatch.StartNew();
        var restored = await server.Restore(based, moment!);
        restoring.Stop();

        (
            await ArchivingServer.Ask<string>(
                On(restored),
                $"SELECT string_agg(email_normalized, ' ' ORDER BY created_at) FROM users WHERE tenant_id = '{id}'"
            )
        ).ShouldBe($"admin@{slug}.example {early} {late}");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{await ArchivingServer.Ask<long>(On(restored), "SELECT pg_database_size('tenantry')") / 1048576} MB: base backup {basing.ElapsedMilliseconds} ms, a segment of the log archived after {archiving.ElapsedMilliseconds} ms, restored to {moment} in {restoring.ElapsedMilliseconds} ms"
        );

        var archive = Path.Combine(folder, "tenant.zip");
        var exported = await OperatorCommand.Run(["tenant", "export", slug, "--to", archive], Variables(restored.Port));
        exported.Code.ShouldBe(0, exported.Output);
        var brought = await OperatorCommand.Run(
            ["tenant", "restore", slug, archive, "--rows", "users", "user_roles"],
            living
        );
        brought.Code.ShouldBe(0, brought.Output);
        brought.Output.ShouldContain("users: 2 of 3 rows restored");

        foreach (var (email, role) in new[] { (early, "Manager"), (late, "Viewer"), (since, "User") })
            (await (await service.At(slug).SignIn(email)).Get("auth/me")).Text("role").ShouldBe(role);
        // The restored cluster goes its own way, and not into the archive that it came from.
        Directory
            .EnumerateFiles(server.Archive)
            .Select(path => Path.GetFileName(path)[..8])
            .Distinct()
            .ShouldBe(["00000001"]);
    }

    [Fact]
    public async Task A_piece_of_the_log_is_archived_once_and_never_over_another()
    {
        var (wal, archived) = (
            Path.Combine(folder, "000000010000000000000001"),
            Path.Combine(folder, "archive", "000000010000000000000001")
        );
        Directory.CreateDirectory(Path.GetDirectoryName(archived)!);
        await File.WriteAllTextAsync(wal, "the log", TestContext.Current.CancellationToken);

        (await Archive(wal, archived)).Code.ShouldBe(0);
        (await Archive(wal, archived)).Code.ShouldBe(0); // asked again after a crash
        await File.WriteAllTextAsync(wal, "another", TestContext.Current.CancellationToken);
        var other = await Archive(wal, archived);
        var missing = await Archive(wal + ".none", archived + ".none");

        (other.Code, other.Errors).ShouldBe(
            (1, $"There is another {archived}. Two servers must not have one archive.\n")
        );
        missing.Code.ShouldNotBe(0);
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(archived)!).ShouldBe([archived]);
        (await File.ReadAllTextAsync(archived, TestContext.Current.CancellationToken)).ShouldBe("the log");

        Task<(int Code, string Output, string Errors)> Archive(string from, string to) =>
            Script.Run(["deploy/backup/wal.sh", "archive", from, to], []);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Dictionary<string, string> Variables(int port)
    {
        var variables = cluster.Variables("elsewhere");
        (variables["DATABASE_URL"], variables["MIGRATION_DATABASE_URL"]) = (
            Url("tenantry_app", port),
            Url("tenantry_owner", port)
        );
        variables["DATABASE_DIRECT_URL"] = variables["DATABASE_URL"]; // and not to the server of the other tests
        variables["FILES_PATH"] = Path.Combine(folder, "files");
        return variables;
    }

    private static Action<Dictionary<string, string>> Over(Dictionary<string, string> variables) =>
        all =>
        {
            foreach (var (name, value) in variables)
                all[name] = value;
        };

    private static string Url(string role, int port) =>
        $"postgresql://{role}:{role}-secret@127.0.0.1:{port}/tenantry?pool_max=10";

    private static Npgsql.NpgsqlConnectionStringBuilder On(Npgsql.NpgsqlConnectionStringBuilder admin) =>
        new(admin.ConnectionString) { Database = "tenantry" };
}
