using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Erases deleted tenants whose days of grace are over, in small bites: an instance that dies in between leaves the rest to the next. The tenant's own
/// row goes last, which the database allows only when nothing refers to it any more; the platform's audit log gets a certificate in the same transaction.
/// </summary>
public sealed partial class Purge(
    IDbContextFactory<TenantDb> contexts, TenantDirectory directory, ServiceSettings settings, TimeProvider clock, ILogger<Purge> log) : BackgroundService
{
    private const int Bite = 1_000;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Round, clock);
        do
        {
            using var round = Work.Round("look for tenants to erase");
            try
            {
                while (await One(stoppingToken))
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(log, e.Message);
            }
        }
        while (await rounds.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>whether there was one, and it is gone</returns>
    public async Task<bool> One(CancellationToken cancel)
    {
        var before = clock.GetUtcNow() - settings.TenantGrace;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        // The database has days of grace of its own, which hold where those of the setting are fewer.
        var due = await db.Database.SqlQuery<Due>($"SELECT id, slug FROM door_next_purge(least({before}, now() - tenant_grace()))").ToListAsync(cancel);
        if (due is not [var tenant])
            return false;

        using var span = Work.Begin("erase tenant", tenant.Id);
        try
        {
            var erased = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var table in Tables(db.Model))
                erased[table] = await Erase(db, tenant.Id, table, before, cancel);
            await Certify(tenant, erased, before, cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Failed(log, e.Message); // here, where the line has its tenant
            return false;
        }
    }

    private static async Task<int> Erase(TenantDb db, Guid tenant, string table, DateTimeOffset before, CancellationToken cancel)
    {
        var (all, gone) = (0, 0);
        do
        {
            gone = await db.Database.SqlQuery<int>($"""SELECT door_purge_rows({tenant}, {table}, {Bite}, {before}) AS "Value" """).SingleAsync(cancel);
            all += gone;
        }
        while (gone > 0);
        return all;
    }

    private async Task Certify(Due tenant, Dictionary<string, int> erased, DateTimeOffset before, CancellationToken cancel)
    {
        var platform = await directory.BySlug(Tenant.PlatformSlug, cancel) ?? throw new InvalidOperationException("The tenant 'platform' is missing.");
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(platform.Id);
        await using var transaction = await db.Begin(cancel);
        if (!await db.Database.SqlQuery<bool>($"""SELECT door_purge_tenant({tenant.Id}, {before}) AS "Value" """).SingleAsync(cancel))
            return; // another instance was faster
        db.Add(new AuditEvent
        {
            TenantId = platform.Id,
            OccurredAt = clock.GetUtcNow(),
            Action = "tenant.purged",
            Outcome = AuditTrail.Success,
            TargetId = tenant.Id,
            // Nothing refers to the tenant any more: its own row could not have gone otherwise.
            Details = JsonSerializer.SerializeToElement(new { slug = tenant.Slug, erased, left = erased.ToDictionary(table => table.Key, _ => 0, StringComparer.Ordinal) }),
        });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        directory.Forget(tenant.Id);
        var rows = erased.Values.Sum();
        Purged(log, tenant.Slug, rows);
    }

    /// <summary>Those that refer to others first.</summary>
    internal static IReadOnlyList<string> Tables(IModel model)
    {
        var waiting = model.GetEntityTypes().Where(entity => typeof(ITenantOwned).IsAssignableFrom(entity.ClrType)).ToList();
        var ordered = new List<string>();
        while (waiting.Count > 0)
        {
            var next = waiting.First(entity => !waiting.Any(other => other != entity && other.GetForeignKeys().Any(key => key.PrincipalEntityType == entity)));
            ordered.Add(next.GetTableName()!);
            waiting.Remove(next);
        }
        return ordered;
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "Erased tenant {Slug}: {Rows} rows")]
    private static partial void Purged(ILogger log, string slug, int rows);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Error, Message = "A deleted tenant could not be erased; the next round goes on: {Reason}")]
    private static partial void Failed(ILogger log, string reason);

    private sealed record Due(Guid Id, string Slug);
}
