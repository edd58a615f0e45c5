using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// One thing that somebody did, or tried. Written in the transaction of what it tells of; never changed. A trigger links it into the tenant's <see cref="AuditLink">chain</see>
/// when that transaction commits. The table has a partition a month, by the time in the id.
/// </summary>
public sealed class AuditEvent : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>Of the time in <see cref="OccurredAt"/>: in the order of their ids is in the order of time.</summary>
    public Guid Id { get; init; }

    public required DateTimeOffset OccurredAt
    {
        get;
        init => (field, Id) = (value, Id == Guid.Empty ? Guid.CreateVersion7(value) : Id);
    }

    /// <summary>What was done: <c>auth.login</c>, <c>tenant.created</c>.</summary>
    public required string Action { get; init; }

    /// <summary><c>success</c>, or the code of the refusal.</summary>
    public required string Outcome { get; init; }

    /// <summary>Who did it. Null: nobody who was signed in.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>The tenant of the one who did it; another than the row's own only for platform administration.</summary>
    public Guid? ActorTenantId { get; init; }

    /// <summary>Who let it be done: whoever shared the file that a stranger has fetched. Null: the actor, for themselves.</summary>
    public Guid? OnBehalfOf { get; init; }

    /// <summary>To what it was done.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>What it changed: a member for each <see cref="AuditedAttribute">named field</see>, with <c>before</c> and <c>after</c>.</summary>
    [OwnJson("fields that are named as audited, none of them JSON of a caller")]
    public JsonElement? Changes { get; init; }

    /// <summary>What else there is to say of it.</summary>
    [OwnJson("counts and reasons of the service")]
    public JsonElement? Details { get; init; }

    /// <summary>From where. Null: from within, by the service itself or a command of its operator.</summary>
    public IPAddress? Address { get; init; }
    public string? UserAgent { get; init; }
    public string? TraceId { get; init; }

    /// <summary>Ids of that millisecond and later ones are not less (UUIDv7, RFC 9562).</summary>
    public static Guid LeastIdOf(DateTimeOffset time, int later = 0)
    {
        var milliseconds = Math.Clamp(time.ToUnixTimeMilliseconds() + later, 0, (1L << 48) - 1);
        return new Guid((int)(milliseconds >> 16), (short)milliseconds, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>The time in an id.</summary>
    public static DateTimeOffset TimeOf(Guid id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >>> 16
        );

    private sealed class Mapping : IEntityTypeConfiguration<AuditEvent>
    {
        // The serving role cannot alter what was written: a stolen service cannot clean up behind itself.
        public void Configure(EntityTypeBuilder<AuditEvent> audit)
        {
            audit.ToTable("audit_events").ServingRoleMay("SELECT, INSERT");
            audit
                .HasIndex(e => new
                {
                    e.TenantId,
                    e.ActorId,
                    e.Id,
                })
                .HasDatabaseName("ix_audit_events_actor");
            audit
                .HasIndex(e => new
                {
                    e.TenantId,
                    e.TargetId,
                    e.Id,
                })
                .HasDatabaseName("ix_audit_events_target");
            audit
                .HasIndex(e => new
                {
                    e.TenantId,
                    e.Action,
                    e.Id,
                })
                .HasDatabaseName("ix_audit_events_action");
        }
    }
}
