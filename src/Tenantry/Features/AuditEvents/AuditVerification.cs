using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Holds logs against their chains, and chains against their signed heads. It computes every hash itself: who can write the database can also alter its functions. What the chain cannot know, that all of
/// it was written anew, the heads know.
/// </summary>
public sealed class AuditVerification(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    KeyRing ring,
    IObjectStore store,
    RestoredLogs restored,
    TenantDirectory directory,
    ServiceSettings settings,
    TimeProvider clock
)
{
    private const int Page = 5_000;

    /// <summary>Heads of the store that are asked for in one round trip.</summary>
    private const int Bite = 500;

    /// <summary>Clocks of instances differ, and a change takes its time from the beginning of a request to the end of its transaction.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    /// <summary>For so long a log may be without a head over its end: the service was off for a night.</summary>
    private const int UnsignedHours = 6;

    /// <param name="Tenant">whose log</param>
    /// <param name="Position">in the chain; null: it is in none</param>
    /// <param name="Event">which one</param>
    /// <param name="Says">what is wrong</param>
    public sealed record Finding(Guid Tenant, long? Position, Guid? Event, string Says)
    {
        public override string ToString() =>
            $"{Tenant} {(Position is { } position ? $"#{position} " : "")}{(Event is { } id ? $"{id} " : "")}{Says}";
    }

    /// <param name="Tenants">looked at</param>
    /// <param name="Events">looked at</param>
    /// <param name="Heads">of the database</param>
    /// <param name="HeadsOfStore">of these tenants</param>
    /// <param name="HeadsLost">of these, those of what was lost with a restore</param>
    /// <param name="Findings">how many</param>
    public sealed record Report(int Tenants, long Events, long Heads, long HeadsOfStore, long HeadsLost, int Findings);

    /// <param name="only">null: all tenants</param>
    /// <param name="tell">each that is found, as it is found</param>
    /// <param name="cancel">ends it</param>
    /// <exception cref="StoreException">the store is away</exception>
    public async Task<Report> Run(Guid? only, Action<Finding> tell, CancellationToken cancel)
    {
        var run = new Pass(tell) { Origins = await Origins(cancel) };
        foreach (var (tenant, at) in only is null ? run.Origins.Uncertified : [])
            run.Tell(
                tenant,
                null,
                null,
                $"the tenant was erased at {at:u}, and the platform's log has no certificate of it"
            );
        await foreach (
            var tenant in only is { } one ? new[] { one }.ToAsyncEnumerable() : AllTenants.Of(dataSource, cancel)
        )
        {
            run.Tenants++;
            try
            {
                await One(run, tenant, cancel);
            }
            catch (Exception e)
                when (only is null
                    && e
                        is PostgresException
                            or FormatException
                            or ArgumentException
                            or InvalidCastException
                            or InvalidOperationException
                )
            {
                run.Tell(tenant, null, null, $"the log cannot be read: {e.Message}"); // what is wrong with one log does not hide what is wrong with the others
            }
        }
        await foreach (var copy in store.List(IObjectStore.OwnPrefix, cancel))
            await Copies(run, copy.Key, only, cancel);
        return new Report(run.Tenants, run.Events, run.Heads, run.HeadsOfStore, run.HeadsLost, run.Findings);
    }

    private async Task One(Pass run, Guid tenant, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        var heads = await Heads(run, db, tenant, cancel);
        await Chain(run, db, tenant, heads, cancel);
        await Unsigned(run, db, tenant, cancel);
        await Unlinked(run, db, tenant, cancel);
    }

    private async Task<TenantLifecycles> Origins(CancellationToken cancel)
    {
        if (await directory.BySlug(Tenant.PlatformSlug, cancel) is not { } platform)
            return TenantLifecycles.None;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(platform.Id);
        return await TenantLifecycles.Read(db, FirstKept, cancel);
    }

    /// <summary>The newest is checked by its key; those before, by that they are named in the one after.</summary>
    /// <returns>what hash the chain has to have where, and when that was signed</returns>
    private async Task<SortedDictionary<long, (byte[] Hash, DateTimeOffset At)>> Heads(
        Pass run,
        TenantDb db,
        Guid tenant,
        CancellationToken cancel
    )
    {
        var signed = new SortedDictionary<long, (byte[], DateTimeOffset)>();
        var (named, oldest) = ((string?)null, DateTimeOffset.MaxValue);
        await foreach (
            var head in db.Set<AuditHead>()
                .AsNoTracking()
                .OrderByDescending(head => head.Id)
                .AsAsyncEnumerable()
                .WithCancellation(cancel)
        )
        {
            run.Heads++;
            var claims = AuditHead.Read(head.Jws);
            if (
                claims is null
                || claims.TenantId != tenant
                || claims.Position != head.Position
                || !claims.HashBytes.AsSpan().SequenceEqual(head.Hash)
            )
            {
                run.Tell(tenant, head.Position, null, "the head of this position is not what was signed");
                continue;
            }
            if (
                named is null
                && AuditHead.SignatureOf(head.Jws, ring) is var signature and not AuditHead.Signature.Good
            )
            {
                run.Tell(
                    tenant,
                    head.Position,
                    null,
                    signature == AuditHead.Signature.Wrong
                        ? "the newest head has a wrong signature"
                        : "the newest head is signed by a key that is not known any more; the service signs anew within the hour"
                );
            }
            else if (named is not null && named != AuditHead.Print(head.Jws))
            {
                run.Tell(
                    tenant,
                    head.Position,
                    null,
                    "the head of this position is not the one that the next head names"
                );
            }
            (named, oldest) = (claims.Prev, DateTimeOffset.FromUnixTimeSeconds(claims.Iat));
            // Signed in time, it was the end then, and what came after is younger: so is it there, or the last of what was let go.
            if (oldest >= FirstKept)
                signed[head.Position] = (head.Hash, oldest);
            if (named is null)
                break;
        }
        if (named is not null && oldest - Skew > FirstKept)
            run.Tell(
                tenant,
                null,
                null,
                $"the heads before {oldest:u} are missing: the oldest that is left names one before it"
            );
        return signed;
    }

    private async Task Chain(
        Pass run,
        TenantDb db,
        Guid tenant,
        SortedDictionary<long, (byte[] Hash, DateTimeOffset At)> heads,
        CancellationToken cancel
    )
    {
        // A month is dropped when all of it is too old; what its last event was is still linked.
        var oldest = AuditEvent.LeastIdOf(FirstKept);
        var signedAt = DateTimeOffset.MinValue; // of the last head that was passed
        await using var transaction = await db.Begin(cancel);
        var beginning = await TenantLifecycles.Beginning.Of(db, cancel);
        if (beginning.IsMissing)
            run.Tell(tenant, 1, null, "the log has no anchor, though it began after tenants were given one");
        if (run.Origins.FaultOf(tenant, beginning.Anchor) is { } fault)
            run.Tell(tenant, null, null, fault);
        long? at = null;
        var before = beginning.Anchor ?? [];
        for (var rows = Page; rows == Page; )
        {
            rows = 0;
            await using var command = new NpgsqlCommand(
                $"""
                SELECT l.position, l.event_id, l.hash, e.id IS NOT NULL, l.digest, {AuditLink.Columns}
                FROM (SELECT * FROM audit_links WHERE position > $1 ORDER BY position LIMIT {Page}) l LEFT JOIN audit_events e ON e.tenant_id = l.tenant_id AND e.id = l.event_id
                ORDER BY l.position
                """,
                (NpgsqlConnection)db.Database.GetDbConnection()
            )
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = at ?? 0 } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                rows++;
                var (position, id, hash, digest) = (
                    reader.GetInt64(0),
                    reader.GetGuid(1),
                    reader.GetFieldValue<byte[]>(2),
                    reader.GetFieldValue<byte[]>(4)
                );
                var isThere = reader.GetBoolean(3);
                var isGone = id < oldest && !isThere;
                if (at is null ? position > 1 && !isGone : position != at + 1)
                    run.Tell(
                        tenant,
                        at + 1 ?? 1,
                        null,
                        $"the link is missing, and with it {position - (at ?? 0) - 1} events"
                    );
                else if (
                    (at is not null || position == 1)
                    && !AuditLink.HashOf(before, id, digest).AsSpan().SequenceEqual(hash)
                )
                    run.Tell(
                        tenant,
                        position,
                        id,
                        position == 1
                            ? "the chain does not begin at the anchor of its tenant, or its first link was changed"
                            : "the link was changed, or moved"
                    );
                else if (!isThere && !isGone)
                    run.Tell(tenant, position, id, "the event was removed");
                else if (isThere && !AuditLink.DigestOf(reader, 5).AsSpan().SequenceEqual(digest))
                    run.Tell(tenant, position, id, "the event was changed");
                else if (isThere && AuditEvent.TimeOf(id) + Skew < signedAt)
                    run.Tell(
                        tenant,
                        position,
                        id,
                        $"the event says that it is of {AuditEvent.TimeOf(id):u}, and was added after {signedAt:u}"
                    );
                if (heads.Remove(position, out var signed))
                {
                    if (!signed.Hash.AsSpan().SequenceEqual(hash))
                        run.Tell(
                            tenant,
                            position,
                            id,
                            "the chain was written anew: it was signed with another hash here"
                        );
                    signedAt = signed.At;
                }
                (at, before) = (position, hash);
                run.Events++;
            }
        }
        if (heads.Count > 0)
            run.Tell(
                tenant,
                heads.Keys.First(),
                null,
                heads.Keys.Last() > (at ?? 0)
                    ? "the end was cut off: events up to there were signed"
                    : "the beginning was cut off: this position was signed"
            );
    }

    /// <summary>The service signs every hour. Until then whoever writes the whole database could write these events anew, so that it has to be soon.</summary>
    private static async Task Unsigned(Pass run, TenantDb db, Guid tenant, CancellationToken cancel)
    {
        await using var transaction = await db.Begin(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT position, event_id, linked_at FROM audit_links
            WHERE tenant_id = $1 AND position > coalesce((SELECT max(position) FROM audit_heads WHERE tenant_id = $1), 0) AND linked_at < now() - interval '{UnsignedHours} hours'
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
            run.Tell(
                tenant,
                reader.GetInt64(0),
                reader.GetGuid(1),
                $"events from here on are not signed, though this one is of {reader.GetFieldValue<DateTimeOffset>(2):u}; a service that runs signs within the hour"
            );
        }
    }

    /// <summary>Written past the trigger.</summary>
    private static async Task Unlinked(Pass run, TenantDb db, Guid tenant, CancellationToken cancel)
    {
        await foreach (
            var id in db.Set<AuditEvent>()
                .Where(one => !db.Set<AuditLink>().Any(link => link.EventId == one.Id))
                .Select(one => one.Id)
                .AsAsyncEnumerable()
                .WithCancellation(cancel)
        )
            run.Tell(tenant, null, id, "the event is in no chain: it was added past it");
    }

    /// <summary>Heads of the store, which whoever writes the database does not reach.</summary>
    private async Task Copies(Pass run, string key, Guid? only, CancellationToken cancel)
    {
        if (await store.Open(key, 0, null, cancel) is not { } stream)
            return;
        await using var copies = stream;
        var bite = new List<(string Jws, AuditHead.Claims Claims)>(Bite);
        await foreach (var line in RestoredLogs.LinesOf(stream, key, cancel))
        {
            // Another installation may keep its own in the same bucket.
            if (
                AuditHead.Read(line) is not { } claims
                || claims.Iss != settings.JwtIssuer
                || (only is not null && only != claims.TenantId)
            )
                continue;
            bite.Add((line, claims));
            if (bite.Count < Bite)
                continue;
            await Copies(run, key, bite, cancel);
            bite.Clear();
        }
        if (bite.Count > 0)
            await Copies(run, key, bite, cancel);
    }

    /// <summary>Each as its own tenant, all in one round trip.</summary>
    private async Task Copies(
        Pass run,
        string key,
        List<(string Jws, AuditHead.Claims Claims)> bite,
        CancellationToken cancel
    )
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var (_, claims) in bite)
        {
            batch.BatchCommands.Add(TenantStatement.For(claims.TenantId));
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    "SELECT EXISTS (SELECT FROM tenants), (SELECT min(position) FROM audit_links), (SELECT hash FROM audit_links WHERE position = $1)"
                )
                {
                    Parameters = { new NpgsqlParameter<long> { TypedValue = claims.Position } },
                }
            );
        }
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var (jws, claims) in bite)
        {
            await reader.NextResultAsync(cancel); // past the tenant's own
            await reader.ReadAsync(cancel);
            var (isThere, first, hash) = (
                reader.GetBoolean(0),
                reader.IsDBNull(1) ? (long?)null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2)
            );
            await reader.NextResultAsync(cancel);
            var position = claims.Position;
            if (!isThere)
            {
                if (
                    !run.Origins.Erased.ContainsKey(claims.TenantId)
                    && claims.Iat >= FirstKept.ToUnixTimeSeconds()
                    && AuditHead.SignatureOf(jws, ring) == AuditHead.Signature.Good
                    && !(run.Restores ??= await restored.Known(cancel)).Exists(restore => restore.Explains(claims))
                    && run.Gone.Add(claims.TenantId)
                )
                    run.Tell(
                        claims.TenantId,
                        position,
                        null,
                        $"the tenant is gone and was not erased: the store has a signed head ({key}) of its log"
                    );
                continue;
            }
            if (position < first && claims.Iat < FirstKept.ToUnixTimeSeconds())
                continue; // after its time
            run.HeadsOfStore++;
            if (AuditHead.SignatureOf(jws, ring) == AuditHead.Signature.Wrong)
                run.Tell(claims.TenantId, position, null, $"a head in the store ({key}) has a wrong signature");
            else if (
                (hash is null || !claims.HashBytes.AsSpan().SequenceEqual(hash))
                && (run.Restores ??= await restored.Known(cancel)).Exists(restore => restore.Explains(claims))
            )
                run.HeadsLost++;
            else if (hash is null || !claims.HashBytes.AsSpan().SequenceEqual(hash))
                run.Tell(
                    claims.TenantId,
                    position,
                    null,
                    $"the chain was written anew: the store has a head ({key}) with another hash"
                );
        }
    }

    /// <summary>Months go as a whole: the beginning of the oldest that is still there.</summary>
    private DateTimeOffset FirstKept =>
        clock.GetUtcNow() - settings.AuditRetention is var oldest
            ? new DateTimeOffset(oldest.Year, oldest.Month, 1, 0, 0, 0, TimeSpan.Zero)
            : default;

    private sealed class Pass(Action<Finding> tell)
    {
        public required TenantLifecycles Origins { get; init; }

        /// <summary>Tenants of heads in the store that are not there any more, each told once.</summary>
        public HashSet<Guid> Gone { get; } = [];
        public int Tenants { get; set; }
        public long Events { get; set; }
        public long Heads { get; set; }
        public long HeadsOfStore { get; set; }
        public long HeadsLost { get; set; }
        public List<AuditRestore.Claims>? Restores { get; set; }
        public int Findings { get; private set; }

        public void Tell(Guid tenant, long? position, Guid? id, string says)
        {
            Findings++;
            tell(new Finding(tenant, position, id, says));
        }
    }
}
