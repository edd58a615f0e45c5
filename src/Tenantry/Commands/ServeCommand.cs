using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Tenants;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Commands;

/// <summary><c>tenantry serve</c>: checks the database and the keys before the first request is served.</summary>
public static partial class ServeCommand
{
    public static async Task Run(Func<WebApplication> build, CancellationToken cancel)
    {
        await using var app = build();
        await Prepare(app, cancel);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new OperatorException(
                $"Port {app.Services.GetRequiredService<ServiceSettings>().ApiPort} is in use. Set API_PORT to another port."
            );
        }
        await app.WaitForShutdownAsync(cancel);
    }

    /// <exception cref="TenantIsolationException">The database does not isolate tenants.</exception>
    /// <exception cref="SigningKeyLockedException">
    /// JWT_SECRET is not the secret that protects the signing keys.
    /// </exception>
    internal static async Task Prepare(WebApplication app, CancellationToken cancel)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tenantry.Start");
        using var span = Spans.BeginUnrecorded("start");
        AccessRules.DemandDeclarations(((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints));

        await DemandSafety(app, cancel);
        await app.Services.GetRequiredService<KeyRotation>().LoadAtStart(cancel);
        await app.Services.GetRequiredService<FirstStart>().Run(cancel);

        foreach (var setting in settings.Renamed)
            SettingIsRenamed(log, setting.OldName, setting.Name);
        if (!settings.IsDevelopment && settings.Messages.Email == EmailTransport.Mailbox)
            MailGoesNowhere(log);
        if (ProductionRules.IsPlainHttp(settings))
            IsPlainHttp(log, settings.AppBaseUrl);
        if (
            await TenantGrace.Read(app.Services.GetRequiredService<Npgsql.NpgsqlDataSource>(), cancel) is var grace
            && grace > settings.TenantGrace
        )
            GraceIsLonger(log, settings.TenantGrace.TotalDays, grace.TotalDays);
        if (!settings.IsDevelopment && settings.DefaultTenant is { } name)
            DefaultTenantInProduction(log, name);
        foreach (var warning in await app.Services.GetRequiredService<IsolationCheck>().Warnings(cancel))
            IsolationCouldBeTighter(log, warning);
        if (!settings.IsDevelopment)
            WarnOfUnverifiedConnections(settings, log);
    }

    /// <summary>
    /// Attack: on the network path to another machine, an attacker can read the traffic or impersonate the server.
    /// </summary>
    private static void WarnOfUnverifiedConnections(ServiceSettings settings, ILogger log)
    {
        foreach (
            var (setting, servers) in new (string, IReadOnlyList<Npgsql.NpgsqlConnectionStringBuilder>)[]
            {
                ("DATABASE_URL", [settings.Database]),
                ("DATABASE_DIRECT_URL", settings.DirectDatabases),
                ("DATABASE_READ_URL", settings.Replicas),
            }
        )
        {
            if (servers.Any(server => IsElsewhere(server.Host) && server.SslMode != Npgsql.SslMode.VerifyFull))
                IsNotVerified(log, setting, "sslmode=verify-full");
        }
        if (settings.RedisUrl is { Scheme: "redis" } redis && IsElsewhere(redis.Host))
            IsNotVerified(log, "REDIS_URL", "rediss://");

        static bool IsElsewhere(string? host) =>
            host is not (null or "localhost" or ['/', ..])
            && !(System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
    }

    /// <summary>For each command that uses the database as the service does.</summary>
    internal static async Task DemandSafety(WebApplication app, CancellationToken cancel)
    {
        await DemandCurrentSchema(app.Services, cancel);
        var faults = await app.Services.GetRequiredService<IsolationCheck>().Findings(cancel);
        if (faults.Count > 0)
            throw new TenantIsolationException(faults);
        await app.Services.GetRequiredService<ReadReplicas>().DemandSafety(cancel);
    }

    private static async Task DemandCurrentSchema(IServiceProvider services, CancellationToken cancel)
    {
        await using var db = (
            await services.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContextAsync(cancel)
        ).WithoutTenant();
        try
        {
            var pending = (await db.Database.GetPendingMigrationsAsync(cancel)).ToList();
            if (pending.Count > 0)
                throw new OperatorException(
                    $"The schema is behind by {pending.Count} migration(s). Run 'tenantry migrate' first."
                );
            await using var connection = await services
                .GetRequiredService<Npgsql.NpgsqlDataSource>()
                .OpenConnectionAsync(cancel);
            if (await SchemaFunctions.Outdated(connection, cancel) is { Count: > 0 } behind)
                throw new OperatorException(
                    $"The database lacks {behind.Count} function(s) of this version: {string.Join(", ", behind.Select(function => function.Name))}. Run 'tenantry migrate' first."
                );
        }
        catch (Npgsql.PostgresException e)
            when (e.SqlState
                    is Npgsql.PostgresErrorCodes.UndefinedTable
                        or Npgsql.PostgresErrorCodes.InsufficientPrivilege
            )
        {
            throw new OperatorException(
                "The database has no schema that this role may use. Run 'tenantry migrate' first."
            );
        }
    }

    [LoggerMessage(
        EventId = 8,
        Level = LogLevel.Warning,
        Message = "APP_BASE_URL is {Url}: " + ProductionRules.PlainHttp
    )]
    private static partial void IsPlainHttp(ILogger log, Uri url);

    [LoggerMessage(
        EventId = 7,
        Level = LogLevel.Warning,
        Message = "{OldName} is now called {Name}: set {Name}. The next release does not read {OldName}"
    )]
    private static partial void SettingIsRenamed(ILogger log, string oldName, string name);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void IsolationCouldBeTighter(ILogger log, string warning);

    [LoggerMessage(
        EventId = 4,
        Level = LogLevel.Warning,
        Message = "TENANT_PURGE_AFTER_DAYS is {Setting}, and the database keeps deleted tenants for {Database} days: run 'tenantry migrate' with that setting, as the owner"
    )]
    private static partial void GraceIsLonger(ILogger log, double setting, double database);

    [LoggerMessage(
        EventId = 5,
        Level = LogLevel.Warning,
        Message = "DEFAULT_TENANT is {Tenant}: outside Development, a request that names no tenant, by mistake or with an unknown host, belongs to that tenant"
    )]
    private static partial void DefaultTenantInProduction(ILogger log, string tenant);

    [LoggerMessage(
        EventId = 3,
        Level = LogLevel.Warning,
        Message = "{Setting} names another machine, and the connection does not verify its identity: set {Mend}"
    )]
    private static partial void IsNotVerified(ILogger log, string setting, string mend);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Warning,
        Message = "EMAIL_TRANSPORT is mailbox: e-mails are stored in the database and not sent"
    )]
    private static partial void MailGoesNowhere(ILogger log);
}
