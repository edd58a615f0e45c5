using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Returns a template with its current content.</summary>
public static class GetTemplate
{
    public static async Task<Results<Ok<TemplateDocument>, NotModified, Missing>> Handle(
        [Description("The id of the template.")] Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    ) =>
        await db.Set<Template>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row
            ? TemplateContent.NoSuchTemplate()
        : ETag.IsNotModified(http, row.Version) ? new NotModified()
        : TypedResults.Ok(TemplateDocument.Of(row));
}
