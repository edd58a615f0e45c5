using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Hosting.Workers;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Maintains the audit logs, once an hour, on the oldest instance: signs the head of every tenant's log that has new
/// events, creates the partitions of the coming months, and drops those after the retention period. Copies of the
/// heads go to the object store, so that write access to the database is not enough to hide a change.
/// </summary>
public sealed partial class AuditRetention(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    KeyRing ring,
    IObjectStore store,
    Instances instances,
    ServiceSettings settings,
    TimeProvider clock,
    IMeterFactory meters,
    ILogger<AuditRetention> log
) : PeriodicWorker("keep audit logs", TimeSpan.FromMinutes(5), clock)
{
    private readonly TimeProvider clock = clock;

    private readonly Counter<long> signed = meters
        .Create(AuditEventsEndpoints.MeterName)
        .CreateCounter<long>("tenantry.audit.heads", description: "Heads of audit logs that were signed");

    /// <summary>Heads until this time are in the store. Null: not read yet.</summary>
    private DateTimeOffset? copiedUntil;

    private DateOnly? trimmedOn;

    /// <summary>The hour whose work is done.</summary>
    private DateTimeOffset? doneIn;

    protected override Task Begin(CancellationToken cancel)
    {
        signed.Add(0); // a rate of this counter exists before the first head is signed
        return Task.CompletedTask;
    }

    protected override async Task Run(CancellationToken cancel)
    {
        if (!instances.IsFirst || doneIn == Hour())
            return;
        var hour = Hour();
        await RunOnce(cancel);
        doneIn = hour;
    }

    protected override void Failed(Exception failure) => Failed(log, failure.Message);

    /// <returns>how many heads were signed</returns>
    public async Task<int> RunOnce(CancellationToken cancel)
    {
        using var span = Spans.Begin("keep audit logs");
        // Signing first: what holds up the months, a long reader, is not to hold up this. And the other way round: a
        // log that cannot be signed does not keep the months from being made.
        var (count, failure) = (0, (Exception?)null);
        try
        {
            count = await SignAll(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            failure = e;
        }
        await Months(cancel);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return count;
    }

    private async Task<int> SignAll(CancellationToken cancel)
    {
        var (count, heads) = (0, new List<string>());
        copiedUntil ??= await NewestCopy(cancel);
        Exception? failure = null;
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
        {
            try
            {
                var (isNew, uncopied) = await Sign(tenant, copiedUntil.Value, cancel);
                count += isNew ? 1 : 0;
                heads.AddRange(uncopied);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                failure = e; // of one tenant: the others are signed all the same
                using var part = Spans.ForTenant(tenant);
                OfTenant(log, e.Message);
            }
        }
        signed.Add(count);
        var until = clock.GetUtcNow();
        if (heads.Count > 0)
        {
            using var lines = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', heads)));
            await store.Put($"{IObjectStore.OwnPrefix}{Guid.CreateVersion7(until)}", lines, AuditLog.JsonLines, cancel);
        }
        // Those of a tenant that failed come with the next round.
        if (failure is not null)
            throw failure;
        copiedUntil = until;
        return count;
    }

    /// <summary>
    /// Heads that were signed since have no copy: the store was away, or the process ended in between.
    /// </summary>
    private async Task<DateTimeOffset> NewestCopy(CancellationToken cancel)
    {
        var newest = DateTimeOffset.MinValue;
        await foreach (var copy in store.List(IObjectStore.OwnPrefix, cancel))
        {
            if (Guid.TryParse(copy.Key[IObjectStore.OwnPrefix.Length..], out var id))
                newest = AuditEvent.TimeOf(id) is var at && at > newest ? at : newest;
        }
        return newest;
    }

    /// <summary>One at a time for each tenant: a head names the one before.</summary>
    /// <returns>whether there was something to sign, and the heads that have no copy</returns>
    private async Task<(bool IsNew, IReadOnlyList<string> Uncopied)> Sign(
        Guid tenant,
        DateTimeOffset copied,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended('tenantry.audit_heads ' || {tenant}::text, 0))",
            cancel
        );
        var before = await db.Set<AuditHead>()
            .AsNoTracking()
            .OrderByDescending(head => head.Id)
            .FirstOrDefaultAsync(cancel);
        var last = await db.Set<AuditLink>()
            .AsNoTracking()
            .OrderByDescending(link => link.Position)
            .FirstOrDefaultAsync(cancel);
        // A key that is on its way out would leave a log that is no longer written to without a head that can be
        // checked.
        var isNew =
            last is not null
            && (before is null || before.Position != last.Position || before.KeyId != ring.Signing.Key.KeyId);
        if (isNew)
        {
            // Heads are in the order of time, also if a clock was put back.
            var now =
                clock.GetUtcNow() is var read && before is not null && read <= before.SignedAt
                    ? before.SignedAt.AddMilliseconds(1)
                    : read;
            db.Add(
                before = AuditHead.Sign(ring, settings.JwtIssuer, tenant, last!.Position, last.Hash, before?.Jws, now)
            );
            await db.SaveChangesAsync(cancel);
        }
        IReadOnlyList<string> uncopied =
            before is not null && before.SignedAt >= copied
                ? await db.Set<AuditHead>()
                    .AsNoTracking()
                    .Where(head => head.SignedAt >= copied)
                    .OrderBy(head => head.Id)
                    .Select(head => head.Jws)
                    .ToListAsync(cancel)
                : [];
        await transaction.CommitAsync(cancel);
        return (isNew, uncopied);
    }

    private async Task Months(CancellationToken cancel)
    {
        var days = (int)settings.AuditRetention.TotalDays;
        var hasDropped = false;
        await using (
            var command = dataSource.CreateCommand($"SELECT made, dropped FROM {DatabaseFunctions.KeepAuditMonths}($1)")
        )
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = days });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            var (made, dropped) = (reader.GetInt32(0), reader.GetInt32(1));
            if (made + dropped > 0)
                Kept(log, made, dropped);
            hasDropped = dropped > 0;
        }
        // After a drop, and once a day: the instance that dropped a partition may have ended before it trimmed.
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (!hasDropped && trimmedOn == today)
            return;
        Exception? failure = null;
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
            failure = await Trim(tenant, days, cancel) ?? failure; // of one tenant: the others are trimmed all the same
        var oldest = clock.GetUtcNow() - settings.AuditRetention;
        await foreach (var copy in store.List(IObjectStore.OwnPrefix, cancel))
        {
            if (copy.At < oldest)
                await store.Delete(copy.Key, cancel);
        }
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        trimmedOn = today;
    }

    private async Task<Exception?> Trim(Guid tenant, int days, CancellationToken cancel)
    {
        using var part = Spans.ForTenant(tenant);
        try
        {
            await using var trim = dataSource.CreateCommand($"SELECT {DatabaseFunctions.TrimAudit}($1, $2)");
            trim.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant });
            trim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = days });
            await trim.ExecuteNonQueryAsync(cancel);
            return null;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            OfTenant(log, e.Message);
            return e;
        }
    }

    private DateTimeOffset Hour() =>
        clock.GetUtcNow() is var now
            ? new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero)
            : default;

    [LoggerMessage(
        EventId = 6001,
        Level = LogLevel.Error,
        Message = "The audit logs could not be signed or kept; the next round tries again: {Reason}"
    )]
    private static partial void Failed(ILogger log, string reason);

    [LoggerMessage(
        EventId = 6003,
        Level = LogLevel.Error,
        Message = "The audit log of a tenant could not be signed or trimmed; those of the others were, and the next round tries again: {Reason}"
    )]
    private static partial void OfTenant(ILogger log, string reason);

    [LoggerMessage(
        EventId = 6002,
        Level = LogLevel.Information,
        Message = "Months of the audit log: {Made} made, {Dropped} dropped"
    )]
    private static partial void Kept(ILogger log, int made, int dropped);
}
