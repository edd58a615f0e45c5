using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>
/// Restores an earlier version of a template, as a new version: the one that it replaces is not lost.
/// </summary>
public static class RestoreTemplateVersion
{
    public static async Task<Results<Ok<TemplateDocument>, Missing, Denied, Conflicting>> Handle(
        [Description("The id of the template.")] Guid id,
        [Description("The number of the version to restore.")] int revision,
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
        if (
            await db.Set<TemplateVersion>()
                .AsNoTracking()
                .SingleOrDefaultAsync(version => version.TemplateId == id && version.Revision == revision, cancel)
            is not { } earlier
        )
            return Problems.Missing("The template has no version with this number.");
        (row.Locale, row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables) = (
            earlier.Locale,
            earlier.Subject,
            earlier.Body,
            earlier.HtmlBody,
            earlier.Translations,
            earlier.Variables
        );
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        TemplateContent.Compile(row, SystemTemplates.Find(row.Name), clock.GetUtcNow(), errors);
        if (errors.Count > 0)
            return Problems.Conflicting(
                $"The version cannot be restored, because its content is no longer valid: {CompiledTemplate.Describe(errors)}."
            );
        await revisions.SaveNext(row, cancel);
        await transaction.CommitAsync(cancel);
        revisions.Announce(row, http);
        return TypedResults.Ok(TemplateDocument.Of(row));
    }
}
