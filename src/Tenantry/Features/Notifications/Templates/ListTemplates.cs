using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Lists the templates of a tenant, newest first. A page ends early where its texts are large.</summary>
public static class ListTemplates
{
    public static async Task<Results<Ok<Page<TemplateDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery, Description("Only the template with this name, in any case.")] string? name,
        [FromQuery, OneOf(typeof(Channel)), Description("Only templates of this channel: `email`, `sms` or `push`.")]
            string? type,
        [FromQuery(Name = "is_active"), Description("Only templates that are active, or only those that are not.")]
            bool? isActive,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var channel = EnumText.ParseOptional<Channel>(type);
        name = name?.Trim().ToLowerInvariant(); // names are in lower case
        var rows = db.Set<Template>()
            .AsNoTracking()
            .Where(row =>
                (page.After == null || row.Id < page.After)
                && (name == null || row.Name == name)
                && (channel == null || row.Type == channel)
                && (isActive == null || row.IsActive == isActive)
            )
            .OrderByDescending(row => row.Id)
            .Take(page.Limit + 1)
            .AsAsyncEnumerable();
        var templates = await page.ReadPage(
            rows,
            row => TemplateContent.SizeOf(row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables),
            row => row.Id,
            http,
            cancel
        );
        return TypedResults.Ok(
            new Page<TemplateDocument>([.. templates.Items.Select(TemplateDocument.Of)], templates.NextCursor)
        );
    }
}
