using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Limits;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Stores;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Files;

/// <summary>
/// Takes a file through to the store as it comes, then its row in one transaction. Until that is committed nobody can see it; whatever goes wrong before takes the object away
/// again, and what dies in between is found by reconciling.
/// </summary>
public sealed partial class UploadFile(
    TenantContext context, TenantDb db, IObjectStore store, AuditTrail audit, ServiceSettings settings, TimeProvider clock, IHttpContextAccessor accessor, ILogger<UploadFile> log)
{
    /// <summary>What a form has around the file.</summary>
    public const long MostAround = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Task<Results<Created<FileDocument>, Invalid, TooLarge, Unsupported, OverQuota, Unavailable>> Handle(HttpRequest request, UploadFile upload, CancellationToken cancel) =>
        upload.Take(request, cancel);

    private async Task<Results<Created<FileDocument>, Invalid, TooLarge, Unsupported, OverQuota, Unavailable>> Take(HttpRequest request, CancellationToken cancel)
    {
        var tenant = context.Tenant;
        var quota = settings.QuotaOf(tenant.SubscriptionTier);
        if (request.ContentLength > quota.FileBytes + MostAround)
            return new TooLarge(quota.FileBytes);
        var now = (await db.Database.SqlQuery<Present>($"""
            SELECT coalesce((SELECT bytes FROM storage_counts), 0) AS used, coalesce((SELECT refused_types FROM file_settings), ARRAY[]::text[]) AS refused
            """).ToListAsync(cancel))[0];
        var room = quota.StorageBytes is { } allowed ? allowed - now.Used : long.MaxValue;
        if (room <= 0 || request.ContentLength - MostAround > room)
            return StorageQuota.Full(now.Used, quota.StorageBytes!.Value);

        var incoming = await IncomingFile.Of(request, cancel);
        await using var content = new MeasuredStream(incoming.Content, Math.Min(quota.FileBytes, room));
        var type = FileType.Of((await content.Peek(FileType.Needed, cancel)).Span, incoming.Type);
        if (FileType.IsAmong(type, now.Refused))
            return new Unsupported($"This tenant takes no files of the type {type}.");
        var key = StoredFile.NewKey(tenant.Id);
        try
        {
            await store.Put(key, content, type, cancel);
        }
        catch (TooLargeException)
        {
            return content.Size > quota.FileBytes ? new TooLarge(quota.FileBytes) : StorageQuota.Full(now.Used, quota.StorageBytes!.Value);
        }
        catch (StoreException e)
        {
            NotStored(log, store.Name, e.Message);
            return Problems.Unavailable(Problems.DependencyUnavailable, Patience);
        }
        return await Keep(incoming, key, content.Size, content.Sha256(), type, cancel);
    }

    private async Task<Results<Created<FileDocument>, Invalid, TooLarge, Unsupported, OverQuota, Unavailable>> Keep(
        IncomingFile incoming, string key, long size, byte[] sha256, string type, CancellationToken cancel)
    {
        var isKept = false;
        try
        {
            if (!await incoming.IsAll(cancel))
                return Problems.Invalid("file", "must be the last part of the form, and the only file in it");
            var at = clock.GetUtcNow();
            var row = new StoredFile
            {
                TenantId = context.TenantId,
                UserId = context.SignedIn.UserId,
                FileKey = key,
                FileName = FileName.Clean(incoming.Name),
                MimeType = type,
                FileSize = size,
                Sha256 = sha256,
                Metadata = incoming.Labels.Metadata,
                Tags = incoming.Labels.Tags,
                Scan = settings.Clamd is null ? Scan.NotScanned : Scan.Pending,
                CreatedAt = at,
                UpdatedAt = at,
            };
            await using var transaction = await db.Begin(cancel);
            db.Add(row);
            audit.Add(db, row.Id);
            await db.SaveChangesAsync(cancel);
            if (await StorageQuota.Take(db, settings, context.Tenant, size, cancel) is { } full)
                return full;
            isKept = true; // from here on the row may be there: an object too many is found, one too few is lost
            await transaction.CommitAsync(cancel);
            accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
            return TypedResults.Created($"{settings.ApiPath}/files/{row.Id}", FileDocument.Of(row));
        }
        finally
        {
            if (!isKept)
                await TakeAway(key);
        }
    }

    private async Task TakeAway(string key)
    {
        try
        {
            await store.Delete(key, CancellationToken.None);
        }
        catch (StoreException e)
        {
            LeftBehind(log, store.Name, e.Message);
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "The store {Store} took no file: {Reason}")]
    private static partial void NotStored(ILogger log, string store, string reason);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "An object without a file stays in the store {Store} until it is reconciled: {Reason}")]
    private static partial void LeftBehind(ILogger log, string store, string reason);

    private sealed record Present(long Used, string[] Refused);
}
