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

/// <summary>
/// Scans uploaded files for viruses. A file cannot be downloaded before its scan is complete. While the scanner is
/// unavailable, files are tried again for about a day. Then they fail permanently, until a caller requests another
/// scan.
/// </summary>
public sealed partial class FileScanWorker(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store,
    Clamd clamd,
    ChangeFeed feed,
    TimeProvider clock,
    IMeterFactory meters,
    ILogger<FileScanWorker> log
)
    : ObjectQueue(
        dataSource,
        "object_scans",
        new WorkQueueLimits(4, LanesPerTenant: 2, Lease: TimeSpan.FromMinutes(15)),
        new RetryPolicy(1_500, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)),
        feed,
        meters,
        log
    )
{
    private readonly Counter<long> scans = meters
        .Create(FilesEndpoints.MeterName)
        .CreateCounter<long>(
            "tenantry.files.scans",
            description: "Scanned files by outcome. failed: the scanner gave no result, and the file is scanned again."
        );
    private readonly ILogger log = log;

    protected override async Task Perform(ObjectWork item, CancellationToken cancel)
    {
        try
        {
            if (await ScanObject(item.Key, cancel) is not var (scan, threat))
                return; // the object was removed meanwhile
            await Save(item.Key, scan, threat, cancel);
            scans.Add(1, new KeyValuePair<string, object?>("outcome", EnumText.ToText(scan)));
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            scans.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            throw;
        }
    }

    private async Task<(Scan Scan, string? Threat)?> ScanObject(string key, CancellationToken cancel)
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

    private async Task Save(string key, Scan scan, string? threat, CancellationToken cancel)
    {
        // The worker acts as the tenant in the key of the object.
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
                    Details = JsonSerializer.SerializeToElement(new { scan = EnumText.ToText(scan), threat }),
                }
            );
        }
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (scan != Scan.Clean)
            FileWithheld(log, row.Id, row.TenantId, EnumText.ToText(scan), threat);
    }

    [LoggerMessage(
        EventId = 5006,
        Level = LogLevel.Warning,
        Message = "File {File} of tenant {Tenant} cannot be downloaded: {Scan} {Threat}"
    )]
    private static partial void FileWithheld(ILogger log, Guid file, Guid tenant, string scan, string? threat);
}
