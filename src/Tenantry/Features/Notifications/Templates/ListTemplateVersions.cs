using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Lists the versions of a template, newest first. A page ends early where its texts are large.</summary>
public static class ListTemplateVersions
{
    public static async Task<Results<Ok<Page<TemplateVersionDocument>>, Missing>> Handle(
        [Description("The id of the template.")] Guid id,
        PageRequest page,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (!await db.Set<Template>().AnyAsync(row => row.Id == id, cancel))
            return TemplateContent.NoSuchTemplate();
        var rows = db.Set<TemplateVersion>()
            .AsNoTracking()
            .Where(row => row.TemplateId == id && (page.After == null || row.Id < page.After))
            .OrderByDescending(row => row.Id)
            .Take(page.Limit + 1)
            .AsAsyncEnumerable();
        var versions = await page.ReadPage(
            rows,
            row => TemplateContent.SizeOf(row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables),
            row => row.Id,
            http,
            cancel
        );
        return TypedResults.Ok(
            new Page<TemplateVersionDocument>(
                [.. versions.Items.Select(TemplateVersionDocument.Of)],
                versions.NextCursor
            )
        );
    }
}
