using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Database;

namespace Tenantry.Foundation.Audit;

/// <summary>One thing that somebody did, or tried. Written in the transaction of what it tells of; never changed.</summary>
public sealed class AuditEvent : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>What was done: <c>auth.login</c>, <c>tenant.created</c>.</summary>
    public required string Action { get; init; }

    /// <summary><c>success</c>, or the code of the refusal.</summary>
    public required string Outcome { get; init; }

    /// <summary>Who did it. Null: nobody who was signed in.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>The tenant of the one who did it; another than the row's own only for platform administration.</summary>
    public Guid? ActorTenantId { get; init; }

    /// <summary>To what it was done.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>What else there is to say of it.</summary>
    public JsonElement? Details { get; init; }
    public IPAddress? Address { get; init; }
    public string? UserAgent { get; init; }
    public string? TraceId { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<AuditEvent>
    {
        // The serving role cannot alter what was written: a stolen service cannot clean up behind itself.
        public void Configure(EntityTypeBuilder<AuditEvent> audit) => audit.ToTable("audit_events").ServingRoleMay("SELECT, INSERT");
    }
}
