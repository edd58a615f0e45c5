using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Takes a part of an announced file for the disk store, as a bucket does. The signature says what may come; the row of the
/// upload says whether it still may: one that was completed, cancelled or has expired takes nothing, and neither does one of
/// a user or a tenant that was switched off, or of another installation.
/// </summary>
public static class UploadPart
{
    private const string IsUnderWay = """
        SELECT EXISTS (SELECT FROM file_uploads u WHERE u.tenant_id = $1 AND u.id = $2 AND u.object_key = $3 AND u.store_upload = $4 AND u.expires_at > $5
                       AND EXISTS (SELECT FROM users o WHERE o.tenant_id = u.tenant_id AND o.id = u.user_id AND o.is_active))
        """;

    public static async Task<IResult> Handle(
        Guid tenant,
        Guid id,
        DiskStore store,
        DiskSignatures signatures,
        NpgsqlDataSource database,
        TenantDirectory directory,
        SharedGates gates,
        TimeProvider clock,
        HttpRequest request,
        CancellationToken cancel
    )
    {
        var asked = new DiskAddress(tenant, id, request.Query);
        if (
            asked is not { Upload: { } upload, Part: { } part, Size: { } size }
            || !signatures.IsGood(
                "PART",
                asked.Key,
                asked.Expires,
                asked.Signature,
                upload,
                part.ToString(CultureInfo.InvariantCulture),
                size.ToString(CultureInfo.InvariantCulture)
            )
        )
            return DiskEndpoints.NotSigned();
        if (request.ContentLength != size)
            return Problems.Invalid("Content-Length", $"must be {size}, as signed");
        using var slot = await gates.Uploads.Enter(tenant, cancel);
        if (gates.Uploads.RefusalOf(slot) is { } refusal)
            return refusal;
        if (
            await directory.ById(tenant, cancel) is not { IsActive: true }
            || !await Takes(database, asked, clock.GetUtcNow(), cancel)
        )
            return Ended();
        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = size;
        return await store.PutPart(upload, part, request.Body, cancel) ? TypedResults.Ok() : Ended();
    }

    /// <summary>As the tenant in the address, which is signed.</summary>
    private static async Task<bool> Takes(
        NpgsqlDataSource database,
        DiskAddress asked,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var statement = new NpgsqlBatchCommand(IsUnderWay)
        {
            Parameters =
            {
                QueryAsTenant.Parameter(asked.Tenant),
                QueryAsTenant.Parameter(asked.Id),
                QueryAsTenant.Parameter(asked.Key),
                QueryAsTenant.Parameter(asked.Upload!),
                QueryAsTenant.Parameter(now.UtcDateTime),
            },
        };
        return (await database.RowsAs(asked.Tenant, statement, row => row.GetBoolean(0), cancel))[0];
    }

    private static Missing Ended() => Problems.Missing("There is no such upload any more.");
}
