using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.AuditEvents;

/// <summary>Audit events, under <c>/api/v1/audit-events</c>.</summary>
public static class AuditEventsEndpoints
{
    /// <summary>The name of the meter for metrics of audit logs.</summary>
    public const string MeterName = "Tenantry.Audit";

    public static void AddAuditEvents(this IServiceCollection services)
    {
        services.AddScoped<AuditLog>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton<StoredHeadVerification>();
        services.AddSingleton<RestoredLogs>();
        services.AddSingleton<AuditRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
    }

    public static void MapAuditEvents(this IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/audit-events").WithTags("Audit");
        events
            .MapGet("/", ListAuditEvents.Handle)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .AllowStaleReads()
            .WithSummary("List audit events")
            .WithDescription("Returns the changes and refused changes of a tenant, newest first.");
        events
            .MapGet("/export", ExportAuditEvents.Handle)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .Audited("audit.exported")
            .Costs(10)
            .AllowStaleReads()
            .ThroughGate(gates => gates.Exports)
            .Produces<AuditEventDocument>(StatusCodes.Status200OK, AuditLog.JsonLines)
            .WithSummary("Export audit events")
            .WithDescription(
                "Returns all audit events that match the filter as JSON Lines, one event per line, newest first. The number of events is not limited."
            )
            .DisableRequestTimeout();
        events
            .MapGet("/heads", ListAuditHeads.Handle)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .AllowStaleReads()
            .WithSummary("List signed chain heads")
            .WithDescription(
                "Returns the signed ends of the audit chain, newest first. The chain is signed once an hour. Store a head, and later compare it with the log to detect that the log was rewritten. Verify its signature with the keys of `/.well-known/jwks.json`."
            );
        events
            .MapGet("/{id:guid}", GetAuditEvent.Handle)
            .Requires(Permissions.AuditRead, Permissions.PlatformAuditRead)
            .WithSummary("Get an audit event")
            .WithDescription("Returns one audit event of your tenant.");
    }
}
