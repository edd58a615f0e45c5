using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Verifies the audit chain of one tenant: its links, its events, and the hashes that were signed for it.
/// </summary>
internal static class ChainVerification
{
    private const int BatchSize = 5_000;

    /// <summary>How long the end of a chain can be unsigned: the service may have been off for a night.</summary>
    private const int MaxUnsignedHours = 6;

    /// <param name="run">gets the findings</param>
    /// <param name="db">acts as the tenant</param>
    /// <param name="tenant">whose chain</param>
    /// <param name="heads">the signed hash of each position; those that are found in the chain are removed</param>
    /// <param name="cancel">stops the verification</param>
    public static async Task Verify(
        VerificationRun run,
        TenantDb db,
        Guid tenant,
        SortedDictionary<long, SignedHash> heads,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var beginning = await TenantLifecycles.Beginning.Of(db, cancel);
        if (beginning.IsMissing)
            run.Report(tenant, 1, null, "the log has no anchor, although it began after anchors were introduced");
        if (run.Lifecycles.FaultOf(tenant, beginning.Anchor) is { } fault)
            run.Report(tenant, null, null, fault);
        // A month is dropped when all of it is too old. The link of its last event still exists.
        var walk = new Walk(run, tenant, heads, AuditEvent.LeastIdOf(run.FirstRetained), beginning.Anchor ?? []);
        for (var rows = BatchSize; rows == BatchSize; )
        {
            rows = 0;
            await using var command = new NpgsqlCommand(
                $"""
                SELECT l.position, l.event_id, l.hash, e.id IS NOT NULL, l.digest, {AuditLink.Columns}
                FROM (SELECT * FROM audit_links WHERE position > $1 ORDER BY position LIMIT {BatchSize}) l LEFT JOIN audit_events e ON e.tenant_id = l.tenant_id AND e.id = l.event_id
                ORDER BY l.position
                """,
                (NpgsqlConnection)db.Database.GetDbConnection()
            )
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = walk.Position ?? 0 } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                rows++;
                walk.Verify(reader);
            }
        }
        walk.End();
    }

    /// <summary>
    /// The end of the chain is signed every hour. Attack: until then, someone who can write to the database can rewrite
    /// the newest events, so they must not stay unsigned for long.
    /// </summary>
    public static async Task VerifySigned(VerificationRun run, TenantDb db, Guid tenant, CancellationToken cancel)
    {
        await using var transaction = await db.Begin(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT position, event_id, linked_at FROM audit_links
            WHERE tenant_id = $1 AND position > coalesce((SELECT max(position) FROM audit_heads WHERE tenant_id = $1), 0) AND linked_at < now() - interval '{MaxUnsignedHours} hours'
            ORDER BY position LIMIT 1
            """,
            (NpgsqlConnection)db.Database.GetDbConnection()
        )
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (await reader.ReadAsync(cancel))
        {
            run.Report(
                tenant,
                reader.GetInt64(0),
                reader.GetGuid(1),
                $"events from here on are not signed, although this one was added at {reader.GetFieldValue<DateTimeOffset>(2):u}; a running service signs within an hour"
            );
        }
    }

    /// <summary>Attack: an event is inserted while the trigger that links events is off.</summary>
    public static async Task VerifyLinked(VerificationRun run, TenantDb db, Guid tenant, CancellationToken cancel)
    {
        await foreach (
            var id in db.Set<AuditEvent>()
                .Where(one => !db.Set<AuditLink>().Any(link => link.EventId == one.Id))
                .Select(one => one.Id)
                .AsAsyncEnumerable()
                .WithCancellation(cancel)
        )
            run.Report(tenant, null, id, "the event is not in the chain: it was added past the trigger");
    }

    /// <summary>The links in their order, each with its event.</summary>
    private sealed class Walk(
        VerificationRun run,
        Guid tenant,
        SortedDictionary<long, SignedHash> heads,
        Guid oldest,
        byte[] anchor
    )
    {
        private byte[] previous = anchor;
        private DateTimeOffset signedAt = DateTimeOffset.MinValue; // of the last head that was passed

        /// <summary>Of the last link; null: there was none yet.</summary>
        public long? Position { get; private set; }

        public void Verify(NpgsqlDataReader reader)
        {
            var (position, id, hash) = (reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2));
            if (FaultOf(reader, position, id, hash) is { } fault)
                run.Report(tenant, fault.Position, fault.Event, fault.Message);
            if (heads.Remove(position, out var signed))
            {
                if (!signed.Hash.AsSpan().SequenceEqual(hash))
                    run.Report(
                        tenant,
                        position,
                        id,
                        "the chain was rewritten: another hash was signed for this position"
                    );
                signedAt = signed.At;
            }
            (Position, previous) = (position, hash);
            run.Events++;
        }

        public void End()
        {
            if (heads.Count > 0)
                run.Report(
                    tenant,
                    heads.Keys.First(),
                    null,
                    heads.Keys.Last() > (Position ?? 0)
                        ? "the end was cut off: events up to this position were signed"
                        : "the beginning was cut off: this position was signed"
                );
        }

        /// <summary>The first fault of a link and its event; null: there is none.</summary>
        private (long Position, Guid? Event, string Message)? FaultOf(
            NpgsqlDataReader reader,
            long position,
            Guid id,
            byte[] hash
        )
        {
            var (exists, digest) = (reader.GetBoolean(3), reader.GetFieldValue<byte[]>(4));
            var isExpired = id < oldest && !exists;
            if (Position is null ? position > 1 && !isExpired : position != Position + 1)
                return (
                    Position + 1 ?? 1,
                    null,
                    $"the link is missing, and with it {position - (Position ?? 0) - 1} events"
                );
            if (
                (Position is not null || position == 1)
                && !AuditLink.HashOf(previous, id, digest).AsSpan().SequenceEqual(hash)
            )
                return (
                    position,
                    id,
                    position == 1
                        ? "the chain does not begin at the anchor of its tenant, or its first link was changed"
                        : "the link was changed or moved"
                );
            if (!exists && !isExpired)
                return (position, id, "the event was removed");
            if (exists && !AuditLink.DigestOf(reader, 5).AsSpan().SequenceEqual(digest))
                return (position, id, "the event was changed");
            if (exists && AuditEvent.TimeOf(id) + VerificationRun.ClockSkew < signedAt)
                return (
                    position,
                    id,
                    $"the event is dated {AuditEvent.TimeOf(id):u}, and was added after {signedAt:u}"
                );
            return null;
        }
    }
}
