using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic.Idempotency;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Uploads a file in one request. The body is streamed to the object store while it arrives.</summary>
public static class UploadFile
{
    /// <summary>Refuses a file for which there is no room, before a byte of the body is read.</summary>
    public static readonly BodyPrecheck BeforeBody = new(
        async (http, cancel) =>
        {
            var admission = http.RequestServices.GetRequiredService<UploadAdmission>();
            var decision = await admission.Decide(http.Request, cancel);
            // A request with an idempotency key is buffered in a temporary file before the handler runs. Without this
            // limit a caller could fill the disk of the service with bytes that can never become a file.
            if (
                decision.Refusal is null
                && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit
            )
                limit.MaxRequestBodySize = decision.MaxBytes + UploadAdmission.MaxFormOverhead;
            return decision.Refusal;
        }
    );

    public static async Task<
        Results<Created<FileDocument>, Invalid, TooLarge, Unsupported, OverQuota, Unavailable>
    > Handle(
        HttpRequest request,
        TenantContext context,
        UploadAdmission admission,
        IObjectStore store,
        NewFile file,
        StoreFailures failures,
        CancellationToken cancel
    )
    {
        var tenant = context.Tenant;
        var (refusal, maxBytes, quota, usage) = await admission.Decide(request, cancel);
        switch (refusal)
        {
            case TooLarge tooLarge:
                return tooLarge;
            case OverQuota overQuota:
                return overQuota;
        }

        var incoming = await IncomingFile.Of(request, cancel);
        await using var content = new MeasuredStream(incoming.Content, maxBytes);
        var type = FileType.Of((await content.Peek(FileType.SignatureBytes, cancel)).Span, incoming.Type);
        if (FileType.Matches(type, usage.Refused))
            return RefusedTypes.Refuse(type);
        var key = StoredFile.NewKey(tenant.Id);
        try
        {
            await store.Put(key, content, type, cancel);
        }
        catch (TooLargeException)
        {
            return content.Size > quota.FileBytes
                ? new TooLarge(quota.FileBytes)
                : StorageQuota.Exceeded(usage.Used, quota.StorageBytes!.Value);
        }
        catch (StoreException e)
        {
            return failures.InUpload(e);
        }
        if (!await IsLastPart(incoming, file, key, content.Size, cancel))
            return Problems.Invalid("file", "must be the last part of the form, and the only file in it");
        var (row, full) = await file.Save(
            new NewFile.Content(
                null,
                key,
                FileName.Clean(incoming.Name),
                type,
                content.Size,
                content.Sha256(),
                incoming.Labels,
                IsReserved: false
            ),
            claim: null,
            cancel
        );
        return row is not null ? file.Created(row) : full!;
    }

    /// <summary>Removes the object again where more parts follow, or the form cannot be read to its end.</summary>
    private static async Task<bool> IsLastPart(
        IncomingFile incoming,
        NewFile file,
        string key,
        long size,
        CancellationToken cancel
    )
    {
        var isLast = false;
        try
        {
            return isLast = await incoming.IsLastPart(cancel);
        }
        finally
        {
            if (!isLast)
                await file.RemoveObject(key, size);
        }
    }
}
