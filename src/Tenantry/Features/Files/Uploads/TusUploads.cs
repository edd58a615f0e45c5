using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The resumable uploads of the caller. An upload can be read, continued and deleted only by its creator.
/// </summary>
public sealed class TusUploads(TenantContext context, TenantDb db, TimeProvider clock)
{
    /// <summary>An upload expires this long after its last part.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <returns>Null: the caller has no such upload, or it has expired.</returns>
    public Task<ResumableUpload?> Find(Guid id, CancellationToken cancel)
    {
        var (user, now) = (context.SignedIn.UserId, clock.GetUtcNow());
        return db.Set<ResumableUpload>()
            .AsNoTracking()
            .SingleOrDefaultAsync(upload => upload.Id == id && upload.UserId == user && upload.ExpiresAt > now, cancel);
    }

    public static Missing NotFound() => DirectUpload.NotFound();
}
