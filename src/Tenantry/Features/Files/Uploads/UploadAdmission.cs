using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Decides from the headers of an upload whether its file fits into the limits of the tenant.</summary>
public sealed class UploadAdmission(TenantContext context, TenantDb db, ServiceSettings settings)
{
    /// <summary>The bytes that a multipart form may have in addition to the file.</summary>
    public const long MaxFormOverhead = 64 * 1024;

    public async Task<Decision> Decide(HttpRequest request, CancellationToken cancel)
    {
        var quota = settings.QuotaOf(context.Tenant.SubscriptionTier);
        var usage = (
            await db
                .Database.SqlQueryRaw<Usage>(
                    $$"""
                    SELECT {{StorageQuota.UsedSql}} AS used, coalesce((SELECT refused_types FROM file_settings WHERE tenant_id = {0}), ARRAY[]::text[]) AS refused
                    """,
                    context.TenantId
                )
                .ToListAsync(cancel)
        )[0];
        var free = quota.StorageBytes is { } allowed ? allowed - usage.Used : long.MaxValue;
        Refusal? refusal =
            request.ContentLength > quota.FileBytes + MaxFormOverhead ? new TooLarge(quota.FileBytes)
            : free <= 0 || request.ContentLength - MaxFormOverhead > free
                ? StorageQuota.Exceeded(usage.Used, quota.StorageBytes!.Value)
            : null;
        return new Decision(refusal, Math.Min(quota.FileBytes, free), quota, usage);
    }

    /// <param name="Refusal">Why the file is refused. Null: the body may be read.</param>
    /// <param name="MaxBytes">The most bytes that the file may have.</param>
    /// <param name="Quota">The quota of the tenant's tier.</param>
    /// <param name="Usage">The state of the tenant when the decision was made.</param>
    public sealed record Decision(Refusal? Refusal, long MaxBytes, TierQuota Quota, Usage Usage);

    /// <param name="Used">The bytes that count against the quota.</param>
    /// <param name="Refused">The media types that the tenant refuses.</param>
    public sealed record Usage(long Used, string[] Refused);
}
