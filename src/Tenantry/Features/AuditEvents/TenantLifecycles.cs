using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Migrations;

namespace Tenantry.Features.AuditEvents;

/// <summary>The platform's records of how tenants began and ended. Tenants' logs are verified against them.</summary>
/// <param name="Anchors">
/// the anchor of each tenant that was created here, as the platform's log recorded it then
/// </param>
/// <param name="Erased">ids that were erased here, and whether the owner of the database has readmitted them</param>
/// <param name="Uncertified">
/// the erased ids without a certificate in the platform's log, and when they were erased
/// </param>
internal sealed record TenantLifecycles(
    IReadOnlyDictionary<Guid, byte[]> Anchors,
    IReadOnlyDictionary<Guid, bool> Erased,
    IReadOnlyList<(Guid Tenant, DateTimeOffset At)> Uncertified
)
{
    /// <summary>The member of an event's details that contains the anchor, in hexadecimal digits.</summary>
    public const string AnchorDetail = "audit_anchor";

    /// <param name="db">acts as the platform</param>
    /// <param name="since">certificates from before have been deleted</param>
    /// <param name="cancel">stops reading</param>
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
                anchors[reader.GetGuid(0)] = Convert.FromHexString(reader.GetString(1)); // descending: the oldest event is read last and wins
        }
        var (erased, uncertified) = (new Dictionary<Guid, bool>(), new List<(Guid, DateTimeOffset)>());
        await using var erasures = new NpgsqlCommand(
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
        await using (var reader = await erasures.ExecuteReaderAsync(cancel))
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

    /// <summary>There is no tenant <c>platform</c>, and so there are no records.</summary>
    public static TenantLifecycles None { get; } =
        new(new Dictionary<Guid, byte[]>(), new Dictionary<Guid, bool>(), []);

    /// <summary>The fault in the beginning of a tenant that exists; null: there is none.</summary>
    /// <param name="tenant">whose log</param>
    /// <param name="anchor">the tenant's own; null: the tenant is older than anchors</param>
    public string? FaultOf(Guid tenant, byte[]? anchor) =>
        Erased.TryGetValue(tenant, out var isReadmitted)
            ? isReadmitted
                ? null
                : "the tenant was erased, and exists again without having been readmitted"
            : Anchors.TryGetValue(tenant, out var recorded) && !recorded.AsSpan().SequenceEqual(anchor)
                ? "the tenant's log begins at another anchor than the one that the platform's log recorded"
                : null;

    /// <summary>Where a tenant's chain begins.</summary>
    /// <param name="Anchor">null: there is none</param>
    /// <param name="IsMissing">
    /// whether it should have an anchor: its first link is newer than the introduction of anchors
    /// </param>
    public sealed record Beginning(byte[]? Anchor, bool IsMissing)
    {
        /// <summary>
        /// Anchors were introduced by the baseline or, in a database that adopted the baseline, by an earlier
        /// migration.
        /// </summary>
        /// <param name="db">acts as the tenant</param>
        /// <param name="cancel">stops reading</param>
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
