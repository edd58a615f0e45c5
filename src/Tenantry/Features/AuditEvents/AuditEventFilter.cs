using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>The conditions by which audit events are listed and exported.</summary>
public sealed record AuditEventFilter
{
    [FromQuery(Name = "action")]
    [Description(
        "Only events with this action, for example `user.changed`. With a dot at the end (`user.`), all actions that begin with it."
    )]
    public string? Action { get; init; }

    [FromQuery(Name = "outcome")]
    [Description("Only events with this outcome: `success`, `refused` for all refusals, or the code of a refusal.")]
    public string? Outcome { get; init; }

    [FromQuery(Name = "actor_id")]
    [Description("Only events of this user.")]
    public Guid? ActorId { get; init; }

    [FromQuery(Name = "target_id")]
    [Description("Only events whose target has this id.")]
    public Guid? TargetId { get; init; }

    [FromQuery(Name = "from")]
    [Description("Only events at this time or later.")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "to"), NotBefore("from")]
    [Description("Only events before this time.")]
    public DateTimeOffset? To { get; init; }

    [FromQuery(Name = "tenant_id")]
    [Description(
        "The tenant whose log is read. Another tenant than your own needs `platform:audit:read`, and its log records the access."
    )]
    public Guid? TenantId { get; init; }
}
