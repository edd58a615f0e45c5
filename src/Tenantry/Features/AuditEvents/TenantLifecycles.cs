using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Migrations;

namespace Tenantry.Features.AuditEvents;

/// <summary>What the platform keeps of how tenants began and ended, against which their logs are verified.</summary>
/// <param name="Anchors">of tenants that were made here, as the platform's log has them from that moment</param>
/// <param name="Erased">ids that were erased here, and whether the owner of the database let them come back since</param>
/// <param name="Uncertified">those of them for which the platform's log has no certificate, and when they were erased</param>
internal sealed record TenantLifecycles(
    IReadOnlyDictionary<Guid, byte[]> Anchors,
    IReadOnlyDictionary<Guid, bool> Erased,
    IReadOnlyList<(Guid Tenant, DateTimeOffset At)> Uncertified
)
{
    /// <summary>The member of an event's details that holds the anchor, in hexadecimal digits.</summary>
    public const string AnchorDetail = "audit_anchor";

    /// <param name="db">of the platform</param>
    /// <param name="since">certificates of before have had their time</param>
    /// <param name="cancel">ends it</param>
    public static async Task<TenantLifecycles> Read(TenantDb db, DateTimeOffset since, CancellationToken cancel)
    {
        await using var transaction = await db.Begin(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var anchors = new Dictionary<Guid, byte[]>();
        await using (
            var created = new NpgsqlCommand(
                """
                SELECT target_id, details ->> 'audit_anchor' FROM audit_events
                WHERE tenant_id = $1 AND action = 'tenant.created' AND outcome = 'success' AND details ->> 'audit_anchor' ~ '^[0-9a-f]{64}$' ORDER BY id DESC
                """,
                connection
            )
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = db.Tenant!.Value } },
            }
        )
        await using (var reader = await created.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                anchors[reader.GetGuid(0)] = Convert.FromHexString(reader.GetString(1)); // the first that was written counts
        }
        var (erased, uncertified) = (new Dictionary<Guid, bool>(), new List<(Guid, DateTimeOffset)>());
        await using var gone = new NpgsqlCommand(
            """
            SELECT e.id, coalesce(e.readmitted_at > e.erased_at, false), e.erased_at,
                   e.erased_at >= $2 AND NOT EXISTS (SELECT FROM audit_events a WHERE a.tenant_id = $1 AND a.target_id = e.id AND a.action = 'tenant.purged')
            FROM erased_tenants e
            """,
            connection
        )
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = db.Tenant!.Value },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = since },
            },
        };
        await using (var reader = await gone.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                erased[reader.GetGuid(0)] = reader.GetBoolean(1);
                if (reader.GetBoolean(3))
                    uncertified.Add((reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(2)));
            }
        }
        return new TenantLifecycles(anchors, erased, uncertified);
    }

    /// <summary>Nothing is known: there is no platform.</summary>
    public static TenantLifecycles None { get; } =
        new(new Dictionary<Guid, byte[]>(), new Dictionary<Guid, bool>(), []);

    /// <summary>What is wrong with the beginning of a tenant that is there; null: nothing.</summary>
    /// <param name="tenant">which</param>
    /// <param name="anchor">its own; null: it is older than anchors</param>
    public string? FaultOf(Guid tenant, byte[]? anchor) =>
        Erased.TryGetValue(tenant, out var isReadmitted)
            ? isReadmitted
                ? null
                : "the tenant was erased, and is there again without having been readmitted"
            : Anchors.TryGetValue(tenant, out var made) && !made.AsSpan().SequenceEqual(anchor)
                ? "the tenant's log begins at another anchor than the platform's log has of its making"
                : null;

    /// <summary>Where a tenant's chain begins.</summary>
    /// <param name="Anchor">null: with nothing</param>
    /// <param name="IsMissing">whether it should have one: its first link is younger than anchors are</param>
    public sealed record Beginning(byte[]? Anchor, bool IsMissing)
    {
        /// <summary>Anchors came with the baseline, or before it where it was adopted.</summary>
        /// <param name="db">of the tenant</param>
        /// <param name="cancel">ends it</param>
        public static async Task<Beginning> Of(TenantDb db, CancellationToken cancel)
        {
            await using var command = new NpgsqlCommand(
                $"""
                SELECT t.audit_anchor, coalesce(t.audit_anchor IS NULL AND (SELECT l.linked_at FROM audit_links l WHERE l.tenant_id = $1 AND l.position = 1)
                       > (SELECT min(m.applied_at) FROM schema_migrations m WHERE m.migration_id IN ('{Baseline.Id}', '20261130010700_AnchoredLogs')), false)
                FROM tenants t WHERE t.id = $1
                """,
                (NpgsqlConnection)db.Database.GetDbConnection()
            )
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = db.Tenant!.Value } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            return await reader.ReadAsync(cancel)
                ? new(reader.IsDBNull(0) ? null : reader.GetFieldValue<byte[]>(0), reader.GetBoolean(1))
                : new(null, false);
        }
    }
}
