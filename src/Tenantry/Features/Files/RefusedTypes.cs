using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>The media types of files that a tenant does not accept.</summary>
internal static class RefusedTypes
{
    public static async Task<string[]> Of(TenantDb db, CancellationToken cancel) =>
        await db.Set<FileSettings>().AsNoTracking().Select(own => own.RefusedTypes).SingleOrDefaultAsync(cancel) ?? [];

    public static Unsupported Refuse(string type) => new($"The tenant does not accept files of the type {type}.");

    /// <summary>The same, for an upload of several requests that was deleted because of it.</summary>
    public static Unsupported RefuseAndEnd(string type) =>
        new($"The tenant does not accept files of the type {type}. The upload has ended.");
}
