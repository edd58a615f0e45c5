using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The direct uploads to which signed requests belong. Such a request has no token: it acts as the tenant in its
/// address, which the signature covers.
/// </summary>
public sealed class SignedUploads(NpgsqlDataSource database, TenantDirectory directory, TimeProvider clock)
{
    private const string OpenUploadSql = """
        SELECT EXISTS (SELECT FROM file_uploads u WHERE u.tenant_id = $1 AND u.id = $2 AND u.object_key = $3 AND u.store_upload = $4 AND u.expires_at > $5
                       AND EXISTS (SELECT FROM users o WHERE o.tenant_id = u.tenant_id AND o.id = u.user_id AND o.is_active))
        """;

    /// <param name="address">The address of a request whose signature was checked.</param>
    /// <param name="cancel">Cancels the query.</param>
    /// <returns>Whether the upload is neither complete nor over, and its tenant and user are active.</returns>
    internal async Task<bool> IsOpen(DiskAddress address, CancellationToken cancel)
    {
        if (await directory.ById(address.Tenant, cancel) is not { IsActive: true })
            return false;
        var statement = new NpgsqlBatchCommand(OpenUploadSql)
        {
            Parameters =
            {
                TenantQueries.Parameter(address.Tenant),
                TenantQueries.Parameter(address.Id),
                TenantQueries.Parameter(address.Key),
                TenantQueries.Parameter(address.Upload!),
                TenantQueries.Parameter(clock.GetUtcNow().UtcDateTime),
            },
        };
        return (await database.QueryAs(address.Tenant, statement, row => row.GetBoolean(0), cancel))[0];
    }
}
