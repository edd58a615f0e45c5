using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// An action of a caller, or an attempt. It is written in the transaction of the change that it records, and never
/// changed. A trigger links it into the tenant's <see cref="AuditLink">chain</see> when that transaction commits. The
/// table has a partition for each month, by the time in the id.
/// </summary>
public sealed class AuditEvent : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>Contains the time in <see cref="OccurredAt"/>, so that the order of ids is the order of time.</summary>
    public Guid Id { get; init; }

    public required DateTimeOffset OccurredAt
    {
        get;
        init => (field, Id) = (value, Id == Guid.Empty ? Guid.CreateVersion7(value) : Id);
    }

    /// <summary>The action: <c>auth.login</c>, <c>tenant.created</c>.</summary>
    public required string Action { get; init; }

    /// <summary><c>success</c>, or the code of the refusal.</summary>
    public required string Outcome { get; init; }

    /// <summary>The user who acted. Null: an anonymous caller.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>
    /// The tenant of the actor. It differs from the tenant of the row only for platform administration.
    /// </summary>
    public Guid? ActorTenantId { get; init; }

    /// <summary>The user who permitted the action, for example by sharing a file. Null: the actor.</summary>
    public Guid? OnBehalfOf { get; init; }

    /// <summary>The record that the action concerns.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>
    /// The changed fields: a member for each <see cref="AuditedAttribute">audited field</see>, with <c>before</c> and
    /// <c>after</c>.
    /// </summary>
    [OwnJson("fields that are named as audited, none of them JSON of a caller")]
    public JsonElement? Changes { get; init; }

    /// <summary>Further details.</summary>
    [OwnJson("counts and reasons of the service")]
    public JsonElement? Details { get; init; }

    /// <summary>The address of the client. Null: the service itself, or a command of its operator.</summary>
    public IPAddress? Address { get; init; }
    public string? UserAgent { get; init; }
    public string? TraceId { get; init; }

    /// <summary>The smallest id of a millisecond (UUIDv7, RFC 9562).</summary>
    public static Guid LeastIdOf(DateTimeOffset time, int later = 0)
    {
        var milliseconds = Math.Clamp(time.ToUnixTimeMilliseconds() + later, 0, (1L << 48) - 1);
        return new Guid((int)(milliseconds >> 16), (short)milliseconds, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>The time that an id contains.</summary>
    public static DateTimeOffset TimeOf(Guid id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >>> 16
        );

    private sealed class Mapping : IEntityTypeConfiguration<AuditEvent>
    {
        // The serving role cannot change events: an attacker who controls the service cannot remove traces.
        public void Configure(EntityTypeBuilder<AuditEvent> audit)
        {
            audit.ToTable("audit_events").GrantToServingRole("SELECT, INSERT");
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
