using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Links;

/// <summary>Lists the share links of a file, including expired and used ones.</summary>
public static class ListFileLinks
{
    public static async Task<Results<Ok<Page<FileLinkDocument>>, Denied, Missing>> Handle(
        [Description("The id of the file.")] Guid id,
        PageRequest page,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (
            await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == id, cancel)
            is not { } file
        )
            return FileAccessRule.NotFound();
        if (!FileAccessRule.MayChange(context, file))
            return FileAccessRule.NotOwner();
        var rows = await db.Set<FileLink>()
            .AsNoTracking()
            .Where(link => link.FileId == id && (page.After == null || link.Id < page.After))
            .OrderByDescending(link => link.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage([.. rows.Select(row => FileLinkDocument.Of(row))], link => link.Id, http));
    }
}
