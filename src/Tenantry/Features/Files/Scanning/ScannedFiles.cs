using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Storage.Scanning;

namespace Tenantry.Features.Files.Scanning;

/// <summary>Has the scanner look at what came, where there is one. Until it has passed a file, nobody gets it; while it is away, files wait: for a day, then they are given up, and somebody has to ask for the scan again.</summary>
public sealed partial class ScannedFiles(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store,
    Clamd clamd,
    ChangeFeed feed,
    TimeProvider clock,
    IMeterFactory meters,
    ILogger<ScannedFiles> log
)
    : ObjectQueue(
        dataSource,
        "object_scans",
        new WorkLanes(4, LanesPerTenant: 2, Lease: TimeSpan.FromMinutes(15)),
        new RetryRule(1_500, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)),
        feed,
        meters,
        log
    )
{
    private readonly Counter<long> scans = meters
        .Create(FilesEndpoints.MeterName)
        .CreateCounter<long>(
            "tenantry.files.scans",
            description: "Files that the scanner looked at, by what it said; failed: it said nothing, and is asked again"
        );
    private readonly ILogger log = log;

    protected override async Task Perform(ObjectWork item, CancellationToken cancel)
    {
        try
        {
            if (await LookAt(item.Key, cancel) is not var (scan, threat))
                return; // it has gone
            await Say(item.Key, scan, threat, cancel);
            scans.Add(1, new KeyValuePair<string, object?>("outcome", EnumText.Of(scan)));
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            scans.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            throw;
        }
    }

    private async Task<(Scan Scan, string? Threat)?> LookAt(string key, CancellationToken cancel)
    {
        await using var content = await store.Open(key, 0, null, cancel);
        if (content is null)
            return null;
        try
        {
            var threat = (await clamd.Scan(content, cancel)).Threat;
            return (threat is null ? Scan.Clean : Scan.Infected, threat);
        }
        catch (ScannerException e) when (!e.MayPass)
        {
            return (Scan.Unscannable, null);
        }
    }

    private async Task Say(string key, Scan scan, string? threat, CancellationToken cancel)
    {
        // A door: the key says whose it is.
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(StoredFile.TenantOf(key));
        await using var transaction = await db.Begin(cancel);
        if (
            await db.Set<StoredFile>()
                .FromSql($"SELECT *, xmin FROM files WHERE file_key = {key} FOR UPDATE")
                .SingleOrDefaultAsync(cancel)
            is not { Scan: Scan.Pending } row
        )
            return;
        (row.Scan, row.Threat) = (scan, threat);
        if (scan != Scan.Clean)
        {
            db.Add(
                new AuditEvent
                {
                    TenantId = row.TenantId,
                    OccurredAt = clock.GetUtcNow(),
                    Action = "file.withheld",
                    Outcome = AuditTrail.Success,
                    TargetId = row.Id,
                    Details = JsonSerializer.SerializeToElement(new { scan = EnumText.Of(scan), threat }),
                }
            );
        }
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (scan != Scan.Clean)
            Withheld(log, row.Id, row.TenantId, EnumText.Of(scan), threat);
    }

    [LoggerMessage(
        EventId = 5006,
        Level = LogLevel.Warning,
        Message = "The file {File} of tenant {Tenant} is given to nobody: {Scan} {Threat}"
    )]
    private static partial void Withheld(ILogger log, Guid file, Guid tenant, string scan, string? threat);
}
