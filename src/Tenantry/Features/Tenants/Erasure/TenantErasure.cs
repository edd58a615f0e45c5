using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Features.Tenants.Erasure;

/// <summary>
/// Erases deleted tenants whose days of grace are over, some rows at a time: an instance that dies in between leaves
/// the rest to the next. One instance works on one tenant; a tenant that cannot be erased waits for its next attempt,
/// and the others go on. The tenant's own row goes last, which the database allows only when nothing refers to it any
/// more; the platform's audit log gets a certificate in the same transaction.
/// </summary>
public sealed partial class TenantErasure(
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    ServiceSettings settings,
    TimeProvider clock,
    ILogger<TenantErasure> log
) : PeriodicWorker("find tenants to erase", TimeSpan.FromMinutes(15), clock, isImmediate: true)
{
    private readonly TimeProvider clock = clock;

    private const int RowsAtOnce = 1_000;

    /// <summary>
    /// For how long a tenant is one instance's. It is renewed with each of its steps, none of which may take as long.
    /// </summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    protected override async Task Run(CancellationToken cancel)
    {
        while (await EraseNext(cancel)) { }
    }

    protected override void Failed(Exception failure) => Failed(log, failure.Message);

    /// <summary>
    /// Tries to erase one tenant that is due. One that fails is not due again before its next attempt.
    /// </summary>
    /// <returns>whether there was one</returns>
    public async Task<bool> EraseNext(CancellationToken cancel)
    {
        var before = clock.GetUtcNow() - settings.TenantGrace;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        // The database has days of grace of its own, which hold where those of the setting are fewer.
        var due = await db
            .Database.SqlQueryRaw<Due>(
                $"SELECT id, slug FROM {DatabaseFunctions.ClaimErasure}(least({{0}}, now() - {DatabaseFunctions.TenantGrace}()), {{1}})",
                before,
                Lease
            )
            .ToListAsync(cancel);
        if (due is not [var tenant])
            return false;

        using var span = Spans.Begin("erase tenant", tenant.Id);
        var at = "tenants";
        try
        {
            var erased = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var table in Tables(db.Model))
                erased[at = table] = await Erase(db, tenant.Id, table, before, cancel);
            at = "tenants";
            await Certify(tenant, erased, before, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            var reason = Reason(at, e);
            Failed(log, reason); // here, where the line has its tenant
            await db.Database.ExecuteSqlRawAsync(
                $"SELECT {DatabaseFunctions.RecordErasureFailure}({{0}}, {{1}})",
                [tenant.Id, reason],
                cancel
            );
        }
        return true;
    }

    private static async Task<int> Erase(
        TenantDb db,
        Guid tenant,
        string table,
        DateTimeOffset before,
        CancellationToken cancel
    )
    {
        for (var all = 0; ; )
        {
            var step = await db
                .Database.SqlQueryRaw<Step>(
                    $"SELECT detached, erased FROM {DatabaseFunctions.EraseRows}({{0}}, {{1}}, {{2}}, {{3}}, {{4}})",
                    tenant,
                    table,
                    RowsAtOnce,
                    before,
                    Lease
                )
                .SingleAsync(cancel);
            if (step is { Detached: 0, Erased: 0 })
                return all;
            all += step.Erased;
        }
    }

    /// <summary>Without the database's own words, which can hold values of rows.</summary>
    private static string Reason(string table, Exception e) =>
        e.GetBaseException() switch
        {
            PostgresException refused =>
                $"{table}: {refused.SqlState}{(refused.ConstraintName is { } constraint ? $" ({constraint})" : "")}",
            var other => $"{table}: {other.GetType().Name}",
        };

    private async Task Certify(
        Due tenant,
        Dictionary<string, int> erased,
        DateTimeOffset before,
        CancellationToken cancel
    )
    {
        var platform =
            await directory.BySlug(Tenant.PlatformSlug, cancel)
            ?? throw new InvalidOperationException("The tenant 'platform' is missing.");
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(platform.Id);
        await using var transaction = await db.Begin(cancel);
        if (
            !await db
                .Database.SqlQueryRaw<bool>(
                    $"SELECT {DatabaseFunctions.PurgeTenant}({{0}}, {{1}}) AS \"Value\"",
                    tenant.Id,
                    before
                )
                .SingleAsync(cancel)
        )
            return; // another instance was faster
        db.Add(
            new AuditEvent
            {
                TenantId = platform.Id,
                OccurredAt = clock.GetUtcNow(),
                Action = "tenant.purged",
                Outcome = AuditTrail.Success,
                TargetId = tenant.Id,
                // Nothing refers to the tenant any more: its own row could not have gone otherwise.
                Details = JsonSerializer.SerializeToElement(
                    new
                    {
                        slug = tenant.Slug,
                        erased,
                        left = erased.ToDictionary(table => table.Key, _ => 0, StringComparer.Ordinal),
                    }
                ),
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        directory.Invalidate(tenant.Id);
        var rows = erased.Values.Sum();
        Purged(log, tenant.Slug, rows);
    }

    /// <summary>Those that refer to others first.</summary>
    internal static IReadOnlyList<string> Tables(IModel model)
    {
        var waiting = model
            .GetEntityTypes()
            .Where(entity => typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
            .ToList();
        var ordered = new List<string>();
        while (waiting.Count > 0)
        {
            var next = waiting.First(entity =>
                !waiting.Any(other =>
                    other != entity && other.GetForeignKeys().Any(key => key.PrincipalEntityType == entity)
                )
            );
            ordered.Add(next.GetTableName()!);
            waiting.Remove(next);
        }
        return ordered;
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "Erased tenant {Slug}: {Rows} rows")]
    private static partial void Purged(ILogger log, string slug, int rows);

    [LoggerMessage(
        EventId = 2004,
        Level = LogLevel.Error,
        Message = "A deleted tenant could not be erased, and is tried again later: {Reason}"
    )]
    private static partial void Failed(ILogger log, string reason);

    private sealed record Due(Guid Id, string Slug);

    private sealed record Step(int Detached, int Erased);
}
