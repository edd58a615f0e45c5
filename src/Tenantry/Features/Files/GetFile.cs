using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>Returns the metadata of a file.</summary>
public static class GetFile
{
    public static async Task<Results<Ok<FileDocument>, NotModified, Missing>> Handle(
        [Description("The id of the file.")] Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    ) =>
        await db.Set<StoredFile>()
            .AsNoTracking()
            .Where(file => file.Id == id)
            .Select(FileDocument.ShownWithVersion)
            .SingleOrDefaultAsync(cancel)
            is not { } row
            ? FileAccessRule.NotFound()
        : ETag.IsNotModified(http, row.Version) ? new NotModified()
        : TypedResults.Ok(row.Document);
}
