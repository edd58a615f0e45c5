using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The direct uploads of the caller: files that a client sends to the object store without the service.
/// </summary>
internal static class DirectUpload
{
    /// <summary>An upload can be completed and cancelled only by its creator.</summary>
    public static Task<FileUpload?> Find(TenantDb db, TenantContext context, Guid id, CancellationToken cancel)
    {
        var user = context.SignedIn.UserId;
        return db.Set<FileUpload>().SingleOrDefaultAsync(upload => upload.Id == id && upload.UserId == user, cancel);
    }

    public static Missing NotFound() =>
        Problems.Missing("The upload does not exist, was begun by another user, or has ended.");
}
