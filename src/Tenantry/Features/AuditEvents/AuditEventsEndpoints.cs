using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.AuditEvents;

/// <summary>What was done and tried in a tenant, under <c>/api/v1/audit-events</c>.</summary>
public static class AuditEventsEndpoints
{
    /// <summary>Of the log's figures.</summary>
    public const string MeterName = "Tenantry.Audit";

    public static void AddAuditEvents(this IServiceCollection services)
    {
        services.AddScoped<AuditLog>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton<RestoredLogs>();
        services.AddSingleton<AuditRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
    }

    public static void MapAuditEvents(this IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/audit-events").WithTags("Audit");
        events
            .MapGet("/", AuditLog.List)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .MayBeStale()
            .WithSummary("What was done and tried")
            .WithDescription(
                "Newest first. `action` is one (`user.changed`) or, ending in a dot, all of a kind (`user.`); `outcome` is `success`, `refused` or the code of a refusal. `tenant_id` names another tenant, for holders of `platform:audit:read`; that tenant's log tells of it."
            );
        events
            .MapGet("/export", AuditLog.Export)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .Audited("audit.exported")
            .Costs(10)
            .MayBeStale()
            .InTurns(gates => gates.Exports)
            .Produces<AuditEventDocument>(StatusCodes.Status200OK, AuditLog.JsonLines)
            .WithSummary("The log as a file")
            .WithDescription("JSON Lines, an event each, newest first, with the same filters: as many as there are.")
            .DisableRequestTimeout();
        events
            .MapGet("/heads", AuditLog.Heads)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .MayBeStale()
            .WithSummary("Signed heads of the log")
            .WithDescription(
                "Every hour the end of the log is signed. Whoever keeps a head of their own can hold the log against it later: its signature is checked with `/.well-known/jwks.json`."
            );
        events
            .MapGet("/{id:guid}", AuditLog.Read)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .WithSummary("Read an event");
    }
}
