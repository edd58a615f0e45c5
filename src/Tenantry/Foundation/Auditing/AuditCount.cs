using System.Diagnostics.Metrics;

namespace Tenantry.Foundation.Auditing;

/// <summary>What is done and refused, over all tenants: sign-ins, uploads, changes. Actions and outcomes are closed lists.</summary>
public sealed class AuditCount(IMeterFactory meters)
{
    private readonly Counter<long> events = meters
        .Create("Tenantry.Audit")
        .CreateCounter<long>("tenantry.audit.events", description: "What went into audit logs, by action and outcome");

    public void Add(AuditEvent one) => events.Add(1, new("action", one.Action), new("outcome", one.Outcome));
}
