using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic.Idempotency;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Takes a file through to the store as it comes.</summary>
public sealed partial class UploadFile(
    TenantContext context,
    TenantDb db,
    IObjectStore store,
    NewFile file,
    ServiceSettings settings,
    ILogger<UploadFile> log
)
{
    /// <summary>What a form has around the file.</summary>
    public const long MostAround = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Task<Results<Created<FileDocument>, Invalid, TooLarge, Unsupported, OverQuota, Unavailable>> Handle(
        HttpRequest request,
        UploadFile upload,
        CancellationToken cancel
    ) => upload.Take(request, cancel);

    /// <summary>What is said without reading a byte: there is no room for it, or it is too large.</summary>
    public static readonly BeforeBody BeforeBody = new(
        async (http, cancel) =>
        {
            var upload = http.RequestServices.GetRequiredService<UploadFile>();
            var (refusal, room, _) = await upload.Admit(http.Request, cancel);
            // With a retry key the body is read into a file of ours: no more of it than could become one of theirs.
            if (refusal is null && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
                most.MaxRequestBodySize = room + MostAround;
            return refusal;
        }
    );

    /// <returns>the refusal, or how many bytes the file may have</returns>
    private async Task<(Refusal? Refusal, long Room, Present Now)> Admit(HttpRequest request, CancellationToken cancel)
    {
        var quota = settings.QuotaOf(context.Tenant.SubscriptionTier);
        var now = (
            await db
                .Database.SqlQueryRaw<Present>(
                    $$"""
                    SELECT {{StorageQuota.UsedSql}} AS used, coalesce((SELECT refused_types FROM file_settings WHERE tenant_id = {0}), ARRAY[]::text[]) AS refused
                    """,
                    context.TenantId
                )
                .ToListAsync(cancel)
        )[0];
        var room = quota.StorageBytes is { } allowed ? allowed - now.Used : long.MaxValue;
        Refusal? refusal =
            request.ContentLength > quota.FileBytes + MostAround ? new TooLarge(quota.FileBytes)
            : room <= 0 || request.ContentLength - MostAround > room
                ? StorageQuota.Full(now.Used, quota.StorageBytes!.Value)
            : null;
        return (refusal, Math.Min(quota.FileBytes, room), now);
    }

    private async Task<Results<Created<FileDocument>, Invalid, TooLarge, Unsupported, OverQuota, Unavailable>> Take(
        HttpRequest request,
        CancellationToken cancel
    )
    {
        var (tenant, quota) = (context.Tenant, settings.QuotaOf(context.Tenant.SubscriptionTier));
        var (refusal, room, now) = await Admit(request, cancel);
        switch (refusal)
        {
            case TooLarge large:
                return large;
            case OverQuota full:
                return full;
        }

        var incoming = await IncomingFile.Of(request, cancel);
        await using var content = new MeasuredStream(incoming.Content, room);
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
            return content.Size > quota.FileBytes
                ? new TooLarge(quota.FileBytes)
                : StorageQuota.Full(now.Used, quota.StorageBytes!.Value);
        }
        catch (StoreException e)
        {
            NotStored(log, store.Name, e.Message);
            return Problems.Unavailable(Problems.DependencyUnavailable, Patience);
        }
        if (!await IsAll(incoming, key, content.Size, cancel))
            return Problems.Invalid("file", "must be the last part of the form, and the only file in it");
        var (row, noRoom) = await file.Keep(
            new NewFile.Arrived(
                null,
                key,
                FileName.Clean(incoming.Name),
                type,
                content.Size,
                content.Sha256(),
                incoming.Labels,
                IsAnnounced: false
            ),
            claim: null,
            cancel
        );
        return row is not null ? file.Created(row) : noRoom!;
    }

    private async Task<bool> IsAll(IncomingFile incoming, string key, long size, CancellationToken cancel)
    {
        var isAll = false;
        try
        {
            return isAll = await incoming.IsAll(cancel);
        }
        finally
        {
            if (!isAll)
                await file.TakeAway(key, size);
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "The store {Store} took no file: {Reason}")]
    private static partial void NotStored(ILogger log, string store, string reason);

    private sealed record Present(long Used, string[] Refused);
}
