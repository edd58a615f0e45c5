using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic.Idempotency;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// What is in the store becomes a file: row, quota and audit row in one transaction. Until that is committed nobody can see it; whatever keeps it from that takes the object away again, and what dies in between
/// is found by reconciling.
/// </summary>
public sealed partial class NewFile(
    TenantContext context,
    TenantDb db,
    NpgsqlDataSource dataSource,
    IObjectStore store,
    CallerRecheck standing,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor,
    ILogger<NewFile> log
)
{
    /// <summary>Keeps it, or takes its object away.</summary>
    /// <param name="arrived">what is in the store</param>
    /// <param name="claim">what else is done in the transaction; where it says no, nothing is</param>
    /// <param name="cancel">undoes it</param>
    /// <returns>the row; or why there is no room; or neither, where <paramref name="claim"/> said no</returns>
    public async Task<(StoredFile? Row, OverQuota? Full)> Keep(
        Arrived arrived,
        Func<CancellationToken, Task<bool>>? claim,
        CancellationToken cancel
    )
    {
        var isKept = false;
        try
        {
            // Its bytes may have taken their time.
            await standing.Demand(accessor.HttpContext!, context);
            var at = clock.GetUtcNow();
            var row = new StoredFile
            {
                TenantId = context.TenantId,
                Id = arrived.Id ?? Guid.CreateVersion7(),
                UserId = context.SignedIn.UserId,
                FileKey = arrived.Key,
                FileName = arrived.Name,
                MimeType = arrived.Type,
                FileSize = arrived.Size,
                Sha256 = arrived.Sha256,
                Metadata = arrived.Labels.Metadata,
                Tags = arrived.Labels.Tags,
                Scan = settings.Clamd is null ? Scan.NotScanned : Scan.Pending,
                CreatedAt = at,
                UpdatedAt = at,
            };
            await using var transaction = await db.Begin(cancel);
            if (claim is not null && !await claim(cancel))
                return (null, null);
            db.Add(row);
            audit.Add(db, row.Id);
            await db.SaveChangesAsync(cancel);
            if (
                await StorageQuota.Take(db, settings, context.Tenant, row.FileSize, arrived.IsAnnounced, cancel) is
                { } full
            )
                return (null, full);
            isKept = true; // from here on the row may be there: an object too many is found, one too few is lost
            await transaction.CommitAsync(cancel);
            accessor.HttpContext!.Features.Get<KeyedRequest>()?.OnUndone(() => TakeAway(arrived.Key, arrived.Size));
            return (row, null);
        }
        catch (PostgresException)
        {
            isKept = false; // the server refused: nothing was committed
            throw;
        }
        finally
        {
            if (!isKept)
                await TakeAway(arrived.Key, arrived.Size);
        }
    }

    public Created<FileDocument> Created(StoredFile row)
    {
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Created($"{settings.ApiPath}/files/{row.Id}", FileDocument.Of(row));
    }

    /// <summary>An object that becomes no file. Where the store does not let it go now, it is noted, and counts against the quota until it is gone.</summary>
    /// <param name="key">of the object</param>
    /// <param name="size">in bytes, at most</param>
    /// <param name="upload">as the store calls one that comes in parts</param>
    public async Task TakeAway(string key, long size, string? upload = null)
    {
        try
        {
            if (upload is not null)
                await store.AbortParts(key, upload, CancellationToken.None);
            await store.Delete(key, CancellationToken.None);
        }
        catch (StoreException e)
        {
            LeftBehind(log, store.Name, e.Message);
            await Note(key, size, upload);
        }
    }

    /// <summary>By a connection of its own: the transaction of the request may have failed.</summary>
    private async Task Note(string key, long size, string? upload)
    {
        try
        {
            await dataSource.Execute(
                [
                    new(
                        "INSERT INTO object_removals (id, object_key, store_upload, attempts, due_at, bytes) VALUES (gen_random_uuid(), $1, $2, 1, now(), $3)"
                    )
                    {
                        Parameters =
                        {
                            QueryAsTenant.Parameter(key),
                            QueryAsTenant.Parameter(upload),
                            QueryAsTenant.Parameter(size),
                        },
                    },
                ],
                CancellationToken.None
            );
        }
        catch (NpgsqlException e)
        {
            LeftBehind(log, store.Name, e.Message);
        }
    }

    /// <param name="Id">null: it gets one</param>
    /// <param name="Key">of the object</param>
    /// <param name="Name">cleaned</param>
    /// <param name="Type">by its first bytes</param>
    /// <param name="Size">in bytes</param>
    /// <param name="Sha256">of its bytes</param>
    /// <param name="Labels">what the application says of it</param>
    /// <param name="IsAnnounced">its bytes were counted when it was announced</param>
    public sealed record Arrived(
        Guid? Id,
        string Key,
        string Name,
        string Type,
        long Size,
        byte[] Sha256,
        FileLabels Labels,
        bool IsAnnounced
    );

    [LoggerMessage(
        EventId = 5002,
        Level = LogLevel.Warning,
        Message = "An object without a file stays in the store {Store} until it is reconciled: {Reason}"
    )]
    private static partial void LeftBehind(ILogger log, string store, string reason);
}
