using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Begins a resumable upload and reserves its bytes. An upload of zero bytes becomes a file at once.</summary>
public static class CreateTusUpload
{
    public static async Task<IResult> Handle(
        HttpContext http,
        TenantContext context,
        TenantDb db,
        TusCompletion completion,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var headers = http.Request.Headers;
        if (headers.ContainsKey("Upload-Defer-Length"))
            return Problems.Invalid(
                "Upload-Defer-Length",
                "is an extension that this server does not support: send Upload-Length"
            );
        if (!long.TryParse(headers[Tus.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return Problems.Invalid(Tus.Length, "is needed: the number of bytes of the file");
        var description = headers[Tus.Metadata].ToString();
        var (name, type, labels) = TusMetadata.Read(description);
        var (user, quota) = (context.SignedIn.UserId, settings.QuotaOf(context.Tenant.SubscriptionTier));
        if (size > quota.FileBytes)
            return new TooLarge(quota.FileBytes);
        var now = clock.GetUtcNow();
        var open = (
            await db
                .Database.SqlQuery<OpenCount>(
                    $"""
                    SELECT count(*) FILTER (WHERE user_id = {user}) AS mine, count(*) AS everybodys FROM resumable_uploads WHERE tenant_id = {context.TenantId} AND NOT is_file AND expires_at > {now}
                    """
                )
                .ToListAsync(cancel)
        )[0];
        if (OpenUploads.Refuse(open.OfUser, open.OfTenant) is { } tooMany)
            return tooMany;
        var upload = new ResumableUpload
        {
            TenantId = context.TenantId,
            UserId = user,
            FileName = FileName.Clean(name),
            MimeType = type,
            FileSize = size,
            Metadata = labels.Metadata,
            Tags = labels.Tags,
            Described = description.Length > 0 ? description : null,
            CreatedAt = now,
            ExpiresAt = now + TusUploads.Lifetime,
        };
        await using (var transaction = await db.Begin(cancel))
        {
            if (await StorageQuota.Reserve(db, settings, context.Tenant, size, cancel) is { } full)
                return full;
            db.Add(upload);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        if (size == 0 && await completion.Complete(upload, 0, [], cancel) is { } refused)
            return refused;
        http.Response.Headers[Tus.Expires] = upload.ExpiresAt.ToString("R");
        return TypedResults.Created($"{settings.ApiPath}{Tus.Path}/{upload.Id}");
    }

    private sealed record OpenCount(
        [property: Column("mine")] long OfUser,
        [property: Column("everybodys")] long OfTenant
    );
}
