using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;

namespace Tenantry.Tests.Harness;

/// <summary>The real service over real HTTP. Disposing it stops it.</summary>
public sealed class Service(Cluster cluster, string database, ServiceSettings settings, WebApplication app)
    : IAsyncDisposable
{
    public const string PlatformAdmin = "root@platform.example";
    public const string Password = "correct horse battery";

    private readonly HttpClient http = new(
        new Conformance(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                MaxConnectionsPerServer = 256,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
                RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
            }
        )
    )
    {
        BaseAddress = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ),
    };

    /// <summary>
    /// A new connection for each question of a test was a good part of what PostgreSQL did. Unused, it is gone soon:
    /// the server has few.
    /// </summary>
    private readonly NpgsqlDataSource superuser = Superuser(cluster.AdminOf(database));

    private Visitor? maker;

    public Cluster Cluster => cluster;
    public string Database => database;
    public ServiceSettings Settings => settings;
    public IServiceProvider Services => app.Services;
    public Uri Url => http.BaseAddress!;

    public NpgsqlDataSource DataSource => app.Services.GetRequiredService<NpgsqlDataSource>();

    public IDbContextFactory<TenantDb> Contexts => app.Services.GetRequiredService<IDbContextFactory<TenantDb>>();

    /// <summary>Somebody who is not signed in, at a tenant; null leaves it to DEFAULT_TENANT.</summary>
    public Visitor At(string? tenant = null) => new(http, tenant, token: null);

    /// <summary>The platform's administrator, signed in.</summary>
    public Task<Visitor> Platform() => At("platform").SignIn(PlatformAdmin);

    /// <summary>A new tenant with an Admin who came by the invitation.</summary>
    /// <returns>its slug, its id, and the Admin, signed in</returns>
    public async Task<(string Slug, Guid Id, Visitor Admin)> NewTenant(string? slug = null)
    {
        slug ??= "t" + Guid.NewGuid().ToString("N")[..12];
        var email = $"admin@{slug}.example";
        var created = await Made(slug, email);
        created.Status.ShouldBe(201, created.Text);
        var accepted = await At()
            .Post(
                "auth/accept-invitation",
                new
                {
                    token = await MailedToken(email),
                    password = Password,
                    first_name = "Grace",
                }
            );
        accepted.Status.ShouldBe(201, accepted.Text);
        return (slug, created.Json["id"]!.GetValue<Guid>(), await At(slug).SignIn(email));
    }

    /// <summary>By one sign-in for many tenants, as long as it lasts: each costs a hash.</summary>
    private async Task<Answer> Made(string slug, string email)
    {
        if (maker is { } known && await Make(known) is { Status: not 401 } made)
            return made;
        return await Make(maker = await Platform());

        Task<Answer> Make(Visitor by) =>
            by.Post(
                "tenants",
                new
                {
                    name = slug,
                    slug,
                    admin = new { email, first_name = "Grace" },
                }
            );
    }

    /// <summary>Somebody who was invited with a role, and came.</summary>
    public async Task<(Guid Id, string Email, Visitor Visitor)> Joined(Visitor admin, string slug, string role)
    {
        var email = $"{Guid.NewGuid():N}@{slug}.example";
        var invited = await admin.Post("users", new { email, role });
        invited.Status.ShouldBe(201, invited.Text);
        var accepted = await At()
            .Post(
                "auth/accept-invitation",
                new
                {
                    token = await MailedToken(email),
                    password = Password,
                    first_name = "Joined",
                }
            );
        accepted.Status.ShouldBe(201, accepted.Text);
        return (invited.Json["id"]!.GetValue<Guid>(), email, await At(slug).SignIn(email));
    }

    /// <summary>The token in the newest mail to somebody.</summary>
    public async Task<string> MailedToken(string recipient)
    {
        var mailbox = await At().Get($"/dev/mailbox?recipient={Uri.EscapeDataString(recipient)}");
        var body = mailbox.Json["items"]![0]!.Text("body");
        return Uri.UnescapeDataString(body.Split("token=")[1].Split('\n')[0].Trim());
    }

    private static NpgsqlDataSource Superuser(NpgsqlConnectionStringBuilder admin)
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(admin.ConnectionString)
            {
                MaxPoolSize = 4,
                ConnectionIdleLifetime = 3,
                ConnectionPruningInterval = 1,
                CommandTimeout = (int)Patience.Of.TotalSeconds,
            }.ConnectionString
        );
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    public async Task Sql(string sql)
    {
        await using var command = superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Waits until the instance hears the changes of others; before, it asks the database for everything.
    /// </summary>
    public async Task Hears()
    {
        var feed = app.Services.GetRequiredService<ChangeFeed>();
        await Eventually.Is(() => feed.Period is not null);
    }

    /// <summary>Waits until roles are read from the cache, once the news of their making came.</summary>
    public async Task Remembers(Visitor visitor)
    {
        await Eventually.Is(async () =>
        {
            using var statements = new Statements(Database);
            await visitor.Get("roles");
            return statements.Heard.Count == 0;
        });
    }

    /// <summary>Waits until all messages that are due have gone.</summary>
    public async Task Settled()
    {
        await Eventually.Is(async () =>
            !await Ask<bool>("SELECT EXISTS (SELECT FROM notification_logs WHERE is_ready OR status = 'sending')")
        );
    }

    /// <summary>Waits until the store has these objects of a tenant and no others, and none that is coming.</summary>
    public async Task OnlyIsLeft(Guid tenant, params IEnumerable<string> keys)
    {
        var store = app.Services.GetRequiredService<IObjectStore>();
        List<string> wanted = [.. keys.Order(StringComparer.Ordinal)],
            left;
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(20)))
        {
            left = await store.List($"{tenant}/", CancellationToken.None).Select(one => one.Key).ToListAsync();
            left.AddRange(
                await store
                    .Unfinished(CancellationToken.None)
                    .Where(one => one.Key.StartsWith($"{tenant}", StringComparison.Ordinal))
                    .Select(one => $"{one.Key}, unfinished")
                    .ToListAsync()
            );
            if (left.SequenceEqual(wanted))
                return;
            if (watch.Elapsed > Patience.Of)
                left.ShouldBe(wanted);
        }
    }

    /// <summary>Waits for a message in the development mailbox.</summary>
    public Task<JsonNode> Mail(string recipient, string subject) =>
        Eventually.Find(
            async () =>
                (await At().Get($"/dev/mailbox?recipient={recipient}"))
                    .Items()
                    .FirstOrDefault(mail => mail!.Text("subject") == subject),
            $"\"{subject}\" arrives at {recipient}"
        );

    /// <summary>Waits for what the database is to say.</summary>
    /// <param name="sql">that tells true in the end</param>
    public Task Until(string sql) => Eventually.Is(() => Ask<bool>(sql), sql);

    /// <summary>What is answered to a request that has to wait for somebody's change.</summary>
    /// <param name="change">that is under way when it is asked</param>
    /// <param name="ask">the request</param>
    /// <param name="then">what the change goes on with once the request waits, before it is committed</param>
    public async Task<Answer> WhileHeld(string change, Func<Task<Answer>> ask, string? then = null)
    {
        await using var connection = await superuser.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Do(change);
        var asked = ask();
        await Until(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
        );
        if (then is not null)
            await Do(then);
        await transaction.CommitAsync();
        return await asked;

        async Task Do(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>A single value, seen by the superuser: past every policy.</summary>
    public async Task<T?> Ask<T>(string sql)
    {
        await using var command = superuser.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await superuser.DisposeAsync();
    }
}

/// <summary>
/// A service that the tests of one class share. They use tenants or users of their own, so that their order does not
/// matter.
/// </summary>
public sealed class SharedService(Cluster cluster) : IAsyncLifetime
{
    private Service? service;

    public Service Service => service!;

    public async ValueTask InitializeAsync() => service = await cluster.Start();

    public ValueTask DisposeAsync() => service?.DisposeAsync() ?? ValueTask.CompletedTask;
}
