using Npgsql;
using Tenantry.Commands;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

[assembly: AssemblyFixture(typeof(Cluster))]

namespace Tenantry.Tests.Harness;

/// <summary>The PostgreSQL that ./test started, with one migrated database that all others are copied from.</summary>
public sealed class Cluster : IAsyncLifetime
{
    /// <summary>Of this process alone: while one copies it, nobody else may be connected to it.</summary>
    private static readonly string Template = $"template_{Environment.ProcessId}";

    /// <summary>The same, after the first start of a service with the settings of <see cref="Directly"/>.</summary>
    private static readonly string Started = $"started_{Environment.ProcessId}";

    /// <summary>The settings that the first start of a service depends on.</summary>
    private static readonly string[] OfTheFirstStart =
    [
        "APP_ENV",
        "DEFAULT_TENANT",
        "PLATFORM_ADMIN_EMAIL",
        "PLATFORM_ADMIN_PASSWORD",
        "JWT_SECRET",
        "ARGON2_MEMORY_KIB",
        "ARGON2_PASSES",
        "DATABASE_READ_URL",
    ];

    private const string OwnerPassword = "owner's \"secret\"";
    private const string ServingPassword = "serving secret";
    private const string BackupPassword = "backup's %secret";

    /// <summary>
    /// A password's hash, as the service makes it by its settings, costs more than all else that a test of it does.
    /// This is the same Argon2id with less work, below what the settings allow; a test that is about the work of a hash
    /// sets <c>ARGON2_MEMORY_KIB</c>, and gets what it says.
    /// </summary>
    private static readonly Argon2Cost QuickHash = new(256, 1);

    /// <summary>
    /// Each connection is a process of PostgreSQL, which prepares each statement for itself. A test of many requests at
    /// once takes <see cref="ManyConnections" />.
    /// </summary>
    private const string PoolMax = "pool_max=3";

    /// <summary>A line of a pooler's file.</summary>
    internal const string ServingLogin = $"\"tenantry_app\" \"{ServingPassword}\"";

    private readonly SemaphoreSlim copying = new(1);
    private int databases;

    /// <summary>
    /// Where a PgBouncer in transaction mode stands before the server: host, port, and what the URL says of it. Null:
    /// there is none.
    /// </summary>
    private readonly string? pooler;

    public Cluster()
        : this(
            PostgresUrl.TryParse(Environment.GetEnvironmentVariable("TEST_DATABASE_URL") ?? "", out var url, out _)
                ? url
                : throw new InvalidOperationException(
                    "TEST_DATABASE_URL is not set. Run ./test: it brings a PostgreSQL of its own."
                )
        ) => pooler = Environment.GetEnvironmentVariable("TEST_POOLER") is { Length: > 0 } server ? server : null;

    /// <summary>Another one, of a test's own.</summary>
    internal Cluster(NpgsqlConnectionStringBuilder admin) => Admin = admin;

    public NpgsqlConnectionStringBuilder Admin { get; }

    public async ValueTask InitializeAsync()
    {
        var settings = Settings(Template);
        // Roles are the server's, and another program of tests may make them at the same moment.
        await using var alone = new NpgsqlConnection(Admin.ConnectionString);
        await alone.OpenAsync();
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_lock(1)", alone))
            await command.ExecuteNonQueryAsync();
        await DatabaseSetup.Create(
            Admin,
            settings.MigrationDatabase,
            settings.Database,
            Backup(Template),
            CancellationToken.None
        );
        await using (var schema = new SchemaMigrations(settings.MigrationDatabase))
            await schema.Apply(Permission.Sync, CancellationToken.None);
        await alone.CloseAsync();
        NpgsqlConnection.ClearAllPools(); // a template can be copied only while no one is connected to it
        await Copy(Template, Started);
        await using (var app = Program.Build(Settings(Started) with { PasswordCost = QuickHash }))
            await ServeCommand.Prepare(app, CancellationToken.None);
        NpgsqlConnection.ClearAllPools();
    }

    public ValueTask DisposeAsync()
    {
        copying.Dispose();
        return ValueTask.CompletedTask; // the cluster goes away whole
    }

    /// <summary>A database of the test's own, migrated and empty.</summary>
    public async Task<string> NewDatabase()
    {
        var name = NewName();
        await Copy(Template, name);
        return name;
    }

    /// <summary>The same, of another collation than the server's.</summary>
    /// <param name="locale">As <c>CREATE DATABASE</c> takes it: <c>LOCALE 'C'</c>.</param>
    public async Task<string> NewDatabase(string locale)
    {
        var name = NewName();
        await Execute(
            Admin,
            $"CREATE DATABASE {name} OWNER tenantry_owner TEMPLATE template0 ENCODING 'UTF8' {locale}"
        );
        var settings = Settings(name);
        await DatabaseSetup.Create(
            Admin,
            settings.MigrationDatabase,
            settings.Database,
            Backup(name),
            CancellationToken.None
        );
        await using var schema = new SchemaMigrations(settings.MigrationDatabase);
        await schema.Apply(Permission.Sync, CancellationToken.None);
        return name;
    }

    private string NewName() => $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";

    private async Task Copy(string template, string name)
    {
        await copying.WaitAsync();
        try
        {
            // Copied as files: through the log, as is usual, costs PostgreSQL half as much again.
            await Execute(Admin, $"CREATE DATABASE {name} TEMPLATE {template} OWNER tenantry_owner STRATEGY FILE_COPY");
            await Execute(
                Admin,
                $"REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO tenantry_owner, tenantry_serving, tenantry_backup"
            );
        }
        finally
        {
            copying.Release();
        }
    }

    /// <summary>
    /// A service with a database of its own, listening on a free port. With the usual settings, its database is a copy
    /// of one in which a service has started before: what a start checks and creates there is checked once.
    /// </summary>
    public async Task<Service> Start(
        Action<Dictionary<string, string>>? change = null,
        Action<IServiceCollection>? replace = null
    )
    {
        var name = NewName();
        var variables = Variables(name);
        change?.Invoke(variables);
        var usual = Variables(name);
        var isUsual =
            replace is null
            && OfTheFirstStart.All(setting => variables.GetValueOrDefault(setting) == usual.GetValueOrDefault(setting));
        await Copy(isUsual ? Started : Template, name);
        return await Serve(name, variables, replace, isUsual);
    }

    /// <summary>The same, at an address that it knows: the links that it makes lead to it.</summary>
    public async Task<Service> StartAtItsLinks(Action<Dictionary<string, string>>? change = null)
    {
        var port = FreePort.Find();
        return await Start(variables =>
        {
            (variables["API_PORT"], variables["APP_BASE_URL"]) = ($"{port}", $"http://127.0.0.1:{port}");
            change?.Invoke(variables);
        });
    }

    /// <summary>One more instance over a database that exists.</summary>
    public async Task<Service> Start(
        string database,
        Action<Dictionary<string, string>>? change = null,
        Action<IServiceCollection>? replace = null
    )
    {
        var variables = Variables(database);
        change?.Invoke(variables);
        return await Serve(database, variables, replace, isPrepared: false);
    }

    private async Task<Service> Serve(
        string database,
        Dictionary<string, string> variables,
        Action<IServiceCollection>? replace,
        bool isPrepared
    )
    {
        var settings = ServiceSettings.Read(variables);
        if (!variables.ContainsKey("ARGON2_MEMORY_KIB"))
            settings = settings with { PasswordCost = QuickHash };
        var app = Program.Build(settings, replace);
        try
        {
            await (
                isPrepared
                    ? app.Services.GetRequiredService<KeyRotation>().LoadAtStart(CancellationToken.None)
                    : ServeCommand.Prepare(app, CancellationToken.None)
            );
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        var service = new Service(this, database, settings, app);
        await service.Hears();
        return service;
    }

    public ServiceSettings Settings(string database) => ServiceSettings.Read(Variables(database));

    public Dictionary<string, string> Variables(string database)
    {
        var variables = Directly(database);
        if (pooler is not null)
        {
            variables["DATABASE_DIRECT_URL"] = variables["DATABASE_URL"];
            variables["DATABASE_URL"] = Url("tenantry_app", ServingPassword, pooler, database);
        }
        return variables;
    }

    private Dictionary<string, string> Directly(string database) =>
        new()
        {
            ["APP_ENV"] = "Development",
            ["APP_BASE_URL"] = "http://localhost:8000",
            ["API_HOST"] = "127.0.0.1",
            ["API_PORT"] = "0",
            ["LOG_LEVEL"] = "Critical",
            ["DATABASE_URL"] = Url("tenantry_app", ServingPassword, database),
            ["MIGRATION_DATABASE_URL"] = Url("tenantry_owner", OwnerPassword, database),
            ["TRUSTED_PROXIES"] = "127.0.0.1",
            // A test that is about limits sets its own; the others come from one address and are fast.
            ["RATE_LIMIT_FREE_PER_MINUTE"] = "unlimited",
            ["RATE_LIMIT_STANDARD_PER_MINUTE"] = "unlimited",
            ["RATE_LIMIT_PREMIUM_PER_MINUTE"] = "unlimited",
            ["RATE_LIMIT_GLOBAL_PER_MINUTE"] = "unlimited",
            ["RATE_LIMIT_AUTH_PER_MINUTE"] = "unlimited",
            ["JWT_SECRET"] = "a secret for tests, long enough for it",
            ["DEFAULT_TENANT"] = "default",
            ["PLATFORM_ADMIN_EMAIL"] = Service.PlatformAdmin,
            ["PLATFORM_ADMIN_PASSWORD"] = Service.Password,
            ["FILES_PATH"] = FilesOf(database),
        };

    /// <summary>Where the services on a database keep their files; ./test takes it away.</summary>
    public static string FilesOf(string database) =>
        Path.Combine(
            Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes
                ? Path.GetDirectoryName(processes)!
                : Path.GetTempPath(),
            "files",
            database
        );

    /// <summary>Of a service that answers many requests at once.</summary>
    public static string ManyConnections(string url) => url.Replace(PoolMax, "pool_max=12", StringComparison.Ordinal);

    /// <summary>Of a service that has one connection: everything meets everything on it.</summary>
    public static string OneConnection(string url) => url.Replace(PoolMax, "pool_max=1", StringComparison.Ordinal);

    public string Url(string role, string password, string database) =>
        Url(role, password, $"{Admin.Host}:{Admin.Port}", database);

    /// <summary>The service's way to servers that have the same roles.</summary>
    public static string ServingUrl(string servers, string database) =>
        Url("tenantry_app", ServingPassword, servers, database);

    private static string Url(string role, string password, string servers, string database) =>
        $"postgresql://{Uri.EscapeDataString(role)}:{Uri.EscapeDataString(password)}@{servers.Split('?')[0]}/{database}?{PoolMax}{(servers.Contains('?') ? "&" + servers.Split('?')[1] : "")}";

    /// <summary>The role that makes backups.</summary>
    public string BackupUrl(string database) => Url(TenantPolicy.BackupRole, BackupPassword, database);

    private NpgsqlConnectionStringBuilder Backup(string database) =>
        new(Admin.ConnectionString)
        {
            Database = database,
            Username = TenantPolicy.BackupRole,
            Password = BackupPassword,
        };

    public NpgsqlConnectionStringBuilder AdminOf(string database) =>
        new(Admin.ConnectionString) { Database = database };

    public static async Task Execute(NpgsqlConnectionStringBuilder connection, string sql)
    {
        await using var open = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString
        );
        await open.OpenAsync();
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync();
    }
}
