using System.Diagnostics.Metrics;

namespace Tenantry.Foundation.Auditing;

/// <summary>Counts audit events of all tenants by action and outcome; both are closed lists.</summary>
public sealed class AuditCount(IMeterFactory meters)
{
    private readonly Counter<long> events = meters
        .Create("Tenantry.Audit")
        .CreateCounter<long>("tenantry.audit.events", description: "Audit events, by action and outcome");

    public void Add(AuditEvent one) => events.Add(1, new("action", one.Action), new("outcome", one.Outcome));
}
