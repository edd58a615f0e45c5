using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Replaces the content of a template, as a new version of it.</summary>
public static class ReplaceTemplate
{
    public static async Task<Results<Ok<TemplateDocument>, Invalid, Missing, Denied, Stale>> Handle(
        [Description("The id of the template.")] Guid id,
        TemplateRequest body,
        TenantDb db,
        TemplateRevisions revisions,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await revisions.Lock(id, cancel) is not { } row)
            return TemplateContent.NoSuchTemplate();
        if (revisions.MissingPermission(row.Name) is { } denied)
            return denied;
        if (!ETag.Matches(http, row.Version))
            return new Stale();
        if (body.Name is not null && body.Name != row.Name)
            return Problems.Invalid("name", "cannot be changed: senders use it. Create another template");
        if (body.Type is not null && body.Type != row.Type)
            return Problems.Invalid("type", "cannot be changed: create another template");
        if (TemplateContent.Apply(body, row, row.Locale, clock.GetUtcNow()) is { } invalid)
            return invalid;
        await revisions.SaveNext(row, cancel);
        await transaction.CommitAsync(cancel);
        revisions.Announce(row, http);
        return TypedResults.Ok(TemplateDocument.Of(row));
    }
}
