using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Stores;
using Tenantry.Foundation.Tokens;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Once an hour, on the instance that has lived the longest: signs the end of every tenant's log that has grown, keeps a copy of these heads in the store of files, out of reach of whoever can
/// write the database, makes the partitions of the months to come, and lets those go whose time is over.
/// </summary>
public sealed partial class AuditKeeping(
    NpgsqlDataSource dataSource, IDbContextFactory<TenantDb> contexts, KeyRing ring, IObjectStore store, Instances instances, ServiceSettings settings, TimeProvider clock, IMeterFactory meters,
    ILogger<AuditKeeping> log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(5);

    private readonly Counter<long> signed = meters.Create(AuditEventsEndpoints.MeterName).CreateCounter<long>("tenantry.audit.heads", description: "Heads of audit logs that were signed");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signed.Add(0); // or whoever asks for its rate finds nothing until the first
        using var rounds = new PeriodicTimer(Round, clock);
        DateTimeOffset? done = null;
        while (await rounds.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!instances.IsFirst || done == Hour())
                    continue;
                var hour = Hour();
                await Once(stoppingToken);
                done = hour;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(log, e.Message);
            }
        }
    }

    /// <returns>how many heads were signed</returns>
    public async Task<int> Once(CancellationToken cancel)
    {
        using var span = Work.Begin("keep audit logs");
        await Months(cancel);
        var heads = new List<string>();
        await foreach (var tenant in AllTenants.Of(dataSource, cancel))
        {
            if (await Sign(tenant, cancel) is { } head)
                heads.Add(head.Jws);
        }
        if (heads.Count > 0)
        {
            using var lines = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', heads)));
            await store.Put($"{IObjectStore.OwnPrefix}{Guid.CreateVersion7(clock.GetUtcNow())}", lines, AuditLog.JsonLines, cancel);
        }
        signed.Add(heads.Count);
        return heads.Count;
    }

    /// <summary>One at a time for each tenant: a head names the one before.</summary>
    private async Task<AuditHead?> Sign(Guid tenant, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('tenantry.audit_heads ' || {tenant}::text, 0))", cancel);
        var before = await db.Set<AuditHead>().AsNoTracking().OrderByDescending(head => head.Id).FirstOrDefaultAsync(cancel);
        var last = await db.Set<AuditLink>().AsNoTracking().OrderByDescending(link => link.Position).FirstOrDefaultAsync(cancel);
        // A key that is on its way out would leave a log that is no longer written to without a head that can be checked.
        if (last is null || (before is not null && before.Position == last.Position && before.KeyId == ring.Signing.Key.KeyId))
            return null;
        var head = AuditHead.Sign(ring, settings.JwtIssuer, tenant, last.Position, last.Hash, before?.Jws, clock.GetUtcNow());
        db.Add(head);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return head;
    }

    private async Task Months(CancellationToken cancel)
    {
        var days = (int)settings.AuditRetention.TotalDays;
        await using (var command = dataSource.CreateCommand("SELECT made, dropped FROM door_keep_audit_months($1)"))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = days });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            var (made, dropped) = (reader.GetInt32(0), reader.GetInt32(1));
            if (made + dropped > 0)
                Kept(log, made, dropped);
            if (dropped == 0)
                return;
        }
        await foreach (var tenant in AllTenants.Of(dataSource, cancel))
        {
            await using var trim = dataSource.CreateCommand("SELECT door_trim_audit($1, $2)");
            trim.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant });
            trim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = days });
            await trim.ExecuteNonQueryAsync(cancel);
        }
        var oldest = clock.GetUtcNow() - settings.AuditRetention;
        await foreach (var copy in store.List(IObjectStore.OwnPrefix, cancel))
        {
            if (copy.At < oldest)
                await store.Delete(copy.Key, cancel);
        }
    }

    private DateTimeOffset Hour() => clock.GetUtcNow() is var now ? new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero) : default;

    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "The audit logs could not be signed or kept; the next round tries again: {Reason}")]
    private static partial void Failed(ILogger log, string reason);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Information, Message = "Months of the audit log: {Made} made, {Dropped} dropped")]
    private static partial void Kept(ILogger log, int made, int dropped);
}
