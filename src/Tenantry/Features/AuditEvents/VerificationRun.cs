using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.AuditEvents;

/// <summary>One run of <see cref="AuditVerification"/>: its findings and counts.</summary>
internal sealed class VerificationRun(
    Action<AuditVerification.Finding> report,
    ServiceSettings settings,
    TimeProvider clock
)
{
    /// <summary>
    /// Clocks of instances differ, and there is time between the beginning of a request and the commit of its event.
    /// </summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private int findings;

    public TenantLifecycles Lifecycles { get; set; } = TenantLifecycles.None;

    /// <summary>Tenants that have a head in the object store and do not exist. Each is reported once.</summary>
    public HashSet<Guid> MissingTenants { get; } = [];

    /// <summary>The restores that the object store records; null: not read yet.</summary>
    public List<AuditRestore.Claims>? Restores { get; set; }

    public int Tenants { get; set; }
    public long Events { get; set; }
    public long Heads { get; set; }
    public long HeadsOfStore { get; set; }
    public long HeadsLost { get; set; }

    /// <summary>The beginning of the oldest month that is retained. Events are deleted by whole months.</summary>
    public DateTimeOffset FirstRetained =>
        clock.GetUtcNow() - settings.AuditRetention is var oldest
            ? new DateTimeOffset(oldest.Year, oldest.Month, 1, 0, 0, 0, TimeSpan.Zero)
            : default;

    public void Report(Guid tenant, long? position, Guid? id, string message)
    {
        findings++;
        report(new AuditVerification.Finding(tenant, position, id, message));
    }

    public AuditVerification.Report ToReport() => new(Tenants, Events, Heads, HeadsOfStore, HeadsLost, findings);
}
