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
/// Creates the file of a stored object: row, quota and audit event in one transaction. Where the transaction fails, the
/// object is removed. An object that is left over because the process stopped in between is found by the
/// reconciliation.
/// </summary>
public sealed partial class NewFile(
    TenantContext context,
    TenantDb db,
    NpgsqlDataSource dataSource,
    IObjectStore store,
    CallerRecheck recheck,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor,
    ILogger<NewFile> log
)
{
    /// <summary>Creates the file, or removes its object.</summary>
    /// <param name="content">The stored object.</param>
    /// <param name="claim">Runs first in the transaction. Where it returns false, nothing is created.</param>
    /// <param name="cancel">Cancels and undoes it.</param>
    /// <returns>The row, or the exceeded quota, or neither where <paramref name="claim"/> returned false.</returns>
    public async Task<(StoredFile? Row, OverQuota? Full)> Save(
        Content content,
        Func<CancellationToken, Task<bool>>? claim,
        CancellationToken cancel
    )
    {
        var mayBeCommitted = false;
        try
        {
            // An upload takes long: a caller whose session or permission ended meanwhile must not create the file.
            await recheck.Demand(accessor.HttpContext!, context);
            var at = clock.GetUtcNow();
            var row = new StoredFile
            {
                TenantId = context.TenantId,
                Id = content.Id ?? Guid.CreateVersion7(),
                UserId = context.SignedIn.UserId,
                FileKey = content.Key,
                FileName = content.Name,
                MimeType = content.Type,
                FileSize = content.Size,
                Sha256 = content.Sha256,
                Metadata = content.Labels.Metadata,
                Tags = content.Labels.Tags,
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
                await StorageQuota.CountFile(db, settings, context.Tenant, row.FileSize, content.IsReserved, cancel) is
                { } full
            )
                return (null, full);
            // From here on the row may be committed, and its object must stay: the reconciliation finds an object
            // without a file, but the bytes of a file without an object are lost.
            mayBeCommitted = true;
            await transaction.CommitAsync(cancel);
            accessor.HttpContext!.Features.Get<KeyedRequest>()?.OnUndone(() => RemoveObject(content.Key, content.Size));
            return (row, null);
        }
        catch (PostgresException)
        {
            mayBeCommitted = false; // the server refused the commit: the row does not exist
            throw;
        }
        finally
        {
            if (!mayBeCommitted)
                await RemoveObject(content.Key, content.Size);
        }
    }

    /// <summary>The response 201 with the file and its <c>ETag</c>.</summary>
    public Created<FileDocument> Created(StoredFile row)
    {
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Created($"{settings.ApiPath}/files/{row.Id}", FileDocument.Of(row));
    }

    /// <summary>
    /// Removes an object that becomes no file. Where the store fails, the removal is queued, and the object counts
    /// against the quota until it is removed.
    /// </summary>
    /// <param name="key">The key of the object.</param>
    /// <param name="size">The size in bytes, at most.</param>
    /// <param name="upload">The store's id of the multipart upload. Null: the object is complete.</param>
    public async Task RemoveObject(string key, long size, string? upload = null)
    {
        try
        {
            if (upload is not null)
                await store.AbortParts(key, upload, CancellationToken.None);
            await store.Delete(key, CancellationToken.None);
        }
        catch (StoreException e)
        {
            ObjectLeft(log, store.Name, e.Message);
            await QueueRemoval(key, size, upload);
        }
    }

    /// <summary>Uses a connection of its own, since the transaction of the request may have failed.</summary>
    private async Task QueueRemoval(string key, long size, string? upload)
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
                            TenantQueries.Parameter(key),
                            TenantQueries.Parameter(upload),
                            TenantQueries.Parameter(size),
                        },
                    },
                ],
                CancellationToken.None
            );
        }
        catch (NpgsqlException e)
        {
            ObjectLeft(log, store.Name, e.Message);
        }
    }

    /// <param name="Id">The id of the file. Null: a new one is generated.</param>
    /// <param name="Key">The key of the object.</param>
    /// <param name="Name">The cleaned file name.</param>
    /// <param name="Type">The media type by the first bytes.</param>
    /// <param name="Size">The size in bytes.</param>
    /// <param name="Sha256">The SHA-256 of the bytes.</param>
    /// <param name="Labels">The metadata and tags.</param>
    /// <param name="IsReserved">Whether the bytes were reserved when the upload began.</param>
    public sealed record Content(
        Guid? Id,
        string Key,
        string Name,
        string Type,
        long Size,
        byte[] Sha256,
        FileLabels Labels,
        bool IsReserved
    );

    [LoggerMessage(
        EventId = 5002,
        Level = LogLevel.Warning,
        Message = "The object store {Store} could not remove an object without a file: {Reason}"
    )]
    private static partial void ObjectLeft(ILogger log, string store, string reason);
}
